"""What the core of e07 asks for, step by step."""

from html import unescape
from html.parser import HTMLParser

import pytest
from werkzeug.datastructures import MultiDict

GOOD = {"name": "Ada", "email": "ada@example.org", "password": "correct horse"}
ERRORS = ("missing", "blank", "too long")
URLENCODED = "application/x-www-form-urlencoded"

# Text that is to stay as it is.
NASTY = "  Ada & <b>Zoë</b> 100% ﬁ² "


class Page(HTMLParser):
    """A page as a browser reads it: its text, and value, source and following text of each input."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.text, self.values, self.sources, self.after = "", {}, {}, {None: ""}
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        if tag == "input":
            name = dict(attrs).get("name")
            self.values[name] = dict(attrs).get("value")
            self.sources[name] = self.get_starttag_text()
            self.after[name] = ""

    def handle_data(self, data):
        self.text += data
        self.after[list(self.after)[-1]] += data

    @property
    def errors(self):
        """The errors that stand after the input of each field."""
        found = {field: [e for e in ERRORS if e in self.after.get(field, "")] for field in GOOD}
        return {field: " and ".join(errors) for field, errors in found.items() if errors}


@pytest.fixture
def client(exercise):
    """Return a client of a new application."""
    app = exercise.create_app()
    app.testing = True
    return app.test_client()


def without(field):
    return {name: value for name, value in GOOD.items() if name != field}


class TestStep1ShowTheFormThenRedirect:
    @pytest.mark.parametrize("query", [{}, GOOD], ids=["alone", "with a query string"])
    def test_the_form_has_its_three_fields(self, client, query):
        response = client.get("/signup", query_string=query)

        assert response.status_code == 200
        values = Page(response.text).values
        assert set(values) >= {"name", "email", "password"}
        assert not any(values.get(field) for field in GOOD), "A new form is empty."
        assert Page(response.text).errors == {}

    def test_a_good_form_is_answered_with_303_to_the_new_member(self, client):
        response = client.post("/signup", data=GOOD)

        assert (response.status_code, response.location) == (303, "/members/1")

    def test_each_good_form_makes_a_member_also_with_a_name_that_is_taken(self, client):
        posted = [client.post("/signup", data=GOOD | {"name": n}) for n in ("Ada", "Grace", "Ada")]

        assert [r.location for r in posted] == ["/members/1", "/members/2", "/members/3"]

    @pytest.mark.parametrize(("number", "name"), [(1, "Ada"), (2, "Grace"), (3, "Zoë")])
    def test_each_member_has_a_page_that_says_welcome(self, client, number, name):
        for typed in ("Ada", "Grace", "Zoë"):
            client.post("/signup", data=GOOD | {"name": typed})

        response = client.get(f"/members/{number}")

        assert response.mimetype == "text/html"
        assert f"Welcome, {name}" in Page(response.text).text

    @pytest.mark.parametrize(
        "name",
        ["<b>Ada</b>", "<img src=x onerror=alert(1)>", "O'Brien & Co", "{{ 7 * 7 }}", "&lt;b&gt;"],
        ids=["bold", "script", "quote and ampersand", "braces", "entity"],
    )
    def test_the_welcome_page_shows_a_name_as_it_was_typed(self, client, name):
        client.post("/signup", data=GOOD | {"name": name})

        page = Page(client.get("/members/1").text)

        assert f"Welcome, {name}" in page.text, "A browser would not show what was typed."

    def test_two_applications_share_no_members(self, exercise, client):
        client.post("/signup", data=GOOD)

        other = exercise.create_app().test_client()
        assert other.post("/signup", data=GOOD).location == "/members/1"


class TestStep2CleanValuesAndErrors:
    def test_good_values_come_back_without_errors(self, exercise):
        assert exercise.validate_signup(MultiDict(GOOD)) == (GOOD, {})

    def test_the_form_can_be_a_dict(self, exercise):
        form = {"name": " Ada ", "email": " "}

        assert exercise.validate_signup(form) == (
            {"name": "Ada"},
            {"email": "blank", "password": "missing"},
        )

    @pytest.mark.parametrize("field", GOOD)
    def test_a_field_that_was_not_sent_is_missing(self, exercise, field):
        form = MultiDict(without(field))

        assert exercise.validate_signup(form) == (without(field), {field: "missing"})

    @pytest.mark.parametrize(
        "value", ["", " \t\n", " " * 300], ids=["empty", "white space", "more than the limits"]
    )
    @pytest.mark.parametrize("field", GOOD)
    def test_a_field_with_nothing_in_it_is_blank(self, exercise, field, value):
        form = MultiDict(GOOD | {field: value})

        assert exercise.validate_signup(form) == (without(field), {field: "blank"})

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("name", "a" * 41),
            ("email", "a" * 255),
            ("password", "a" * 129),
            ("password", " " + "a" * 128),
        ],
        ids=["name", "email", "password", "password with a space"],
    )
    def test_one_character_over_the_limit_is_too_long(self, exercise, field, value):
        form = MultiDict(GOOD | {field: value})

        assert exercise.validate_signup(form) == (without(field), {field: "too long"})

    def test_as_many_characters_as_the_limit_are_fine(self, exercise):
        longest = {"name": "é" * 40, "email": "ö" * 254, "password": "ü" * 128}

        assert exercise.validate_signup(MultiDict(longest)) == (longest, {})

    def test_white_space_around_name_and_email_is_removed_and_not_counted(self, exercise):
        longest = {"name": "a" * 40, "email": "e" * 254}
        form = MultiDict(GOOD | {field: f"  {text}\t\n" for field, text in longest.items()})

        assert exercise.validate_signup(form) == (GOOD | longest, {})

    def test_everything_else_stays_as_it_was_typed(self, exercise):
        form = MultiDict(dict.fromkeys(GOOD, NASTY))
        clean = {"name": NASTY.strip(), "email": NASTY.strip(), "password": NASTY}

        assert exercise.validate_signup(form) == (clean, {})

    @pytest.mark.parametrize("value", ["O'Brien  \n Ltd", "Ada@Example.org", '"a"', "&lt;"])
    def test_no_value_is_tidied_up(self, exercise, value):
        form = dict.fromkeys(GOOD, value)

        assert exercise.validate_signup(MultiDict(form)) == (form, {})

    @pytest.mark.parametrize("field", ["is_admin", "Name", "age"])
    def test_other_fields_are_in_neither_dict(self, exercise, field):
        assert exercise.validate_signup(MultiDict(GOOD | {field: ""})) == (GOOD, {})


class TestStep3TheFormComesBack:
    @pytest.mark.parametrize(
        ("form", "errors"),
        [
            (without("name"), {"name": "missing"}),
            (without("password") | {"email": " "}, {"email": "blank", "password": "missing"}),
            (
                {"name": "a" * 41, "email": ""},
                {"name": "too long", "email": "blank", "password": "missing"},
            ),
        ],
        ids=["one error", "two errors", "three errors"],
    )
    def test_each_error_is_shown_after_its_input_with_status_422(self, client, form, errors):
        response = client.post("/signup", data=form)

        assert response.status_code == 422
        assert Page(response.text).errors == errors

    @pytest.mark.parametrize(
        "typed", ["Ada", "a" * 255, NASTY, " "], ids=["good", "too long", "nasty", "blank"]
    )
    def test_name_and_email_are_filled_in_as_they_were_typed(self, client, typed):
        page = Page(client.post("/signup", data={"name": typed, "email": typed}).text)

        assert [page.values.get(field) for field in ("name", "email")] == [typed, typed]

    @pytest.mark.parametrize("field", ["name", "email"])
    @pytest.mark.parametrize(
        "typed",
        ["Ada onfocus=alert(1)", 'Ada" onfocus="alert(1)', "Ada' onfocus='alert(1)", "A &amp; B"],
        ids=["spaces", "double quotes", "single quotes", "ampersand"],
    )
    def test_what_was_typed_stays_inside_the_value_of_its_field(self, client, field, typed):
        page = Page(client.post("/signup", data=without("password") | {field: typed}).text)

        assert page.values.get(field) == typed, f"The page has {page.sources.get(field)}"

    @pytest.mark.parametrize(
        "password", ["correct horse", "x&y<z>", "a" * 129], ids=["good", "nasty", "too long"]
    )
    def test_a_password_is_never_sent_back(self, client, password):
        response = client.post("/signup", data=without("email") | {"password": password})

        assert response.status_code == 422
        assert password not in unescape(response.text)

    def test_a_form_without_fields_comes_back_too(self, client):
        response = client.post("/signup", data="", content_type=URLENCODED)

        assert response.status_code == 422
        assert Page(response.text).errors == dict.fromkeys(GOOD, "missing")
        assert not any(Page(response.text).values.get(field) for field in GOOD)

    def test_the_member_has_the_clean_name(self, client):
        client.post("/signup", data=GOOD | {"name": "  Ada\t"})

        assert "Welcome, Ada" in Page(client.get("/members/1").text).text

    def test_a_form_with_errors_makes_no_member(self, client):
        client.post("/signup", data=without("email"))
        client.post("/signup", data=GOOD | {"name": " "})

        assert client.post("/signup", data=GOOD).location == "/members/1"

    @pytest.mark.parametrize("field", GOOD)
    def test_a_field_in_the_query_string_is_still_missing(self, client, field):
        query = {field: GOOD[field]}

        response = client.post("/signup", query_string=query, data=without(field))

        assert response.status_code == 422
        page = Page(response.text)
        assert page.errors == {field: "missing"}
        assert not page.values.get(field), "The query string has come back as what was typed."
