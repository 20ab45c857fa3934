"""What h02 asks for, step by step."""

import json
import sqlite3
from base64 import b64decode
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from datetime import UTC, datetime
from queue import Empty, SimpleQueue

import pytest
from celery import signals, states
from celery.contrib.testing.worker import start_worker
from celery.exceptions import WorkerTerminate
from flask import appcontext_popped, appcontext_pushed

# How many seconds to wait for a worker.
DEADLINE = 5.0

LETTER = {"to": "ada@example.org", "subject": "Lunch", "body": "At noon?"}
ANOTHER = {"to": "bob@example.org", "subject": "Dinner", "body": "At nine?"}
QUEUE = "mail"


@pytest.fixture
def post(client):
    """Return a function that posts an e-mail and returns its Location."""

    def post(letter=LETTER):
        response = client.post("/emails", json=letter)
        assert response.status_code == 202
        return response.location

    return post


@pytest.fixture
def redis(redis_service):
    """Return a client of the broker, where the waiting messages are in a list."""
    return redis_service.client()


@pytest.fixture
def work(app, client):
    """Return a function that runs a worker until an e-mail is not queued, and returns its status.

    The worker also stops after `at_most` runs of a task, when a run fails, or when nothing happens.
    """
    runs = SimpleQueue()

    def note(retval, state, **_):
        runs.put(retval if state == states.FAILURE else None)

    def work(address, at_most=10):
        error = None
        try:
            with start_worker(app.extensions["celery"], perform_ping_check=False), suppress(Empty):
                while at_most and not error and client.get(address).json["status"] == "queued":
                    at_most -= 1
                    error = runs.get(timeout=DEADLINE)
        except RuntimeError:  # It did not stop.
            pytest.fail("A run of the task did not end. Does it sleep until the next try?")
        status = client.get(address).json["status"]
        if error and status == "queued":
            raise error
        return status

    signals.task_postrun.connect(note)
    yield work
    signals.task_postrun.disconnect(note)


class TestStep1AMessageAndNoWork:
    def test_the_email_is_accepted_and_has_an_address(self, client):
        response = client.post("/emails", json=LETTER)

        assert (response.status_code, response.location) == (202, "/emails/1")
        assert response.json == {"id": 1, "status": "queued"}

    def test_celery_gets_its_own_settings_and_no_others(self, app, redis_service):
        settings = app.extensions["celery"].conf

        wanted = {**app.config["CELERY"], "result_backend": None}
        assert {name: settings[name] for name in wanted} == wanted
        secrets = [name for name, value in settings.items() if value == app.config["SECRET_KEY"]]
        assert secrets == [], "Settings of Celery that have the SECRET_KEY."

    def test_celery_init_app_returns_what_it_keeps(self, app, exercise):
        assert exercise.celery_init_app(app) is app.extensions["celery"]

    def test_the_request_queues_one_message_and_sends_nothing(self, post, redis, mailer):
        post()

        assert (redis.llen(QUEUE), mailer.sent) == (1, [])

    def test_a_request_in_another_thread_finds_the_broker_too(self, post, redis):
        with ThreadPoolExecutor() as threads:
            threads.submit(post).result()

        assert redis.llen(QUEUE) == 1, "In that thread, the task used another Celery application."


@pytest.mark.time_limit(30)
class TestStep2AWorkerInTheApplicationContext:
    def test_a_worker_sends_the_email(self, post, work, mailer):
        assert work(post()) == "sent"
        assert mailer.sent == [LETTER]

    def test_each_run_has_an_application_context_to_itself(self, post, work, mailer):
        post(LETTER)
        work(post(ANOTHER))

        assert mailer.sent == [LETTER, ANOTHER]
        assert mailer.left_in_g == [None, None], "`g` still has a value from the first run."

    def test_a_context_ends_even_if_its_run_fails(self, post, work, mailer):
        mailer.failures, entered = [RuntimeError("What nobody expects.")], []
        with (
            appcontext_pushed.connected_to(lambda app: entered.append(1)),
            appcontext_popped.connected_to(lambda app: entered.append(-1)),
            suppress(RuntimeError),
        ):
            work(post(), at_most=1)

        assert sum(entered) == 0, "How many contexts are still open."


@pytest.mark.time_limit(30)
class TestStep3TryAgainOrGiveUp:
    def test_a_busy_server_is_tried_again(self, exercise, post, work, mailer):
        mailer.failures = [exercise.BusyError("Later."), exercise.BusyError("Later.")]

        assert work(post()) == "sent", "RETRY_DELAY is 0 in this test: the next try is due at once."
        assert (mailer.tries, mailer.sent) == (3, [LETTER])

    def test_a_server_that_stays_busy_is_given_up(self, exercise, post, work, mailer):
        mailer.failures = [exercise.BusyError("Later.") for _ in range(100)]

        assert work(post()) == "failed"
        assert mailer.tries == 1 + exercise.MAX_RETRIES

    def test_the_next_try_is_due_after_the_delay(self, app, exercise, post, work, mailer, redis):
        app.config["RETRY_DELAY"] = 3600
        mailer.failures = [exercise.BusyError("Later."), exercise.BusyError("Later.")]
        address = post()
        for number in ("first", "second"):
            start = datetime.now(UTC)
            assert work(address, at_most=1) == "queued"

            [message] = map(json.loads, redis.lrange(QUEUE, 0, -1))
            due = datetime.fromisoformat(message["headers"]["eta"] or start.isoformat())
            minutes = (due.replace(tzinfo=due.tzinfo or UTC) - start).total_seconds() // 60
            assert minutes == 60, f"After how many minutes it is tried again, the {number} time."
            message["headers"]["eta"] = None  # It is due now.
            redis.lset(QUEUE, 0, json.dumps(message))

    def test_a_refused_email_is_not_tried_again(self, exercise, post, work, mailer):
        mailer.failures = [exercise.RefusedError("Never.")]

        assert work(post()) == "failed"
        assert mailer.tries == 1


@pytest.mark.time_limit(30)
class TestStep4DeliveredOnceMore:
    def test_a_worker_that_ends_in_the_middle_loses_no_email(self, post, work, mailer):
        address = post()
        mailer.failures = [WorkerTerminate()]
        assert work(address, at_most=1) == "queued", "The worker stopped before it was sent."

        assert work(address) == "sent", "The message was not delivered to the next worker."
        assert mailer.sent == [LETTER]

    def test_a_repeated_message_is_handled_once(self, exercise, post, work, mailer, redis):
        refused, sent = post(LETTER), post(ANOTHER)
        messages = redis.lrange(QUEUE, 0, -1)
        mailer.failures = [exercise.RefusedError("Never.")]
        assert (work(refused), work(sent)) == ("failed", "sent")

        redis.lpush(QUEUE, *messages)
        work(post(LETTER))

        assert [letter["subject"] for letter in mailer.sent] == ["Dinner", "Lunch"]

    def test_a_message_without_an_email_does_nothing(self, post, work, redis, tmp_path):
        post(LETTER)
        address, failures = post(ANOTHER), []
        with closing(sqlite3.connect(tmp_path / "mail.db")) as database, database:
            database.execute("DELETE FROM email WHERE id = 1")

        @signals.task_failure.connect
        def note(exception, **_):
            failures.append(exception)

        assert (work(address), failures) == ("sent", [])
        assert redis.llen(QUEUE) == 0, "The message without an e-mail is in the queue again."


class TestStep5AfterTheCommitOrNotAtAll:
    def test_the_email_is_committed_before_it_is_queued(self, post, tmp_path):
        rows = []

        @signals.before_task_publish.connect
        def count(**_):
            with closing(sqlite3.connect(tmp_path / "mail.db")) as database:
                rows.extend(database.execute("SELECT count(*) FROM email").fetchone())

        post()

        assert rows == [1], "Rows that another connection saw when it was queued."

    def test_the_message_tells_no_more_than_the_id(self, post, redis):
        post()

        [message] = map(json.loads, redis.lrange(QUEUE, 0, -1))
        body = b64decode(message["body"]).decode()
        told = [value for value in LETTER.values() if value in f"{message['headers']} {body}"]
        told += ["queued"] if "queued" in body else []
        assert told == [], "What the message says besides the id."

    def test_without_a_broker_nothing_is_kept(self, app, exercise, client, post, redis_service):
        post()

        with redis_service.outage():
            response = client.post("/emails", json=LETTER)

        with app.app_context():
            emails = exercise.db.session.query(exercise.Email).count()
        assert (response.status_code, emails) == (503, 1), "The status, and the number of e-mails."
