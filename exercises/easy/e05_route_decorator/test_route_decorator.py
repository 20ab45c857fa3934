"""What e05 asks for, step by step."""

from html import unescape
from urllib.parse import quote

import pytest
from flask import Flask


@pytest.fixture
def client(exercise):
    """Return a client of the exercise's application."""
    app = exercise.create_app()
    app.testing = True
    return app.test_client()


@pytest.fixture
def app():
    """Return an application without routes, in which a test registers its own views."""
    app = Flask(__name__, static_folder=None)
    app.testing = True
    return app


def news():
    return "The news"


def endpoints(app):
    """Return the rule of each endpoint."""
    return {rule.endpoint: rule.rule for rule in app.url_map.iter_rules()}


def statuses(app, methods, rule):
    """Return what the application answers to each method."""
    client = app.test_client()
    return {method: client.open(rule, method=method).status_code for method in methods}


class TestStep1TheDecoratorByHand:
    def test_a_registered_view_answers_at_its_rule(self, exercise, app):
        exercise.register(app, "/news", news)

        assert set(map(type, endpoints(app))) == {str}, "The endpoint is a name, not the view."
        assert app.test_client().get("/news").text == "The news"

    def test_the_view_itself_is_returned(self, exercise, app):
        assert exercise.register(app, "/news", news) is news

    def test_the_endpoint_has_the_name_of_the_view(self, exercise, app):
        def front_page():
            return "The front page"

        exercise.register(app, "/latest", front_page)

        assert endpoints(app) == {"front_page": "/latest"}

    def test_one_view_can_have_two_endpoints(self, exercise, app):
        exercise.register(app, "/latest", news, endpoint="front_page")
        exercise.register(app, "/archive", news, endpoint="archive")

        assert endpoints(app) == {"front_page": "/latest", "archive": "/archive"}
        assert app.test_client().get("/archive").text == "The news"

    def test_one_view_can_have_two_rules(self, exercise, app):
        exercise.register(app, "/latest", news)
        exercise.register(app, "/archive", news)

        client = app.test_client()
        answers = [client.get(path).text for path in ("/latest", "/archive")]
        assert answers == ["The news", "The news"]

    def test_a_rule_answers_get_unless_told_otherwise(self, exercise, app):
        exercise.register(app, "/news", news)

        answers = statuses(app, ["GET", "HEAD", "OPTIONS", "POST", "PUT"], "/news")
        assert answers == {"GET": 200, "HEAD": 200, "OPTIONS": 200, "POST": 405, "PUT": 405}

    @pytest.mark.parametrize("kind", [list, tuple, set, iter])
    def test_a_rule_answers_the_methods_it_is_given(self, exercise, app, kind):
        exercise.register(app, "/news", news, methods=kind(["POST", "PUT"]))

        answers = statuses(app, ["POST", "PUT", "OPTIONS", "GET", "PATCH"], "/news")
        assert answers == {"POST": 200, "PUT": 200, "OPTIONS": 200, "GET": 405, "PATCH": 405}

    @pytest.mark.parametrize("endpoint", ["page", None], ids=["given", "by default"])
    def test_a_second_view_under_the_same_endpoint_is_refused(self, exercise, app, endpoint):
        def other():
            return "Other news"

        other.__name__ = "news"
        exercise.register(app, "/news", news, endpoint=endpoint)

        with pytest.raises(AssertionError):
            exercise.register(app, "/other", other, endpoint=endpoint)

    @pytest.mark.parametrize("methods", ["GET", "POST"])
    def test_a_string_as_methods_is_refused(self, exercise, app, methods):
        with pytest.raises(TypeError):
            exercise.register(app, "/news", news, methods=methods)

    @pytest.mark.parametrize("method", ["GET", "POST"])
    def test_the_decorator_is_not_used(self, exercise, app, monkeypatch, method):
        calls = []
        add_url_rule = app.add_url_rule

        def add(*arguments, **options):
            calls.append("add_url_rule")
            add_url_rule(*arguments, **options)

        monkeypatch.setattr(app, "add_url_rule", add)
        monkeypatch.setattr(app, "route", lambda *_, **__: calls.append("route") or (lambda v: v))
        exercise.register(app, "/news", news, methods=[method])

        assert calls == ["add_url_rule"], "This is what `register` called."


class TestStep2AGreetingForEveryone:
    def test_the_name_in_the_path_is_greeted(self, client):
        response = client.get("/hello/Ada")

        assert (response.status_code, response.text) == (200, "Hello, Ada!")

    def test_the_greeting_is_an_html_page(self, client):
        response = client.get("/hello/Ada")

        assert (response.status_code, response.mimetype) == (200, "text/html")

    def test_no_markup_from_the_path_gets_into_the_page(self, client):
        response = client.get("/hello/<img src=x onerror=alert(1)>")

        assert response.status_code == 200
        assert "<" not in response.text

    @pytest.mark.parametrize(
        "name",
        [
            pytest.param("<img src=x>", id="tag"),
            pytest.param("O'Brien", id="apostrophe"),
            pytest.param("Tom & Jerry", id="ampersand"),
            pytest.param("&lt;b&gt;", id="entity"),
            pytest.param("{{ 7 * 7 }}", id="braces"),
            pytest.param("zoë", id="a small letter, and one with dots"),
            pytest.param("Ada " * 100, id="a long name"),
            pytest.param('  ada & <b>Z<b> {name} "100%25" + ', id="signs and spaces"),
        ],
    )
    def test_a_browser_shows_the_name_as_it_was_typed(self, client, name):
        response = client.get(f"/hello/{quote(name)}")

        assert response.status_code == 200
        shown = unescape(response.text)
        assert shown == f"Hello, {name}!", f"A browser shows that for the body {response.text!r}."
