"""What h03 asks for, step by step."""

import logging
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from unittest.mock import Mock

import pytest
from flask import got_request_exception
from werkzeug.exceptions import InternalServerError

SECRET = "sk_live_hunter2"

each_500 = pytest.mark.parametrize(
    "kind", [RuntimeError, InternalServerError], ids=["exception", "abort(500)"]
)


@pytest.fixture
def charge():
    """Return a payment service that raises its `side_effect`, if it has one."""
    return Mock()


@pytest.fixture
def reporter():
    """Return a reporter that records its calls."""
    return Mock()


@pytest.fixture
def shop(exercise, tmp_path, charge, reporter):
    """Return a shop with its own database, exactly as `create_app` makes it."""
    shop = exercise.create_app(f"sqlite:///{tmp_path / 'shop.db'}", charge, reporter)
    yield shop
    with shop.app_context():
        exercise.db.engine.dispose()


@pytest.fixture
def app(shop):
    """Return the shop with exceptions answered, as in production."""
    shop.config["PROPAGATE_EXCEPTIONS"] = False
    return shop


@pytest.fixture
def client(app):
    """Return a client of the shop."""
    return app.test_client()


@pytest.fixture
def order(client, charge):
    """Return a function that places an order; the charge raises the given error, if any."""

    def place(error=None, reference="A1"):
        charge.side_effect = error
        return client.post(f"/orders/{reference}")

    return place


def incident_of(response):
    """Return the id in the header, and fail if there is none."""
    incident = response.headers.get("X-Incident-Id")
    assert incident, f"The {response.status_code} response has no X-Incident-Id header."
    return incident


def errors_in(caplog):
    """Return the messages of the log entries of level ERROR and above."""
    return [entry.getMessage() for entry in caplog.records if entry.levelno >= logging.ERROR]


def last_line_of(error):
    """Return the last line of the traceback of an exception."""
    return f"{type(error).__name__}: {error}"


class TestStep1AnAnswerThatGivesNothingAway:
    @each_500
    def test_an_unexpected_exception_is_answered_with_json(self, order, kind):
        response = order(kind(SECRET))

        assert (response.status_code, response.mimetype) == (500, "application/json")
        assert response.json["error"] == "Internal Server Error"

    def test_the_answer_says_nothing_about_the_exception(self, order):
        error = RuntimeError(SECRET)
        response = order(error)

        assert SECRET not in f"{response.headers} {response.text}"
        assert type(error).__name__ not in f"{response.headers} {response.text}"

    def test_a_404_is_still_a_page(self, client, order):
        assert order(RuntimeError(SECRET)).status_code == 500

        response = client.get("/nowhere")
        assert (response.status_code, response.mimetype) == (404, "text/html")


class TestStep2AnIncidentThatCanBeFound:
    @each_500
    def test_body_and_header_have_the_same_long_id(self, order, kind):
        response = order(kind(SECRET))

        incident = incident_of(response)
        assert response.json == {"error": "Internal Server Error", "incident": incident}
        assert len(incident) >= 16

    @each_500
    def test_the_log_has_one_entry_with_the_id_and_the_path(self, order, caplog, kind):
        incident = incident_of(order(kind(SECRET)))

        messages = errors_in(caplog)
        assert len(messages) == 1, f"Entries of level ERROR: {messages}"
        assert incident in messages[0]
        assert "/orders/A1" in messages[0]

    def test_the_log_has_the_traceback(self, order, caplog):
        error = RuntimeError(SECRET)

        assert order(error).status_code == 500
        assert last_line_of(error) in caplog.text

    def test_error_trackers_still_get_the_signal_once(self, app, order):
        sent, error = [], RuntimeError(SECRET)

        def receive(sender, exception):
            sent.append(exception)

        with got_request_exception.connected_to(receive, app):
            assert order(error).status_code == 500
        assert sent == [error], "Flask sends it only for exceptions without a handler."

    def test_with_testing_on_the_exception_reaches_the_test(self, shop, charge):
        shop.testing = True
        charge.side_effect = RuntimeError(SECRET)

        with pytest.raises(RuntimeError, match=SECRET):
            shop.test_client().post("/orders/A1")

    def test_two_requests_that_fail_at_once_have_different_ids(self, app):
        both_are_logged = Barrier(2, timeout=2)

        @app.get("/broken")
        def fail():
            raise RuntimeError(SECRET)

        def wait(record):
            return both_are_logged.wait() >= 0

        app.logger.addFilter(wait)
        with ThreadPoolExecutor(2) as pool:
            responses = list(pool.map(lambda _: app.test_client().get("/broken"), range(2)))
        app.logger.removeFilter(wait)

        first, second = map(incident_of, responses)
        differences = sum(a != b for a, b in zip(first, second, strict=False))
        assert differences >= 8, f"Two random ids have less in common: {first} and {second}."


class TestStep3ErrorsThatPass:
    def test_a_transient_error_is_a_503_that_says_when_to_come_back(self, exercise, order):
        response = order(exercise.TransientError(SECRET))

        assert (response.status_code, response.json) == (503, {"error": "Service Unavailable"})
        assert response.headers.get("Retry-After") == "30"

    def test_a_new_subclass_needs_no_handler_of_its_own(self, exercise, order):
        class BankOnHolidayError(exercise.PaymentsAwayError):
            retry_after = 86400

        response = order(BankOnHolidayError())

        assert (response.status_code, response.headers.get("Retry-After")) == (503, "86400")

    def test_a_transient_error_is_not_an_incident(self, exercise, order, caplog):
        response = order(exercise.PaymentsAwayError())

        assert (response.status_code, response.headers.get("X-Incident-Id")) == (503, None)
        assert errors_in(caplog) == []


class TestStep4TellSomebodyAndSurviveIt:
    @each_500
    def test_each_500_is_reported_once(self, order, reporter, kind):
        error = kind(SECRET)

        incident = incident_of(order(error))

        assert [call.args for call in reporter.call_args_list] == [(incident, error)]

    def test_nothing_else_is_reported(self, exercise, client, order, reporter):
        assert client.get("/nowhere").status_code == 404
        assert order(exercise.PaymentsAwayError(), "A1").status_code == 503

        incident = incident_of(order(RuntimeError(SECRET), "A2"))
        assert [call.args[0] for call in reporter.call_args_list] == [incident]

    @each_500
    def test_a_reporter_that_fails_changes_nothing_for_the_client(self, order, reporter, kind):
        reporter.side_effect = ConnectionError("The reporter is down.")
        response = order(kind(SECRET))

        incident = incident_of(response)
        assert response.json == {"error": "Internal Server Error", "incident": incident}

    def test_the_log_has_the_incident_and_the_failed_report(self, order, reporter, caplog):
        failure = reporter.side_effect = ConnectionError("The reporter is down.")

        incident = incident_of(order(RuntimeError(SECRET)))

        messages = errors_in(caplog)
        assert len(messages) == 2, f"Entries of level ERROR: {messages}"
        assert any(incident in message and "/orders/A1" in message for message in messages)
        assert last_line_of(failure) in caplog.text


class TestStep5NothingHalfDone:
    def test_an_order_that_ends_in_a_500_is_not_saved(self, client, order):
        response = order(RuntimeError(SECRET))
        assert (response.status_code, client.get("/orders").json) == (500, [])

    def test_an_order_that_ends_in_a_503_is_not_saved(self, exercise, client, order):
        response = order(exercise.PaymentsAwayError())
        assert (response.status_code, client.get("/orders").json) == (503, [])

    def test_a_reporter_that_commits_saves_no_order(self, exercise, client, order, reporter):
        reporter.side_effect = lambda *report: exercise.db.session.commit()
        response = order(RuntimeError(SECRET))
        assert (response.status_code, client.get("/orders").json) == (500, [])

    def test_a_reporter_that_fails_halfway_saves_nothing(self, exercise, client, order, reporter):
        def fail(*report):
            exercise.db.session.add(exercise.Order(reference="reported"))
            raise ConnectionError("The reporter is down.")

        reporter.side_effect = fail
        assert (order(RuntimeError(SECRET)).status_code, client.get("/orders").json) == (500, [])

    def test_after_a_failed_flush_the_journal_still_gets_its_entry(self, client, order):
        statuses = [order().status_code, order().status_code]

        assert statuses == [201, 500]
        assert client.get("/journal").json == [
            {"path": "/orders/A1", "status": 201},
            {"path": "/orders/A1", "status": 500},
        ], "After a failed flush, the session needs a rollback."
