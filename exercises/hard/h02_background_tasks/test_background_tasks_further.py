"""What h02 asks for further on, step by step. The application and its worker are in conftest.py."""

import json
import sqlite3
from base64 import b64decode
from contextlib import closing

import pytest
from celery import signals
from celery.exceptions import WorkerTerminate

LETTER = {
    "to": "ada@example.org",
    "subject": "  Lunch & <b>tea</b> 100% ",
    "body": "At noon & later? 100% ",
}
ANOTHER = {"to": "bob@example.org", "subject": "Dinner", "body": "At nine?"}
QUEUE = "mail"


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

        assert [letter["subject"] for letter in mailer.sent] == ["Dinner", LETTER["subject"]]

    @pytest.mark.parametrize("status", ["sent", "failed"])
    def test_what_another_worker_has_done_is_done(self, post, work, mailer, tmp_path, status):
        post(LETTER)
        address = post(ANOTHER)
        with closing(sqlite3.connect(tmp_path / "mail.db")) as database, database:
            database.execute("UPDATE email SET status = ? WHERE id = 1", [status])

        assert (work(address), mailer.sent) == ("sent", [ANOTHER])

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
