"""What e05 asks for, going further."""

import pytest
from flask import Flask, abort, request

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


class TestStep3AGuardBeforeTheView:
    @pytest.mark.parametrize(
        ("path", "answer"),
        [
            ("/reports", {"reports": [2024, 2025]}),
            ("/reports/2025", {"report": 2025}),
            ("/reports/1999", {"report": 1999}),
            ("/reports/7", {"report": 7}),
        ],
        ids=["list", "one year", "another year", "year 7"],
    )
    def test_a_report_page_answers_a_request_with_the_header(self, client, path, answer):
        for key in ("letmein", "another", ""):
            response = client.get(path, headers={"X-Api-Key": key})

            assert (response.status_code, response.json) == (200, answer)

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

    def test_the_view_can_be_called_with_positional_arguments(self, exercise, app):
        @exercise.require_header("X-Api-Key")
        def copies(title, number):
            return f"{number} of {title}"

        with app.test_request_context(headers=KEY):
            assert copies("Emma", 3) == "3 of Emma"

    @pytest.mark.parametrize(
        ("view", "status"),
        [(lambda: abort(404), 404), (lambda: request.args["page"], 400)],
        ids=["not found", "a parameter is missing"],
    )
    def test_an_error_of_the_view_is_its_answer(self, exercise, app, view, status):
        app.add_url_rule("/lost", "lost", exercise.require_header("X-Api-Key")(view))

        assert app.test_client().get("/lost", headers=KEY).status_code == status

    def test_the_guard_asks_whatever_the_method_is(self, exercise, app):
        view = exercise.require_header("X-Api-Key")(news)
        app.add_url_rule("/news", "news", view, methods=["GET", "POST", "PATCH"])
        client = app.test_client()

        answers = {
            method: client.open("/news", method=method).status_code
            for method in ("GET", "HEAD", "POST", "PATCH")
        }
        assert answers == {"GET": 401, "HEAD": 401, "POST": 401, "PATCH": 401}

    @pytest.mark.parametrize("name", ["X-Api-Key", "HTTP_X_API_KEY", "x-api-key"])
    def test_a_parameter_of_that_name_is_no_header(self, exercise, app, name):
        app.add_url_rule("/news", "news", exercise.require_header("X-Api-Key")(news))

        assert app.test_client().get(f"/news?{name}=letmein").status_code == 401

    @pytest.mark.parametrize("name", ["Content-Type", "Authorization", "Accept-Language"])
    def test_any_header_may_be_asked_for(self, exercise, app, name):
        app.add_url_rule("/news", "news", exercise.require_header(name)(news))
        client = app.test_client()

        answers = [client.get("/news").status_code, client.get("/news", headers={name: "a"}).text]
        assert answers == [401, "The news"]

    def test_each_guard_asks_for_its_own_header(self, exercise, app):
        app.add_url_rule("/news", "news", exercise.require_header("X-Api-Key")(news))
        app.add_url_rule("/weather", "weather", exercise.require_header("X-Api-Key-Id")(weather))
        client = app.test_client()

        answers = {
            path: client.get(path, headers={"X-Api-Key-Id": "7"}).status_code
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
