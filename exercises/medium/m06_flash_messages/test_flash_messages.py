"""What the core of m06 asks for, step by step."""

from html.parser import HTMLParser

import pytest
from flask import flash

NASTY = "  Ada & <b>Z</b> 100% "
PASSWORDS = {
    "Ada": " correct horse",
    "Bob": "  Battery & <b>Staple</b> 100% ",
    NASTY: "1",
    " <img src=x onerror=alert(1)> &lt;b&gt; {{ 7 * 7 }}": "2",
    "www.example.org and https://example.org/": "3",
    "'\"%(name)s {0} \\n": "4",
    "Zoë ﬁ² Zoe\u0308": "5",
    "Ada " * 200: "6",
    "Guest": "",
}
WRONG = ("Wrong name or password.", {"error"})


class Messages(HTMLParser):
    """The messages of a page as a browser shows them: the classes, the text and the tags of each."""

    def __init__(self, page):
        super().__init__()
        self.found, self._tag, self._depth = [], None, 0
        self.feed(page.text)
        self.close()

    def handle_starttag(self, tag, attrs):
        classes = (dict(attrs).get("class") or "").split()
        if not self._depth and "flash" in classes:
            self.found.append((classes, [], []))
            self._tag, self._depth = tag, 1
        elif self._depth:
            self.found[-1][2].append(tag)
            self._depth += tag == self._tag

    def handle_endtag(self, tag):
        if self._depth and tag == self._tag:
            self._depth -= 1

    def handle_data(self, data):
        if self._depth:
            self.found[-1][1].append(data)


def messages(page):
    """Return the text of each message on a page."""
    return ["".join(parts).strip() for _, parts, _ in Messages(page).found]


def messages_and_categories(page):
    """Return the text of each message on a page with its category: success or error."""
    categories = [{"success", "error"} & set(classes) for classes, _, _ in Messages(page).found]
    return list(zip(messages(page), categories, strict=True))


def tags(page):
    """Return the tags that stand in the messages of a page."""
    return [found for _, _, found in Messages(page).found]


def log_in(client, name="Ada", password=None, follow=True):
    form = {"name": name, "password": PASSWORDS[name] if password is None else password}
    return client.post("/login", data=form, follow_redirects=follow)


@pytest.fixture
def app(exercise):
    """Return a new application that knows some names, each with a password of its own."""
    app = exercise.create_app("a key", lambda name, password: PASSWORDS.get(name) == password)
    app.testing = True
    return app


@pytest.fixture
def client(app):
    """Return the browser of a visitor."""
    return app.test_client()


def wait_with(client, *waiting):
    """Have another view flash messages, each a text and a category, for the next page."""

    @client.application.get("/flash")
    def flash_all():
        for text, category in waiting:
            flash(text, category)
        return ""

    client.get("/flash")


class TestStep1AMessageThatShowsOnce:
    @pytest.fixture
    def app(self, exercise):
        """Return a new application that lets everybody in."""
        app = exercise.create_app("a key", lambda name, password: True)
        app.testing = True
        return app

    @pytest.mark.parametrize("key", ["a key", "another key"])
    def test_the_application_has_the_secret_key_that_it_was_given(self, exercise, key):
        app = exercise.create_app(key, lambda name, password: True)

        assert app.secret_key == key

    @pytest.mark.parametrize("name", ["Ada", "Bob"])
    def test_the_page_after_the_redirect_shows_the_message(self, client, name):
        page = log_in(client, name)

        assert (page.status_code, page.request.method, page.request.path) == (200, "GET", "/")
        assert messages(page) == [f"Welcome, {name}."]

    def test_a_message_is_gone_when_the_page_is_loaded_again(self, client):
        page = log_in(client)

        again = client.get(page.request.full_path)

        assert (messages(page), messages(again)) == (["Welcome, Ada."], [])

    @pytest.mark.parametrize("path", ["/account", "/login"])
    def test_whichever_page_comes_next_shows_the_message_once(self, client, path):
        log_in(client, follow=False)

        pages = [client.get(each) for each in (path, path, "/")]

        assert [messages(page) for page in pages] == [["Welcome, Ada."], [], []]

    def test_all_waiting_messages_are_shown(self, client):
        wait_with(client, *[(text, "success") for text in ("One.", "Two.", "Two.", "Three.")])

        assert sorted(messages(client.get("/"))) == ["One.", "Three.", "Two.", "Two."]

    def test_nobody_sees_the_message_of_another_visitor(self, app, client):
        log_in(client, follow=False)

        other = app.test_client().get("/")

        assert (messages(other), messages(client.get("/"))) == ([], ["Welcome, Ada."])

    def test_the_visitor_is_logged_in(self, client):
        for name in ("Ada", "Bob"):
            log_in(client, name)

            with client.session_transaction() as session:
                assert session.get("name") == name


class TestStep2SuccessAndError:
    def test_a_good_login_is_a_success(self, client):
        page = log_in(client)

        assert messages_and_categories(page) == [("Welcome, Ada.", {"success"})]

    @pytest.mark.parametrize(
        ("name", "password"),
        [
            ("Ada", "wrong"),
            ("Ada", PASSWORDS["Bob"]),
            ("Ada", PASSWORDS["Ada"].strip()),
            ("Bob", PASSWORDS["Bob"].lower()),
            ("ada", PASSWORDS["Ada"]),
            (" Ada", PASSWORDS["Ada"]),
            (NASTY, f" {PASSWORDS[NASTY]} "),
            ("Nobody", ""),
        ],
    )
    def test_a_bad_login_leads_back_to_the_form_with_an_error_alone(self, client, name, password):
        page = log_in(client, name, password)

        assert (page.status_code, page.request.method, page.request.path) == (200, "GET", "/login")
        assert messages_and_categories(page) == [WRONG]

    def test_nobody_is_logged_in_after_a_bad_login(self, client):
        page = log_in(client, password="wrong")

        assert messages(page) == ["Wrong name or password."]
        with client.session_transaction() as session:
            assert "name" not in session

    def test_each_waiting_message_has_its_own_category(self, client):
        waiting = [("One.", "error"), ("Two.", "success"), ("Three.", "error")]
        wait_with(client, *waiting)

        found = messages_and_categories(client.get("/"))

        assert sorted(found) == [(text, {category}) for text, category in sorted(waiting)]

    @pytest.mark.parametrize("name", PASSWORDS, ids=lambda name: name[:30])
    def test_a_name_is_kept_as_it_was_typed(self, client, name):
        page = log_in(client, name)

        assert messages_and_categories(page) == [(f"Welcome, {name}.", {"success"})]
        with client.session_transaction() as session:
            assert session.get("name") == name

    @pytest.mark.parametrize("name", PASSWORDS, ids=lambda name: name[:30])
    def test_what_a_visitor_typed_never_becomes_html(self, client, name):
        page = log_in(client, name)

        assert messages(page) == [f"Welcome, {name}."]
        assert tags(page) == tags(log_in(client)), "The name added tags to the page."
