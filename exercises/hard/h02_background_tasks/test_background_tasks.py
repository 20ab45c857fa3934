"""What h02 asks for, step by step. The application, its worker and its mailer are in conftest.py."""

import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from celery import signals
from flask import Flask, appcontext_popped, appcontext_pushed, current_app
from sqlalchemy import event

LETTER = {
    "to": "ada@example.org",
    "subject": "  Lunch & <b>tea</b> 100% ",
    "body": "At noon & later? 100% ",
}
ANOTHER = {"to": "bob@example.org", "subject": "Dinner", "body": "At nine?"}
QUEUE = "mail"


class TestStep1AMessageAndNoWork:
    def test_the_email_is_accepted_and_has_an_address(self, client):
        response = client.post("/emails", json=LETTER)

        assert (response.status_code, response.location) == (202, "/emails/1")
        assert response.json == {"id": 1, "status": "queued"}

    def test_the_address_is_that_of_the_new_email(self, client, post):
        post()
        response = client.post("/emails", json=ANOTHER, environ_overrides={"SCRIPT_NAME": "/mail"})

        assert (response.status_code, response.location) == (202, "/mail/emails/2")
        assert response.json == {"id": 2, "status": "queued"}
        assert client.get("/emails/2").json == {"id": 2, "status": "queued"}

    def test_celery_gets_its_own_settings_and_no_others(self, app, redis_service):
        settings = app.extensions["celery"].conf

        wanted = {**app.config["CELERY"], "result_backend": None}
        assert {name: settings[name] for name in wanted} == wanted
        secrets = [name for name, value in settings.items() if value == app.config["SECRET_KEY"]]
        assert secrets == [], "Settings of Celery that have the SECRET_KEY."
        foreign = [name for name in settings if name in app.config]
        assert foreign == [], "Settings of Flask that Celery got."

    def test_celery_init_app_returns_what_it_keeps(self, app, exercise):
        assert exercise.celery_init_app(app) is app.extensions["celery"]

    def test_the_request_queues_one_message_and_sends_nothing(self, post, redis, mailer):
        post()

        assert (redis.llen(QUEUE), mailer.sent) == (1, [])

    def test_the_request_does_not_wait_for_the_worker(self, app, exercise, post):
        statements = []
        with app.app_context():
            event.listen(
                exercise.db.engine, "before_cursor_execute", lambda *all: statements.append(all[2])
            )

        @signals.before_task_publish.connect
        def forget(**_):
            statements.clear()

        post()
        assert len(statements) <= 5, f"What the request asks the database afterwards: {statements}"

    def test_a_request_in_another_thread_finds_the_broker_too(self, post, redis):
        with ThreadPoolExecutor() as threads:
            threads.submit(post).result()

        assert redis.llen(QUEUE) == 1, "In that thread, the task used another Celery application."


@pytest.mark.time_limit(30)
class TestStep2AWorkerInTheApplicationContext:
    def test_a_worker_sends_the_email(self, post, work, mailer):
        assert work(post()) == "sent"
        assert mailer.sent == [LETTER]

    def test_each_application_sends_with_its_own_mailer(self, app, exercise, post, work, mailer):
        # Else a task of the factory, which Celery shares, may be that of either application.
        app.extensions["celery"].finalize()
        other = exercise.create_app(app.config, type(mailer)())
        status = work(post())
        other.extensions["celery"].close()
        with other.app_context():
            exercise.db.engine.dispose()

        assert status == "sent"
        assert mailer.sent == [LETTER], "Another application, made later, has another mailer."

    def test_each_run_has_an_application_context_to_itself(self, post, work, mailer):
        post(LETTER)
        work(post(ANOTHER))

        assert mailer.sent == [LETTER, ANOTHER]
        assert mailer.left_in_g == [None, None], "`g` still has a value from the first run."

    def test_a_run_has_the_context_of_its_own_application(self, app, exercise):
        def name(*args, **options):
            return current_app.name, args, options

        others = [Flask("one"), Flask("two")]
        for other in others:
            other.config["CELERY"] = app.config["CELERY"]
        celeries = [exercise.celery_init_app(other) for other in others]
        runs = [celery.task(name).apply((1, 2), {"word": "x"}) for celery in celeries]
        found = [run.get() for run in runs]
        assert found == [("one", (1, 2), {"word": "x"}), ("two", (1, 2), {"word": "x"})]

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

    def test_an_email_that_is_refused_at_last_is_not_tried_again(
        self, exercise, post, work, mailer
    ):
        mailer.failures = [exercise.BusyError("Later."), exercise.RefusedError("Never.")]

        assert work(post()) == "failed"
        assert mailer.tries == 2
