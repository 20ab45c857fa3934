"""What h03 asks for, step by step."""

import logging
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier, BrokenBarrierError
from unittest.mock import Mock

import pytest
from flask import got_request_exception
from werkzeug.exceptions import BadGateway, InternalServerError

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
    """Return the messages of the log entries of level ERROR."""
    return [entry.getMessage() for entry in caplog.records if entry.levelno == logging.ERROR]


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

    def test_other_errors_are_still_pages(self, client, order):
        assert order(RuntimeError(SECRET)).status_code == 500

        for response, status in ((client.get("/nowhere"), 404), (order(BadGateway()), 502)):
            assert (response.status_code, response.mimetype) == (status, "text/html")


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
        caplog.set_level(logging.ERROR)
        assert order(RuntimeError(SECRET)).status_code == 500
        assert "in place_order" in caplog.text, f"Where did it fail? {caplog.text}"

    def test_error_trackers_still_get_the_signal_once(self, app, order):
        receive, error = Mock(), RuntimeError(SECRET)
        with got_request_exception.connected_to(receive, app):
            assert order(error).status_code == 500
        sent = [call.kwargs["exception"] for call in receive.call_args_list]
        assert sent == [error], "Flask sends it only for exceptions without a handler."

    @pytest.mark.parametrize("mode", ["TESTING", "DEBUG"])
    def test_with_testing_or_debug_on_the_exception_is_raised(self, shop, charge, mode):
        shop.config[mode] = True
        charge.side_effect = RuntimeError(SECRET)

        with pytest.raises(RuntimeError, match=SECRET):
            shop.test_client().post("/orders/A1")

    def test_two_requests_that_fail_at_once_have_different_ids(self, app, caplog, time_machine):
        time_machine.move_to("2030-01-01 12:00 +00:00", tick=False)
        both_are_logged = Barrier(2, timeout=2)

        @app.get("/broken")
        def fail():
            raise RuntimeError(SECRET)

        def wait(record):
            with suppress(BrokenBarrierError):
                both_are_logged.wait()
            return True

        with caplog.filtering(wait), ThreadPoolExecutor(2) as pool:
            responses = list(pool.map(lambda _: app.test_client().get("/broken"), range(2)))

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

    def test_a_transient_error_is_not_an_incident(self, exercise, app, order, caplog):
        receive = Mock()
        with got_request_exception.connected_to(receive, app):
            response = order(exercise.PaymentsAwayError())

        assert (response.status_code, response.headers.get("X-Incident-Id")) == (503, None)
        assert (errors_in(caplog), receive.called) == ([], False), "It is logged or signalled."


class TestStep4TellSomebodyAndSurviveIt:
    @each_500
    def test_each_500_is_reported_once(self, order, reporter, kind):
        error = kind(SECRET)

        incident = incident_of(order(error))

        assert [call.args for call in reporter.call_args_list] == [(incident, error)]

    def test_nothing_else_is_reported(self, exercise, client, order, reporter):
        assert [client.get("/nowhere").status_code, order(BadGateway()).status_code] == [404, 502]
        assert order(exercise.PaymentsAwayError(), "A2").status_code == 503

        incident = incident_of(order(RuntimeError(SECRET), "A3"))
        assert [call.args[0] for call in reporter.call_args_list] == [incident]

    @each_500
    def test_a_reporter_that_fails_changes_nothing_for_the_client(self, order, reporter, kind):
        reporter.side_effect = LookupError("The reporter is broken.")
        response = order(kind(SECRET))

        incident = incident_of(response)
        assert response.json == {"error": "Internal Server Error", "incident": incident}

    def test_the_log_has_the_incident_and_the_failed_report(self, order, reporter, caplog):
        def fail_to_report(*incident):
            raise ConnectionError("The reporter is down.")

        reporter.side_effect = fail_to_report
        incident = incident_of(order(RuntimeError(SECRET)))

        messages = errors_in(caplog)
        assert len(messages) == 2, f"Entries of level ERROR: {messages}"
        assert any(incident in message and "/orders/A1" in message for message in messages)
        assert f"in {fail_to_report.__name__}" in caplog.text, f"Where did it fail? {caplog.text}"


class TestStep5NothingHalfDone:
    @each_500
    def test_an_order_that_ends_in_a_500_is_not_saved(self, client, order, kind):
        response = order(kind(SECRET))
        assert (response.status_code, client.get("/orders").json) == (500, [])

    def test_an_order_that_ends_in_a_503_is_not_saved(self, exercise, client, order):
        response = order(exercise.PaymentsAwayError())
        assert (response.status_code, client.get("/orders").json) == (503, [])

    @each_500
    def test_a_reporter_saves_what_it_commits(self, exercise, client, order, reporter, kind):
        def report(incident, error):
            exercise.db.session.add(exercise.Order(reference=f"report {reporter.call_count}"))
            exercise.db.session.commit()
            exercise.db.session.add(exercise.Order(reference="left uncommitted"))
            exercise.db.session.flush()
            if reporter.call_count == 2:
                raise ConnectionError("The reporter is down.")

        reporter.side_effect = report
        assert [order(kind(SECRET)).status_code for _ in range(2)] == [500, 500]
        assert client.get("/orders").json == ["report 1", "report 2"]

    def test_after_a_failed_flush_the_journal_still_gets_its_entry(self, client, order):
        statuses = [order().status_code, order().status_code]

        assert statuses == [201, 500]
        assert client.get("/journal").json == [
            {"path": "/orders/A1", "status": 201},
            {"path": "/orders/A1", "status": 500},
        ], "After a failed flush, the session needs a rollback."
