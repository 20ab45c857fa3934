"""What m01 asks for further on, step by step."""

import importlib

import pytest
from flask.testing import FlaskClient

KEY, PASSWORD = "the first key", "correct horse"
TEA, EMPTY = {"cart": ["tea"]}, {"cart": []}


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


@pytest.fixture
def start(exercise):
    """Return a function that restarts the application: only the store is kept."""
    options = {"store": {}, "check_password": lambda user, password: password == PASSWORD}

    def start():
        importlib.reload(exercise)
        app = exercise.create_app(KEY, **options)
        app.testing, app.test_client_class = True, Browser
        return app

    return start


@pytest.fixture
def app(start):
    """Return the application."""
    return start()


@pytest.fixture
def browser(app):
    """Return the browser of somebody who has not logged in."""
    return app.test_client()


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

    def test_a_copy_can_log_out_once_more(self, app, browser):
        copies = [bearer(app, browser.log_in().copy()) for _ in range(3)]
        assert [copy.post("/logout").status_code for copy in copies] == [204] * 3
        assert [copy.post("/logout").status_code for copy in copies] == [204] * 3
        late = bearer(app, browser.copy())
        assert (late.post("/logout").status_code, late.me()) == (204, 401)

    def test_a_logout_ends_no_other_login_of_the_user(self, app):
        logins = [app.test_client().log_in() for _ in range(120)]
        for login in logins[::2]:
            login.post("/logout")
        answers = {"logged out": [], "logged in": []}
        for n, login in enumerate(logins):
            answers["logged in" if n % 2 else "logged out"].append(login.me())
        assert answers == {"logged out": [401] * 60, "logged in": ["ada"] * 60}

    def test_a_logout_without_a_login_ends_nothing(self, app, browser):
        phone, laptop = app.test_client(), app.test_client().log_in()
        assert phone.add("tea") == TEA
        browser.post("/logout")
        after = {"cart of a phone": phone.cart(), "user of a laptop": laptop.me()}
        assert after == {"cart of a phone": TEA, "user of a laptop": "ada"}

    def test_a_restart_undoes_no_logout(self, start, app, browser):
        ended, open_ = browser.log_in().copy(), app.test_client().log_in().copy()
        browser.post("/logout")
        app = start()
        answers = {"logged out": bearer(app, ended).me(), "logged in": bearer(app, open_).me()}
        assert answers == {"logged out": 401, "logged in": "ada"}

    def test_a_later_login_revives_no_cookie(self, start, browser):
        cookie = browser.log_in().copy()
        browser.post("/logout")
        app = start()
        answers = {"new": app.test_client().log_in().me(), "logged out": bearer(app, cookie).me()}
        assert answers == {"new": "ada", "logged out": 401}

    def test_a_login_ends_after_30_minutes_without_use(self, browser, time_machine):
        time_machine.move_to("2030-01-01 12:00 +00:00", tick=False)
        assert browser.log_in().add("tea") == TEA
        answers = []
        for minutes in (29.5, 29.5, 30.5):
            time_machine.shift(60 * minutes)
            answers.append((minutes, browser.cart(), browser.me()))
        assert answers == [(29.5, TEA, "ada"), (29.5, TEA, "ada"), (30.5, EMPTY, 401)]

    def test_a_login_that_ended_by_itself_stays_ended(self, start, browser, time_machine):
        time_machine.move_to("2030-01-01 12:00 +00:00", tick=False)
        cookie = browser.log_in().copy()
        time_machine.shift(60 * 31)
        assert [bearer(start(), cookie).me() for _ in range(2)] == [401, 401]

    def test_a_login_that_ends_by_itself_ends_no_other(self, app, browser, time_machine):
        time_machine.move_to("2030-01-01 12:00 +00:00", tick=False)
        browser.log_in()
        time_machine.shift(60 * 20)
        laptop = app.test_client().log_in()
        time_machine.shift(60 * 20)
        assert (browser.me(), laptop.me()) == (401, "ada")

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
