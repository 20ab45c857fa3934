"""What m01 asks for, step by step."""

import importlib
import json
import re
from base64 import b64decode
from contextlib import suppress
from urllib.parse import unquote

import pytest
from flask.testing import FlaskClient
from itsdangerous import BadData, URLSafeSerializer

KEY, NEW_KEY, PASSWORD = "the first key", "another key", "correct horse"
NASTY = "  Ada & <b>Z</b> 100% "
TEA, EMPTY = {"cart": ["tea"]}, {"cart": []}
READER = URLSafeSerializer("no key is needed to read")


class Browser(FlaskClient):
    """A client that logs in, fills a cart, and hands out copies of its session cookie."""

    def log_in(self, user="ada"):
        response = self.post("/login", data={"user": user, "password": PASSWORD})
        assert response.status_code == 200
        return self

    def me(self):
        """Return the user whom GET /me answers with, or the status if that is not 200."""
        response = self.get("/me")
        return response.json["user"] if response.status_code == 200 else response.status_code

    def add(self, item):
        """Return what POST /cart answers with, or the status if that is not 200."""
        response = self.post("/cart", data={"item": item})
        return response.json if response.status_code == 200 else response.status_code

    def cart(self):
        """Return what GET /cart answers with, or the status if that is not 200."""
        response = self.get("/cart")
        return response.json if response.status_code == 200 else response.status_code

    def copy(self):
        """Return the value of the session cookie, which another browser can send."""
        cookie = self.get_cookie("session")
        assert cookie is not None, "No response has set a cookie named session."
        return cookie.decoded_value


def bearer(app, cookie):
    """Return a new browser that holds this session cookie and no other."""
    browser = app.test_client()
    browser.set_cookie("session", cookie)
    return browser


def readable(cookie):
    """Return what can be read in a cookie without its key: its payload, or its text."""
    with suppress(BadData):
        return json.dumps(READER.load_payload(cookie.rsplit(".", 2)[0].encode()))
    return cookie


def edits(cookie):
    """Return copies of a cookie, each with an edit, such as bob in place of ada."""
    parts, text, found = cookie.split("."), readable(cookie), [cookie[:-1], "nonsense"]
    for n, part in enumerate(parts):
        other = f"{'3' if part[:1] == '2' else '2'}{part[1:]}"
        found.append(".".join([*parts[:n], other, *parts[n + 1 :]]))
    if text != cookie and "ada" in text:
        payload = READER.dump_payload(json.loads(text.replace("ada", "bob"))).decode()
        found.append(".".join([payload, *cookie.rsplit(".", 2)[1:]]))
    return found


def decoded(text):
    """Return a text, also backwards, and what it holds in Base64, hexadecimal digits or %20."""
    found = [text, text[::-1], unquote(text)]
    for token in re.findall(r"[\w+/-]{8,}", text):
        for decode in (bytes.fromhex, lambda each: b64decode(each + "==", b"-_")):
            with suppress(ValueError):
                found.append(decode(token).decode("latin-1"))
    return found


@pytest.fixture
def start(exercise):
    """Return a function that restarts the application: only the store is kept."""
    options = {"store": {}, "check_password": lambda user, password: password == PASSWORD}

    def start(*keys):
        importlib.reload(exercise)
        app = exercise.create_app(*keys, **options)
        app.testing, app.test_client_class = True, Browser
        return app

    start.options = options
    return start


@pytest.fixture
def app(start):
    """Return the application with its first key."""
    return start(KEY)


@pytest.fixture
def browser(app):
    """Return the browser of somebody who has not logged in."""
    return app.test_client()


class TestStep1LogInBeKnownLogOut:
    def test_a_login_is_known_to_the_next_request(self, browser):
        response = browser.post("/login", data={"user": "ada", "password": PASSWORD})
        assert (response.status_code, response.json) == (200, {"user": "ada"})
        assert browser.get("/me").json == {"user": "ada"}

    def test_the_password_is_checked_as_it_was_sent(self, start):
        seen = []
        start.options["check_password"] = lambda *sent: seen.append(sent) or True
        browser = start(KEY).test_client()
        response = browser.post("/login", data={"user": NASTY, "password": NASTY * 2})
        assert seen == [(NASTY, NASTY * 2)]
        assert (response.status_code, response.json, browser.me()) == (200, {"user": NASTY}, NASTY)

    def test_a_login_stays_when_the_network_and_the_browser_change(self, browser):
        changed = {"REMOTE_ADDR": "203.0.113.9", "HTTP_USER_AGENT": "Another/2.0"}
        response = browser.log_in().get("/me", environ_overrides=changed)
        assert (response.status_code, response.json) == (200, {"user": "ada"})

    def test_a_wrong_password_logs_nobody_in(self, browser):
        response = browser.post("/login", data={"user": "ada", "password": "a guess"})
        assert (response.status_code, browser.me(), browser.log_in().me()) == (401, 401, "ada")

    def test_each_visitor_is_known_by_their_own_name(self, app, browser):
        visitors = {user: app.test_client().log_in(user) for user in ("ada", "bob")}
        found = {user: visitor.me() for user, visitor in visitors.items()}
        assert found == {"ada": "ada", "bob": "bob"}, "Bob's login came after Ada's."
        assert browser.me() == 401

    def test_after_a_logout_the_user_is_unknown(self, browser):
        response = browser.log_in().post("/logout")
        assert (response.status_code, response.data, browser.me()) == (204, b"", 401)

    def test_a_logout_needs_no_login(self, browser):
        assert [browser.post("/logout").status_code for _ in range(2)] == [204, 204]
        browser.log_in()
        assert [browser.post("/logout").status_code for _ in range(2)] == [204, 204]

    @pytest.mark.parametrize("path", ["/login", "/logout"])
    def test_a_get_changes_nothing(self, browser, path):
        response = browser.log_in().get(path, query_string={"user": "bob", "password": PASSWORD})
        assert (response.status_code, browser.me()) == (405, "ada")


class TestStep2ACartThatGrows:
    def test_the_cart_keeps_every_item(self, browser):
        items = ["tea", "milk", "tea", *"egfdabc"]
        for n, item in enumerate(items, 1):
            assert (browser.add(item), browser.cart()) == ({"cart": items[:n]},) * 2

    def test_a_cart_is_empty_at_first_and_grows_after_a_login_too(self, browser):
        assert (browser.cart(), browser.log_in().cart()) == (EMPTY, EMPTY)
        assert [browser.add("tea"), browser.add(NASTY)] == [TEA, {"cart": ["tea", NASTY]}]
        assert (browser.cart(), browser.me()) == ({"cart": ["tea", NASTY]}, "ada")

    def test_each_visitor_has_a_cart_of_their_own(self, app, browser):
        browser.add("tea")
        assert (browser.cart(), app.test_client().cart()) == (TEA, EMPTY)

    def test_a_logout_empties_the_cart(self, browser):
        assert browser.log_in().add("tea") == TEA
        browser.post("/logout")
        assert (browser.cart(), browser.log_in().cart()) == (EMPTY, EMPTY)

    def test_a_logout_without_a_login_empties_the_cart(self, app, browser):
        phone = app.test_client()
        assert (browser.add("tea"), phone.add("tea")) == (TEA, TEA)
        assert browser.post("/logout").status_code == 204
        assert (browser.cart(), phone.cart()) == (EMPTY, TEA)


class TestStep3ACookieThatNobodyCanForge:
    @pytest.mark.parametrize(("path", "debug"), [("/login", "0"), ("/login", "1"), ("/cart", "0")])
    def test_the_cookie_has_its_attributes(self, start, monkeypatch, path, debug):
        monkeypatch.setenv("FLASK_DEBUG", debug)
        browser = start(KEY).test_client()
        browser.post(path, data={"user": "ada", "password": PASSWORD, "item": "tea"})
        cookie = browser.get_cookie("session")
        assert cookie, f"POST {path} sets no cookie named session."
        found = cookie.secure, cookie.http_only, cookie.same_site
        assert found == (True, True, "Lax"), f"FLASK_DEBUG is {debug}."

    def test_an_edited_cookie_is_ignored(self, app, browser):
        cookie = browser.log_in("ada").copy()
        assert bearer(app, cookie).me() == "ada"
        for edit in edits(cookie):
            found = bearer(app, edit).me()
            assert found == 401, f"This edited cookie is {found}: {edit}"

    def test_an_edited_cart_is_ignored(self, app, browser):
        assert browser.add("tea") == TEA
        assert {str(bearer(app, edit).cart()) for edit in edits(browser.copy())} == {str(EMPTY)}

    def test_a_restart_logs_nobody_out(self, start, browser):
        cookie, store = browser.log_in().copy(), start.options["store"]
        found = bearer(start(KEY), cookie).me()
        assert found == "ada", f"The key is the same. The store holds {store!r}."

    def test_a_cookie_is_read_with_the_fallbacks_and_no_other_key(self, start, browser):
        cookie = browser.log_in().copy()
        keys = {
            "the first of two": [NEW_KEY, (KEY, "old")],
            "the last of three": [NEW_KEY, ["older", "old", KEY]],
            "another key": [NEW_KEY],
            "other fallbacks": [NEW_KEY, ["older", "old"]],
        }
        answers = {name: bearer(start(*each), cookie).me() for name, each in keys.items()}
        assert answers == dict(zip(keys, ["ada", "ada", 401, 401], strict=True))

    def test_a_new_cookie_is_signed_with_the_new_key(self, start):
        cookie = start(NEW_KEY, [KEY]).test_client().log_in().copy()
        assert bearer(start(NEW_KEY), cookie).me() == "ada"


class TestStep4ALoginThatStartsANewSession:
    @pytest.mark.parametrize("user", ["bob", "ada"])
    def test_a_login_leaves_nothing_of_the_session_before(self, browser, user):
        assert browser.log_in(user).add("tea") == TEA
        browser.log_in("ada")
        assert (browser.me(), browser.cart()) == ("ada", EMPTY)

    def test_a_wrong_password_starts_no_new_session(self, browser):
        browser.log_in("ada").add("tea")
        for guess in ["a guess", "", PASSWORD.upper(), f"{PASSWORD} ", "another"]:
            response = browser.post("/login", data={"user": "bob", "password": guess})
            assert (response.status_code, browser.me(), browser.cart()) == (401, "ada", TEA)
        assert browser.log_in("bob").me() == "bob"

    def test_a_cookie_planted_before_a_login_gains_nothing_by_it(self, app, browser):
        browser.add("bait")
        victim = bearer(app, browser.copy())
        assert victim.cart() == {"cart": ["bait"]}
        victim.log_in("ada")
        assert (victim.me(), victim.cart(), browser.me()) == ("ada", EMPTY, 401)

    def test_the_password_cannot_be_read_in_the_cookie(self, browser):
        text = readable(browser.log_in().copy())
        assert not [each for each in decoded(text) if PASSWORD in each]
