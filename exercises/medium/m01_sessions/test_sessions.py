"""What m01 asks for, step by step."""

import importlib
import json

import pytest
from flask.testing import FlaskClient
from itsdangerous import BadData, URLSafeSerializer

KEY, NEW_KEY, PASSWORD = "the first key", "another key", "correct horse"
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
        return self.post("/cart", data={"item": item}).json

    def cart(self):
        return self.get("/cart").json

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
    """Return what can be read in a cookie without its key: its payload, or else its text."""
    try:
        return json.dumps(READER.load_payload(cookie.rsplit(".", 2)[0].encode()))
    except BadData:
        return cookie


def edited(cookie):
    """Return the cookie with bob in place of ada and with its old signature."""
    text = readable(cookie)
    if text == cookie or "ada" not in text:
        return cookie.swapcase()
    payload = READER.dump_payload(json.loads(text.replace("ada", "bob"))).decode()
    return ".".join([payload, *cookie.rsplit(".", 2)[1:]])


@pytest.fixture
def start(exercise):
    """Return a function that restarts the application: only the store is kept."""
    options = {"store": {}, "check_password": lambda user, password: password == PASSWORD}

    def start(*keys):
        importlib.reload(exercise)
        app = exercise.create_app(*keys, **options)
        app.testing, app.test_client_class = True, Browser
        return app

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

    def test_a_wrong_password_logs_nobody_in(self, browser):
        response = browser.post("/login", data={"user": "ada", "password": "a guess"})
        assert (response.status_code, browser.me(), browser.log_in().me()) == (401, 401, "ada")

    def test_each_visitor_is_known_by_their_own_name(self, app, browser):
        ada, bob = app.test_client().log_in("ada"), app.test_client().log_in("bob")
        assert (ada.me(), bob.me(), browser.me()) == ("ada", "bob", 401)

    def test_after_a_logout_the_user_is_unknown(self, browser):
        response = browser.log_in().post("/logout")
        assert (response.status_code, browser.me()) == (204, 401)

    def test_a_logout_needs_no_login(self, browser):
        assert (browser.post("/logout").status_code, browser.me()) == (204, 401)

    @pytest.mark.parametrize("path", ["/login", "/logout"])
    def test_a_get_changes_nothing(self, browser, path):
        response = browser.log_in().get(path)
        assert (response.status_code, browser.me()) == (405, "ada")


class TestStep2ACartThatGrows:
    def test_the_cart_keeps_every_item(self, browser):
        answers = [browser.add("tea"), browser.add("milk"), browser.add("tea")]
        assert answers == [TEA, {"cart": ["tea", "milk"]}, {"cart": ["tea", "milk", "tea"]}]
        assert browser.cart() == {"cart": ["tea", "milk", "tea"]}

    def test_each_visitor_has_a_cart_of_their_own(self, app, browser):
        browser.add("tea")
        assert (browser.cart(), app.test_client().cart()) == (TEA, EMPTY)

    def test_a_logout_empties_the_cart(self, browser):
        assert browser.log_in().add("tea") == TEA
        browser.post("/logout")
        assert (browser.cart(), browser.log_in().cart()) == (EMPTY, EMPTY)


class TestStep3ACookieThatNobodyCanForge:
    @pytest.mark.parametrize("path", ["/login", "/cart"])
    def test_the_cookie_has_its_attributes(self, browser, path):
        browser.post(path, data={"user": "ada", "password": PASSWORD, "item": "tea"})
        cookie = browser.get_cookie("session")
        assert cookie, f"POST {path} sets no cookie named session."
        assert (cookie.secure, cookie.http_only, cookie.same_site) == (True, True, "Lax")

    def test_an_edited_cookie_is_ignored(self, app, browser):
        cookie = browser.log_in("ada").copy()
        assert bearer(app, cookie).me() == "ada"
        assert bearer(app, edited(cookie)).me() == 401

    def test_a_restart_reads_the_cookies_of_its_keys_and_no_others(self, start, browser):
        cookie = browser.log_in().copy()
        keys = {"same key": [KEY], "fallback": [NEW_KEY, ["old", KEY]], "another key": [NEW_KEY]}
        answers = {name: bearer(start(*each), cookie).me() for name, each in keys.items()}
        assert answers == {"same key": "ada", "fallback": "ada", "another key": 401}

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
        response = browser.post("/login", data={"user": "bob", "password": "a guess"})
        assert (response.status_code, browser.me(), browser.cart()) == (401, "ada", TEA)

    def test_a_cookie_planted_before_a_login_gains_nothing_by_it(self, app, browser):
        browser.add("bait")
        victim = bearer(app, browser.copy())
        assert victim.cart() == {"cart": ["bait"]}

        victim.log_in("ada")
        assert (victim.me(), victim.cart(), browser.me()) == ("ada", EMPTY, 401)

    def test_the_password_cannot_be_read_in_the_cookie(self, browser):
        cookie = browser.log_in().copy()
        assert PASSWORD not in readable(cookie)


class TestStep5ALogoutThatHolds:
    def test_a_cookie_copied_before_a_logout_is_refused_after_it(self, app, browser):
        browser.log_in().add("tea")
        cookie = browser.copy()
        assert (bearer(app, cookie).me(), bearer(app, cookie).cart()) == ("ada", TEA)

        browser.post("/logout")
        assert (bearer(app, cookie).me(), bearer(app, cookie).cart()) == (401, EMPTY)
        assert bearer(app, cookie).add("milk") == {"cart": ["milk"]}

    def test_a_logout_ends_what_was_made_of_a_copied_cookie(self, app, browser):
        thief = bearer(app, browser.log_in().copy())
        thief.add("tea")  # The answer holds a cookie that the other browser has never seen.
        assert thief.me() == "ada"
        browser.post("/logout")
        assert thief.me() == 401

    def test_a_logout_ends_no_other_login_of_the_user(self, app, browser):
        laptop = app.test_client().log_in()
        browser.log_in().post("/logout")
        assert (browser.me(), laptop.me()) == (401, "ada")

    def test_a_logout_without_a_login_ends_nothing(self, app, browser):
        phone, laptop = app.test_client(), app.test_client().log_in()
        assert phone.add("tea") == TEA
        browser.post("/logout")
        after = {"cart of a phone": phone.cart(), "user of a laptop": laptop.me()}
        assert after == {"cart of a phone": TEA, "user of a laptop": "ada"}

    def test_a_restart_undoes_no_logout(self, start, app, browser):
        ended, open_ = browser.log_in().copy(), app.test_client().log_in().copy()
        browser.post("/logout")
        app = start(KEY)
        answers = {"logged out": bearer(app, ended).me(), "logged in": bearer(app, open_).me()}
        assert answers == {"logged out": 401, "logged in": "ada"}

    def test_a_later_login_revives_no_cookie(self, start, browser):
        cookie = browser.log_in().copy()
        browser.post("/logout")
        app = start(KEY)
        answers = {"new": app.test_client().log_in().me(), "logged out": bearer(app, cookie).me()}
        assert answers == {"new": "ada", "logged out": 401}

    def test_a_login_ends_after_30_minutes_without_use(self, browser, time_machine):
        time_machine.move_to("2030-01-01 12:00 +00:00", tick=False)
        assert browser.log_in().add("tea") == TEA
        answers = []
        for minutes in (29, 29, 31):
            time_machine.shift(60 * minutes)
            answers.append((minutes, browser.cart(), browser.me()))
        assert answers == [(29, TEA, "ada"), (29, TEA, "ada"), (31, EMPTY, 401)]

    def test_a_login_that_ended_by_itself_stays_ended(self, start, browser, time_machine):
        time_machine.move_to("2030-01-01 12:00 +00:00", tick=False)
        cookie = browser.log_in().copy()
        time_machine.shift(60 * 31)
        assert [bearer(start(KEY), cookie).me() for _ in range(2)] == [401, 401]

    @pytest.mark.parametrize("use", ["GET /me", "GET /cart", "POST /cart", "GET /nowhere"])
    def test_each_request_is_a_use(self, browser, time_machine, use):
        method, path = use.split()
        time_machine.move_to("2030-01-01 12:00 +00:00", tick=False)
        browser.log_in()
        for _ in range(2):
            time_machine.shift(60 * 20)
            browser.open(path, method=method, data={"item": "tea"})
        time_machine.shift(60 * 20)
        assert browser.me() == "ada", f"20 minutes after {use}, the login has ended."
