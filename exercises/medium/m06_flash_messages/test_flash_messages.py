"""What m06 asks for, step by step."""

import re
from html.parser import HTMLParser
from urllib.parse import urljoin

import pytest

SITE = "http://localhost"
KEY = "a key that the tests made up"
PASSWORD = " correct horse"
TARGET = "/account?tab=orders&page=2&q=1%2B1#top"
ATTACK = " <img src=x onerror=alert(1)> &lt;b&gt; {{ 7 * 7 }}"

ELSEWHERE = {
    "another site": "https://evil.example/",
    "two slashes": "//evil.example/",
    "three slashes": "///evil.example/",
    "four slashes": "////evil.example/",
    "slash and backslash": "/\\evil.example/",
    "backslash and slash": "\\/evil.example/",
    "no slash": "https:evil.example/",
    "no host": "http:///evil.example/",
    "tab inside": "/\t/evil.example/",
    "line break inside": "/\n/evil.example/",
    "carriage return inside": "/\r/evil.example/",
    "tab and backslash": "/\t\\evil.example/",
    "space before": " //evil.example/",
    "control character before": "\x01//evil.example/",
    "code": "javascript:alert(1)",
    "broken address": "//[evil.example/",
}


class Messages(HTMLParser):
    """The messages of a page as a browser shows them: the classes and the text of each."""

    def __init__(self, page):
        super().__init__()
        self.found, self._tag, self._depth = [], None, 0
        self.feed(page.text)
        self.close()

    def handle_starttag(self, tag, attrs):
        classes = (dict(attrs).get("class") or "").split()
        if not self._depth and "flash" in classes:
            self.found.append((classes, ""))
            self._tag, self._depth = tag, 1
        elif self._depth and tag == self._tag:
            self._depth += 1

    def handle_endtag(self, tag):
        if self._depth and tag == self._tag:
            self._depth -= 1

    def handle_data(self, data):
        if self._depth:
            classes, text = self.found[-1]
            self.found[-1] = (classes, text + data)


def messages(page):
    """Return the text of each message on a page."""
    return [text.strip() for _, text in Messages(page).found]


def categories(page):
    """Return the category of each message on a page: success or error."""
    return [{"success", "error"} & set(classes) for classes, _ in Messages(page).found]


def browser_goes_to(location):
    """Return where a browser goes from http://localhost/login, by the rules of the URL standard."""
    read = re.sub(r"[\t\r\n]", "", location.strip("".join(map(chr, range(33)))))
    read = read.replace("\\", "/")
    if outside := re.match(r"(https:)/*|(?:http:)?//+", read):
        return f"{outside[1] or 'http:'}//{read[outside.end() :]}"
    return urljoin(f"{SITE}/login", read)


def log_in(client, name="Ada", password=PASSWORD, follow=True, **fields):
    form = {"name": name, "password": password, **fields}
    return client.post("/login", data=form, follow_redirects=follow)


@pytest.fixture
def app(exercise):
    """Return a new application where everybody has the same password."""
    app = exercise.create_app(KEY, lambda name, password: password == PASSWORD)
    app.testing = True
    return app


@pytest.fixture
def client(app):
    """Return the browser of a visitor."""
    return app.test_client()


class TestStep1AMessageThatShowsOnce:
    def test_the_application_has_the_secret_key_that_it_was_given(self, app):
        assert app.secret_key == KEY

    def test_the_page_after_the_redirect_shows_the_message(self, client):
        page = log_in(client)

        assert (page.request.method, page.request.path) == ("GET", "/")
        assert messages(page) == ["Welcome, Ada."]

    def test_a_message_is_gone_when_the_page_is_loaded_again(self, client):
        page = log_in(client)

        again = client.get(page.request.full_path)

        assert (messages(page), messages(again)) == (["Welcome, Ada."], [])

    def test_nobody_sees_the_message_of_another_visitor(self, app, client):
        log_in(client, follow=False)

        other = app.test_client().get("/")

        assert (messages(other), messages(client.get("/"))) == ([], ["Welcome, Ada."])

    def test_the_visitor_is_logged_in(self, client):
        log_in(client)

        with client.session_transaction() as session:
            assert session.get("name") == "Ada"


class TestStep2SuccessAndError:
    def test_a_good_login_is_a_success(self, client):
        assert categories(log_in(client)) == [{"success"}]

    def test_a_bad_login_leads_back_to_the_form_with_an_error_alone(self, client):
        page = log_in(client, password="wrong")

        assert (page.request.method, page.request.path) == ("GET", "/login")
        assert messages(page) == ["Wrong name or password."]
        assert categories(page) == [{"error"}]

    def test_nobody_is_logged_in_after_a_bad_login(self, client):
        page = log_in(client, password="wrong")

        with client.session_transaction() as session:
            assert (messages(page), "name" in session) == (["Wrong name or password."], False)

    def test_all_waiting_messages_are_shown(self, client):
        log_in(client, password="wrong", follow=False)
        log_in(client, password="wrong", follow=False)

        assert messages(client.get("/")) == ["Wrong name or password."] * 2

    def test_what_a_visitor_typed_never_becomes_html(self, client):
        page = log_in(client, name=ATTACK)

        assert ATTACK not in page.text
        assert messages(page) == [f"Welcome, {ATTACK}."]


class TestStep3BackToThePageTheyCameFor:
    def test_a_good_login_leads_to_the_page_that_asked_for_it(self, client):
        location = log_in(client, next=TARGET, follow=False).location

        assert browser_goes_to(location) == SITE + TARGET
        assert messages(client.get(location)) == ["Welcome, Ada."]

    def test_a_bad_login_keeps_the_page_for_the_second_try(self, client):
        page = log_in(client, password="wrong", next=TARGET)

        assert (page.request.path, page.request.args.get("next")) == ("/login", TARGET)

    @pytest.mark.parametrize("password", [PASSWORD, "wrong"], ids=["good", "bad"])
    @pytest.mark.parametrize("target", ["", TARGET], ids=["no page", "a page"])
    def test_every_login_is_answered_with_303(self, client, password, target):
        assert log_in(client, password=password, next=target, follow=False).status_code == 303

    @pytest.mark.parametrize(
        "target",
        [
            "/",
            TARGET,
            "/account#orders//a:b",
            "/~ada/größe/Help:A//b;c=1,2/@d",
            "/search?q=//a.example",
            "/?u=https://a.example",
            "/%2Fa.example",
            "/search?q=C:\\O'Neil (50%)!",
        ],
    )
    def test_a_path_on_this_site_is_kept(self, exercise, target):
        assert exercise.safe_next(target) == target

    @pytest.mark.parametrize("target", ELSEWHERE.values(), ids=ELSEWHERE.keys())
    def test_no_target_leads_a_browser_elsewhere(self, exercise, target):
        assert exercise.safe_next(TARGET) == TARGET

        returned = exercise.safe_next(target)

        why = (
            f"safe_next({target!r}) returned {returned!r}, which leads a browser to another place."
        )
        assert browser_goes_to(returned) == f"{SITE}/", why

    @pytest.mark.parametrize("target", [None, "", "account", "?tab=orders", "evil.example"])
    def test_what_does_not_begin_with_a_slash_is_not_a_path(self, exercise, target):
        assert exercise.safe_next(target) == "/"

    @pytest.mark.parametrize("attack", ["another site", "two slashes", "tab inside", "code"])
    def test_a_login_never_leads_off_the_site(self, client, attack):
        good = log_in(client, next=TARGET, follow=False)
        bad = log_in(client, next=ELSEWHERE[attack], follow=False)

        addresses = [browser_goes_to(response.location) for response in (good, bad)]
        assert addresses == [SITE + TARGET, f"{SITE}/"]
