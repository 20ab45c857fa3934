"""What e07 asks for, step by step."""

from html.parser import HTMLParser

import pytest
from werkzeug.datastructures import MultiDict

GOOD = {"name": "Ada", "email": "ada@example.org", "password": "correct horse"}
ERRORS = {"missing", "blank", "too long"}
URLENCODED = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"


class Page(HTMLParser):
    """A page as a browser reads it: its text, and the value and source of each input by name."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.text, self.values, self.sources = "", {}, {}
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        if tag == "input":
            name = dict(attrs).get("name")
            self.values[name] = dict(attrs).get("value")
            self.sources[name] = self.get_starttag_text()

    def handle_data(self, data):
        self.text += data


@pytest.fixture
def client(exercise):
    """Return a client of a new application."""
    app = exercise.create_app()
    app.testing = True
    return app.test_client()


def without(field):
    return {name: value for name, value in GOOD.items() if name != field}


class TestStep1ShowTheFormThenRedirect:
    def test_the_form_has_its_three_fields(self, client):
        response = client.get("/signup")

        assert response.status_code == 200
        values = Page(response.text).values
        assert set(values) >= {"name", "email", "password"}
        assert not any(values.get(field) for field in GOOD), "A new form is empty."

    def test_a_good_form_is_answered_with_303_to_the_new_member(self, client):
        response = client.post("/signup", data=GOOD)

        assert (response.status_code, response.location) == (303, "/members/1")

    @pytest.mark.parametrize(("number", "name"), [(1, "Ada"), (2, "Grace")])
    def test_each_member_has_a_page_that_says_welcome(self, client, number, name):
        client.post("/signup", data=GOOD)
        client.post("/signup", data=GOOD | {"name": "Grace"})

        response = client.get(f"/members/{number}")

        assert response.mimetype == "text/html"
        assert f"Welcome, {name}" in Page(response.text).text

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

    @pytest.mark.parametrize("value", ["", " \t\n"], ids=["empty", "white space"])
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
        longest = {"name": "é" * 40, "email": "a" * 254, "password": "a" * 128}

        assert exercise.validate_signup(MultiDict(longest)) == (longest, {})

    def test_white_space_around_name_and_email_is_removed_and_not_counted(self, exercise):
        form = MultiDict(GOOD | {"name": f"  {'a' * 40}\t", "email": " ada@example.org\n"})

        assert exercise.validate_signup(form) == (GOOD | {"name": "a" * 40}, {})

    def test_a_password_stays_as_it_was_typed(self, exercise):
        form = GOOD | {"password": "  correct horse "}

        assert exercise.validate_signup(MultiDict(form)) == (form, {})

    def test_fields_that_nobody_asked_for_are_dropped(self, exercise):
        assert exercise.validate_signup(MultiDict(GOOD | {"is_admin": "1"})) == (GOOD, {})

    def test_clean_values_are_plain_text(self, exercise):
        form = GOOD | {"name": "O'Brien  & <Sons>", "email": "O'Brien@Example.org"}

        assert exercise.validate_signup(MultiDict(form)) == (form, {})


class TestStep3TheFormComesBack:
    @pytest.mark.parametrize(
        ("form", "errors"),
        [(without("name"), {"missing"}), ({"name": "a" * 41, "email": ""}, ERRORS)],
        ids=["one error", "three errors"],
    )
    def test_the_errors_are_shown_with_status_422(self, client, form, errors):
        response = client.post("/signup", data=form)

        shown = {error for error in ERRORS if error in Page(response.text).text}
        assert (response.status_code, shown) == (422, errors)

    @pytest.mark.parametrize("size", [3, 255], ids=["good", "too long"])
    def test_name_and_email_are_still_filled_in(self, client, size):
        typed = {"name": "a" * size, "email": "b" * size}

        values = Page(client.post("/signup", data=typed).text).values
        assert {field: values.get(field) for field in typed} == typed

    @pytest.mark.parametrize("password", ["correct horse", "a" * 129], ids=["good", "too long"])
    def test_a_password_is_never_sent_back(self, client, password):
        response = client.post("/signup", data=without("email") | {"password": password})

        assert response.status_code == 422
        assert password not in response.text

    def test_a_form_without_fields_comes_back_too(self, client):
        response = client.post("/signup", data="", content_type=URLENCODED)

        assert (response.status_code, "missing" in response.text) == (422, True)
        assert not any(Page(response.text).values.get(field) for field in GOOD)

    def test_the_member_has_the_clean_name(self, client):
        client.post("/signup", data=GOOD | {"name": "  Ada\t"})

        assert "Welcome, Ada" in Page(client.get("/members/1").text).text

    def test_a_form_with_errors_makes_no_member(self, client):
        client.post("/signup", data=without("email"))

        assert client.post("/signup", data=GOOD).location == "/members/1"

    def test_a_field_in_the_query_string_is_still_missing(self, client):
        response = client.post("/signup?email=ada@example.org", data=without("email"))

        assert (response.status_code, "missing" in response.text) == (422, True)


class TestStep4UntrustedInput:
    @pytest.mark.parametrize(
        "name",
        ["<b>Ada</b>", "<img src=x onerror=alert(1)>", "O'Brien & Co", "{{ 7 * 7 }}", "&lt;b&gt;"],
        ids=["bold", "script", "quote and ampersand", "braces", "entity"],
    )
    def test_the_welcome_page_shows_a_name_as_it_was_typed(self, client, name):
        client.post("/signup", data=GOOD | {"name": name})

        page = Page(client.get("/members/1").text)

        assert f"Welcome, {name}" in page.text, "A browser would not show what was typed."

    @pytest.mark.parametrize("field", ["name", "email"])
    @pytest.mark.parametrize(
        "typed",
        [
            "Ada onfocus=alert(1)",
            'Ada" onfocus="alert(1)',
            "Ada' onfocus='alert(1)",
            "Ada &amp; Co",
        ],
        ids=["spaces", "double quotes", "single quotes", "ampersand"],
    )
    def test_what_was_typed_stays_inside_the_value_of_its_field(self, client, field, typed):
        page = Page(client.post("/signup", data=without("password") | {field: typed}).text)

        assert page.values.get(field) == typed, f"The page has {page.sources.get(field)}"

    @pytest.mark.parametrize(
        "kind", [f"{URLENCODED}; charset=utf-8", MULTIPART], ids=["with a charset", "multipart"]
    )
    def test_both_kinds_of_form_are_read(self, client, kind):
        response = client.post("/signup", data=GOOD, content_type=kind)

        assert (response.status_code, response.location) == (303, "/members/1")

    @pytest.mark.parametrize(
        "kind",
        ["application/json", "text/plain", "multipart/mixed; boundary=x", None],
        ids=["JSON", "text", "another multipart", "no Content-Type"],
    )
    def test_a_body_that_is_not_a_form_is_refused_with_415(self, client, kind):
        response = client.post("/signup", data='{"name": "Ada"}', content_type=kind)

        assert response.status_code == 415

    @pytest.mark.parametrize(
        ("kind", "data"),
        [(URLENCODED, "name=".ljust(16_385, "a")), (MULTIPART, {"name": "a" * 16_384})],
        ids=["urlencoded", "multipart"],
    )
    def test_a_body_over_the_limit_is_refused_with_413(self, client, kind, data):
        assert client.post("/signup", data=data, content_type=kind).status_code == 413

    def test_a_body_of_exactly_the_limit_is_read(self, client):
        body = "name=".ljust(16_384, "a")

        response = client.post("/signup", data=body, content_type=URLENCODED)

        assert (response.status_code, "too long" in response.text) == (422, True)
