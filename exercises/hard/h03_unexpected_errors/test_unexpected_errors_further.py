"""What h03 asks for further on, step by step."""

import logging
from unittest.mock import Mock

import pytest
from werkzeug.exceptions import BadGateway, InternalServerError, ServiceUnavailable

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
def client(exercise, tmp_path, charge, reporter):
    """Return a client of a shop with exceptions answered, as in production."""
    shop = exercise.create_app(f"sqlite:///{tmp_path / 'shop.db'}", charge, reporter)
    shop.config["PROPAGATE_EXCEPTIONS"] = False
    yield shop.test_client()
    with shop.app_context():
        exercise.db.engine.dispose()


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


class TestStep4TellSomebodyAndSurviveIt:
    @each_500
    def test_each_500_is_reported_once(self, order, reporter, kind):
        error = kind(SECRET)

        incident = incident_of(order(error))

        assert [call.args for call in reporter.call_args_list] == [(incident, error)]

    def test_nothing_else_is_reported(self, exercise, client, order, reporter):
        passing = [exercise.TransientError(), exercise.PaymentsAwayError()]
        others = [
            order(error, f"A{number}").status_code
            for number, error in enumerate([BadGateway(), ServiceUnavailable(), *passing])
        ]
        assert [client.get("/nowhere").status_code, *others] == [404, 502, 503, 503, 503]

        incident = incident_of(order(RuntimeError(SECRET), "A9"))
        assert [call.args[0] for call in reporter.call_args_list] == [incident]

    @each_500
    @pytest.mark.parametrize("failure", [LookupError, OSError, BadGateway, Exception])
    def test_a_reporter_that_fails_changes_nothing_for_the_client(
        self, order, reporter, kind, failure
    ):
        reporter.side_effect = failure("The reporter is broken.")
        response = order(kind(SECRET))

        incident = incident_of(response)
        assert response.json == {"error": "Internal Server Error", "incident": incident}

    @each_500
    def test_the_log_has_the_incident_and_the_failed_report(self, order, reporter, caplog, kind):
        def fail_to_report(*incident):
            raise ConnectionError("The reporter is down.")

        reporter.side_effect = fail_to_report
        incident = incident_of(order(kind(SECRET)))

        errors = [entry for entry in caplog.records if entry.levelno == logging.ERROR]
        texts = [logging.Formatter().format(entry) for entry in errors]
        assert len(texts) == 2, f"Entries of level ERROR: {texts}"
        assert any(incident in text and "/orders/A1" in text for text in texts)
        assert f"in {fail_to_report.__name__}" in "".join(texts), f"Where did it fail? {texts}"


class TestStep5NothingHalfDone:
    @each_500
    def test_an_order_that_ends_in_a_500_is_not_saved(self, client, order, kind):
        response = order(kind(SECRET))
        assert (response.status_code, client.get("/orders").json) == (500, [])

    def test_an_order_that_ends_in_a_503_is_not_saved(self, exercise, client, order):
        response = order(exercise.PaymentsAwayError())
        assert (response.status_code, client.get("/orders").json) == (503, [])
        assert client.get("/journal").json[0] == {"path": "/orders/A1", "status": 503}

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
