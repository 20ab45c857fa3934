"""What m03 asks for, step by step."""

import re
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest
from flask import Flask, request

ORIGINS = ORIGIN, OTHER = "https://app.example", "http://localhost:5173"
FOREIGN = [
    None, "null", "http://app.example", "https://app.example:8443", "https://old.app.example",
    "https://app.example.evil.example", "https://evil-app.example", "https://app-example",
    "https://app.exampl", "https://APP.example", "https://app.example/", f"{ORIGIN} {OTHER}",
]  # fmt: skip
PREFLIGHT = {"Access-Control-Request-Method": "PUT"}
PAGES = [("/page", 200), ("/refused", 401), ("/nowhere", 404), ("/broken", 500)]
METHODS = [("HEAD", 200), ("POST", 405), ("OPTIONS", 200)]


def site(install, seconds=0.25):
    """Return an application, after `install(app, clock)`, with a hook that takes 250 ms, or as long as asked."""
    app = Flask("site")
    app.testing = True
    clock = SimpleNamespace(now=1000.0)
    install(app, lambda: clock.now)

    @app.before_request
    def guard():
        clock.now += seconds
        return ("Refused", 401) if request.path == "/refused" else None

    @app.get("/broken")
    def broken():
        app.config["PROPAGATE_EXCEPTIONS"] = False  # Other exceptions reach the test.
        raise ZeroDivisionError

    app.add_url_rule("/page", "page", lambda: ("Hello", {"Vary": "Accept-Language"}))
    return app


def ask(client, origin, method="GET", path="/page", **headers):
    """Send a request as a browser does for a page of `origin`, or for a page of the site itself."""
    known = {"Origin": origin} if origin else {}
    return client.open(path, method=method, headers={**known, **headers})


def readers(response):
    """Return the two headers that say whose pages may read the response, and whether with cookies."""
    names = ("Access-Control-Allow-Origin", "Access-Control-Allow-Credentials")
    return tuple(", ".join(response.headers.getlist(name)) or None for name in names)


def words(response, name, spelled=str.title):
    """Return the items of a header that holds a list, in one case, as case does not count."""
    return set(re.findall(r"[^\s,]+", spelled(",".join(response.headers.getlist(name)))))


@pytest.fixture
def client(exercise):
    """Return a client of an application with CORS for two origins."""
    return site(lambda app, _: exercise.init_cors(app, set(ORIGINS))).test_client()


class TestStep1HooksThatSeeEveryResponse:
    @pytest.mark.parametrize(("path", "status"), PAGES)
    def test_every_response_tells_how_long_it_took(self, exercise, path, status):
        response = site(exercise.init_timing).test_client().get(path)
        assert response.headers.get("Server-Timing") == "app;dur=250"
        assert response.status_code == status

    @pytest.mark.parametrize(("method", "status"), METHODS)
    def test_every_method_is_timed(self, exercise, method, status):
        response = site(exercise.init_timing).test_client().open("/page", method=method)

        assert response.headers.get("Server-Timing") == "app;dur=250"
        assert response.status_code == status

    @pytest.mark.parametrize(
        ("seconds", "durations"),
        [(0, {0}), (1 / 128, {7, 8}), (1 / 1024, {0, 1}), (1.5, {1500}), (75.25, {75250})],
    )
    def test_the_time_is_in_whole_milliseconds(self, exercise, seconds, durations):
        response = site(exercise.init_timing, seconds).test_client().get("/page")

        allowed = {f"app;dur={duration}" for duration in durations}
        assert {response.headers.get("Server-Timing")} <= allowed

    def test_requests_at_the_same_time_have_their_own_starts(self, exercise):
        app = site(exercise.init_timing)
        another = iter([True])

        @app.get("/long")
        def long():
            if next(another, False):
                with ThreadPoolExecutor() as pool:
                    pool.submit(app.test_client().get, "/long").result()
            return "Hello"

        assert app.test_client().get("/long").headers.get("Server-Timing") == "app;dur=500"


class TestStep2PagesOfOtherOrigins:
    @pytest.mark.parametrize("origin", ORIGINS)
    @pytest.mark.parametrize(("path", "status"), PAGES)
    def test_a_page_of_a_known_origin_may_read_every_response(self, client, path, status, origin):
        response = ask(client, origin, path=path)
        assert (response.status_code, readers(response)) == (status, (origin, "true"))
        assert "Origin" in words(response, "Vary")

    @pytest.mark.parametrize(("method", "status"), METHODS)
    def test_a_page_of_a_known_origin_may_use_every_method(self, client, method, status):
        response = ask(client, OTHER, method)

        assert (response.status_code, readers(response)) == (status, (OTHER, "true"))

    @pytest.mark.parametrize(
        ("origin", "path", "wanted"),
        [(ORIGIN, "/page", "PUT"), (OTHER, "/page", "DELETE"), (OTHER, "/nowhere", "GET")],
    )
    def test_a_preflight_of_a_known_origin_comes_before_the_other_hooks(
        self, client, origin, path, wanted
    ):
        ran = []
        client.application.before_request(lambda: ran.append("a hook registered later"))

        headers = {"Access-Control-Request-Method": wanted}
        response = ask(client, origin, "OPTIONS", path, **headers)

        assert (response.status_code, readers(response)) == (204, (origin, "true"))
        assert words(response, "Access-Control-Allow-Methods", str) == {"GET", "PUT"}
        assert words(response, "Access-Control-Allow-Headers") == {"Content-Type"}
        assert ("Origin" in words(response, "Vary"), ran) == (True, [])

    @pytest.mark.parametrize("method", ["GET", "OPTIONS"])
    @pytest.mark.parametrize("origin", FOREIGN)
    def test_a_page_of_another_origin_may_not_read_the_response(self, client, origin, method):
        known = ask(client, ORIGIN, method, **PREFLIGHT)
        assert readers(known) == (ORIGIN, "true")

        response = ask(client, origin, method, Referer=f"{ORIGIN}/page", **PREFLIGHT)

        assert readers(response) == (None, None)
        assert "Origin" in words(response, "Vary")

    @pytest.mark.parametrize("origin", [ORIGIN, "https://evil.example", None])
    def test_vary_names_origin_beside_what_it_holds(self, client, origin):
        assert words(ask(client, origin), "Vary") == {"Accept-Language", "Origin"}

    @pytest.mark.parametrize("origin", [ORIGIN, "https://evil.example", None])
    @pytest.mark.parametrize(("path", "status"), PAGES)
    def test_vary_is_on_every_response(self, client, path, status, origin):
        response = ask(client, origin, path=path)

        assert response.status_code == status
        assert "Origin" in words(response, "Vary")

    @pytest.mark.parametrize(
        ("method", "headers"), [("OPTIONS", {}), ("GET", PREFLIGHT)], ids=["OPTIONS", "header"]
    )
    def test_one_sign_of_a_preflight_alone_makes_none(self, client, method, headers):
        response = ask(client, ORIGIN, method, "/refused", **headers)

        assert (response.status_code, readers(response)) == (401, (ORIGIN, "true"))
