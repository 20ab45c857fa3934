"""What h03 asks for, step by step."""

import logging
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier, BrokenBarrierError
from unittest.mock import Mock

import pytest
from flask import got_request_exception
from werkzeug.exceptions import InternalServerError, default_exceptions

SECRET = "sk_live_hunter2"


class CardError(Exception):
    """An exception that no answer can know."""


each_500 = pytest.mark.parametrize(
    "kind",
    [RuntimeError, KeyError, CardError, InternalServerError],
    ids=["RuntimeError", "KeyError", "CardError", "abort(500)"],
)


@pytest.fixture
def charge():
    """Return a payment service that raises its `side_effect`, if it has one."""
    return Mock()


@pytest.fixture
def open_shop(tmp_path, charge):
    """Return a function that opens the shop of a module, exactly as `create_app` makes it."""
    opened = []

    def open_it(module):
        uri = f"sqlite:///{tmp_path / f'shop{len(opened)}.db'}"
        opened.append((module.db, module.create_app(uri, charge, Mock())))
        return opened[-1][1]

    yield open_it
    for db, shop in opened:
        with shop.app_context():
            db.engine.dispose()


@pytest.fixture
def app(exercise, open_shop):
    """Return the shop with exceptions answered, as in production."""
    shop = open_shop(exercise)
    shop.config["PROPAGATE_EXCEPTIONS"] = False
    return shop


@pytest.fixture
def client(app):
    """Return a client of the shop."""
    return app.test_client()


@pytest.fixture
def order(client, charge):
    """Return a function that places an order; the charge raises the given error, if any."""

    def place(error=None, reference="A1", headers=None):
        charge.side_effect = error
        return client.post(f"/orders/{reference}", headers=headers)

    return place


def incident_of(response):
    """Return the id in the header, and fail if there is none."""
    incident = response.headers.get("X-Incident-Id")
    assert incident, f"The {response.status_code} response has no X-Incident-Id header."
    return incident


def errors_in(caplog):
    """Return the log entries of level ERROR."""
    return [entry for entry in caplog.records if entry.levelno == logging.ERROR]


def assert_unlike(first, second):
    """Check that two ids differ as random ones do."""
    differences = sum(a != b for a, b in zip(first, second, strict=False))
    assert differences >= 8, f"Two random ids have less in common: {first} and {second}."


class TestStep1AnAnswerThatGivesNothingAway:
    @each_500
    def test_an_unexpected_exception_is_answered_with_json(self, order, kind):
        response = order(kind(SECRET))

        assert (response.status_code, response.mimetype) == (500, "application/json")
        assert response.json["error"] == "Internal Server Error"

    def test_whatever_view_fails_is_answered_with_json(self, app, client):
        @app.get("/broken")
        def fail():
            return {}["missing"]

        response = client.get("/broken")
        assert (response.status_code, response.mimetype) == (500, "application/json")

    @each_500
    def test_the_answer_says_nothing_about_the_exception(self, order, kind):
        response = order(kind(SECRET))

        assert response.status_code == 500
        assert SECRET not in f"{response.headers} {response.text}"
        assert kind.__name__ not in f"{response.headers} {response.text}"

    @pytest.mark.parametrize("status", [400, 404, 409, 502, 503])
    def test_other_errors_are_still_pages(self, client, order, status):
        assert order(RuntimeError(SECRET)).status_code == 500
        error = default_exceptions[status]()

        response = client.get("/nowhere") if status == 404 else order(error, "A2")

        assert (response.status_code, response.mimetype) == (status, "text/html")
        assert response.text == error.get_body()
        assert "Retry-After" not in response.headers


class TestStep2AnIncidentThatCanBeFound:
    @each_500
    def test_body_and_header_have_the_same_long_id(self, order, kind):
        response = order(kind(SECRET))

        incident = incident_of(response)
        assert response.json == {"error": "Internal Server Error", "incident": incident}
        assert len(incident) >= 16

    def test_the_id_is_new_whatever_the_client_sends(self, order):
        theirs = "5b0d6c1f4e6a4d0c9f6e3a1c2b7d8e90"
        headers = dict.fromkeys(("X-Incident-Id", "X-Request-Id"), theirs)

        assert incident_of(order(RuntimeError(SECRET), headers=headers)) != theirs

    @each_500
    def test_the_log_has_one_entry_with_the_id_and_the_path(self, order, caplog, kind):
        incident = incident_of(order(kind(SECRET)))

        messages = [entry.getMessage() for entry in errors_in(caplog)]
        assert len(messages) == 1, f"Entries of level ERROR: {messages}"
        assert incident in messages[0]
        assert "/orders/A1" in messages[0]

    def test_any_path_can_be_logged(self, order, caplog):
        incident = incident_of(order(RuntimeError(SECRET), "%20Ada%20&%20<b>%20100%25d%20%25s"))

        messages = [entry.getMessage() for entry in errors_in(caplog)]
        assert [incident in message for message in messages] == [True]
        assert "/orders/ Ada & <b> 100%d %s" in messages[0]

    def test_the_log_has_the_traceback(self, order, caplog):
        assert order(RuntimeError(SECRET)).status_code == 500

        texts = [logging.Formatter().format(entry) for entry in errors_in(caplog)]
        assert [("in place_order" in text, SECRET in text) for text in texts] == [(True, True)], (
            f"Where did it fail? The entries of level ERROR: {texts}"
        )

    def test_error_trackers_still_get_the_signal_once(self, app, order):
        receive, error = Mock(), RuntimeError(SECRET)
        with got_request_exception.connected_to(receive, app):
            assert order(error).status_code == 500
        sent = [call.kwargs["exception"] for call in receive.call_args_list]
        assert sent == [error], "Flask sends it only for exceptions without a handler."

    @pytest.mark.parametrize("mode", ["TESTING", "DEBUG"])
    @pytest.mark.parametrize("kind", [RuntimeError, CardError])
    def test_with_testing_or_debug_on_the_exception_is_raised(
        self, exercise, open_shop, charge, mode, kind
    ):
        shop = open_shop(exercise)
        shop.config[mode] = True
        charge.side_effect = kind(SECRET)

        with pytest.raises(kind, match=SECRET):
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

        assert_unlike(*map(incident_of, responses))

    def test_two_workers_make_different_ids(self, another_worker, open_shop, charge, time_machine):
        time_machine.move_to("2030-01-01 12:00 +00:00", tick=False)
        charge.side_effect = RuntimeError(SECRET)
        ids = []
        for _ in range(2):
            shop = open_shop(another_worker())
            shop.config["PROPAGATE_EXCEPTIONS"] = False
            ids.append(incident_of(shop.test_client().post("/orders/A1")))

        assert_unlike(*ids)


class TestStep3ErrorsThatPass:
    @pytest.mark.parametrize("mode", ["production", "TESTING", "DEBUG"])
    def test_a_transient_error_is_a_503_that_says_when_to_come_back(
        self, exercise, app, order, mode
    ):
        app.config.update({mode: True, "PROPAGATE_EXCEPTIONS": None})
        response = order(exercise.TransientError(SECRET))

        assert (response.status_code, response.mimetype) == (503, "application/json")
        assert response.json == {"error": "Service Unavailable"}
        assert response.headers.get("Retry-After") == "30"

    def test_a_new_subclass_needs_no_handler_of_its_own(self, exercise, order):
        class BankOnHolidayError(exercise.PaymentsAwayError):
            retry_after = 86400

        response = order(BankOnHolidayError())
        assert (response.status_code, response.headers.get("Retry-After")) == (503, "86400")
        assert response.json == {"error": "Service Unavailable"}

    def test_an_exception_may_have_a_time_of_its_own(self, exercise, order):
        error = exercise.PaymentsAwayError()
        error.retry_after = 120
        response = order(error)

        assert (response.status_code, response.headers.get("Retry-After")) == (503, "120")

    def test_a_transient_error_is_not_an_incident(self, exercise, app, order, caplog):
        receive = Mock()
        with got_request_exception.connected_to(receive, app):
            response = order(exercise.PaymentsAwayError())

        assert (response.status_code, response.headers.get("X-Incident-Id")) == (503, None)
        logged = [entry.getMessage() for entry in errors_in(caplog)]
        assert (logged, receive.called) == ([], False), "It is logged or signaled."
