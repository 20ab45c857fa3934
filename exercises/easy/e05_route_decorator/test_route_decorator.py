"""What e05 asks for, step by step."""

from html import unescape
from urllib.parse import quote

import pytest
from flask import Flask

KEY = {"X-Api-Key": "letmein"}


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


def weather():
    return "The weather"


def endpoints(app):
    """Return the rule of each endpoint."""
    return {rule.endpoint: rule.rule for rule in app.url_map.iter_rules()}


def statuses(app, methods, rule):
    """Return what the application answers to each method."""
    client = app.test_client()
    return {method: client.open(rule, method=method).status_code for method in methods}


class TestStep1AGreetingForEveryone:
    def test_the_name_in_the_path_is_greeted(self, client):
        response = client.get("/hello/Ada")

        assert (response.status_code, response.text) == (200, "Hello, Ada!")

    def test_the_greeting_is_an_html_page(self, client):
        assert client.get("/hello/Ada").mimetype == "text/html"

    def test_no_markup_from_the_path_gets_into_the_page(self, client):
        response = client.get("/hello/<img src=x onerror=alert(1)>")

        assert "<" not in response.text

    @pytest.mark.parametrize(
        "name",
        ["<img src=x>", "O'Brien", "Tom & Jerry", "&lt;b&gt;", "{{ 7 * 7 }}", "Zoë"],
        ids=["tag", "apostrophe", "ampersand", "entity", "braces", "letter with dots"],
    )
    def test_a_browser_shows_the_name_as_it_was_typed(self, client, name):
        response = client.get(f"/hello/{quote(name)}")

        assert unescape(response.text) == f"Hello, {name}!"


class TestStep2TheDecoratorByHand:
    def test_a_registered_view_answers_at_its_rule(self, exercise, app):
        exercise.register(app, "/news", news)

        assert set(map(type, endpoints(app))) == {str}, "The endpoint is a name, not the view."
        assert app.test_client().get("/news").text == "The news"

    def test_the_view_itself_is_returned(self, exercise, app):
        assert exercise.register(app, "/news", news) is news

    def test_the_endpoint_has_the_name_of_the_view(self, exercise, app):
        exercise.register(app, "/latest", news)

        assert endpoints(app) == {"news": "/latest"}

    def test_one_view_can_have_two_endpoints(self, exercise, app):
        exercise.register(app, "/latest", news, endpoint="front_page")
        exercise.register(app, "/archive", news, endpoint="archive")

        assert endpoints(app) == {"front_page": "/latest", "archive": "/archive"}
        assert app.test_client().get("/archive").text == "The news"

    def test_a_rule_answers_get_unless_told_otherwise(self, exercise, app):
        exercise.register(app, "/news", news)

        assert statuses(app, ["GET", "POST"], "/news") == {"GET": 200, "POST": 405}

    def test_a_rule_answers_the_methods_it_is_given(self, exercise, app):
        exercise.register(app, "/news", news, methods=["POST", "PUT"])

        assert statuses(app, ["GET", "POST", "PUT"], "/news") == {
            "GET": 405,
            "POST": 200,
            "PUT": 200,
        }

    def test_a_second_view_under_the_same_endpoint_is_refused(self, exercise, app):
        exercise.register(app, "/news", news, endpoint="page")

        with pytest.raises(AssertionError):
            exercise.register(app, "/weather", weather, endpoint="page")

    def test_a_string_as_methods_is_refused(self, exercise, app):
        with pytest.raises(TypeError):
            exercise.register(app, "/news", news, methods="POST")

    def test_the_decorator_is_not_used(self, exercise, app, monkeypatch):
        def route(rule, **options):
            raise AssertionError(
                "`register` should call app.add_url_rule, not app.route or app.get."
            )

        monkeypatch.setattr(app, "route", route)

        assert exercise.register(app, "/news", news) is news


class TestStep3AGuardBeforeTheView:
    @pytest.mark.parametrize(
        ("path", "answer"),
        [
            ("/reports", {"reports": [2024, 2025]}),
            ("/reports/2025", {"report": 2025}),
            ("/reports/1999", {"report": 1999}),
        ],
        ids=["list", "one year", "another year"],
    )
    def test_a_report_page_answers_a_request_with_the_header(self, client, path, answer):
        assert client.get(path, headers=KEY).json == answer

    @pytest.mark.parametrize("path", ["/reports", "/reports/2025"], ids=["list", "one year"])
    def test_a_report_page_answers_401_without_the_header(self, client, path):
        status = client.get(path).status_code

        assert status == 401, (
            "If it is 200, Flask called the undecorated view: which function did @app.get get?"
        )

    def test_a_refused_request_does_not_run_the_view(self, exercise, app):
        runs = []

        @exercise.require_header("X-Api-Key")
        def count():
            runs.append("run")
            return "Counted"

        app.add_url_rule("/count", "count", count)
        client = app.test_client()

        assert client.get("/count", headers=KEY).text == "Counted"
        assert (client.get("/count").status_code, runs) == (401, ["run"])

    def test_the_arguments_and_the_answer_are_passed_on(self, exercise, app):
        @exercise.require_header("X-Api-Key")
        def copies(title, number):
            return f"{number} of {title}", {"X-Copies": str(number)}

        app.add_url_rule("/copies/<title>/<int:number>", "copies", copies)
        response = app.test_client().get("/copies/Emma/3", headers=KEY)

        assert (response.text, response.headers.get("X-Copies")) == ("3 of Emma", "3")

    def test_each_guard_asks_for_its_own_header(self, exercise, app):
        app.add_url_rule("/news", "news", exercise.require_header("X-Api-Key")(news))
        app.add_url_rule("/weather", "weather", exercise.require_header("X-Team")(weather))
        client = app.test_client()

        answers = {
            path: client.get(path, headers={"X-Team": "blue"}).status_code
            for path in ("/news", "/weather")
        }
        assert answers == {"/news": 401, "/weather": 200}

    def test_one_guard_serves_two_views(self, exercise, app):
        guard = exercise.require_header("X-Api-Key")
        app.add_url_rule("/news", "news", guard(news))
        app.add_url_rule("/weather", "weather", guard(weather))
        client = app.test_client()

        answers = [client.get(path, headers=KEY).text for path in ("/news", "/weather")]
        assert answers == ["The news", "The weather"]

    @pytest.mark.parametrize("name", ["x-api-key", "X-API-KEY"], ids=["lower case", "upper case"])
    def test_the_case_of_the_name_does_not_matter(self, exercise, app, name):
        app.add_url_rule("/news", "news", exercise.require_header(name)(news))
        response = app.test_client().get("/news", headers=KEY)

        assert response.status_code == 200

    def test_a_guarded_view_keeps_its_name_and_so_its_endpoint(self, exercise, app):
        app.add_url_rule("/latest", view_func=exercise.require_header("X-Api-Key")(news))

        assert endpoints(app) == {"news": "/latest"}
