"""E-mails that a Celery worker sends after the response."""

from collections.abc import Mapping
from typing import Any, Protocol

from celery import Celery, Task, shared_task
from flask import Flask, request
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from werkzeug.exceptions import BadRequest

# How many times an e-mail is tried again after the first try.
MAX_RETRIES = 5


class Base(DeclarativeBase):
    """The base class of the models."""


db = SQLAlchemy(model_class=Base)


class Email(db.Model):
    """An e-mail and its status."""

    id: Mapped[int] = mapped_column(primary_key=True)
    to: Mapped[str]
    subject: Mapped[str]
    body: Mapped[str]
    # One of queued, sent and failed.
    status: Mapped[str] = mapped_column(default="queued")

    def as_dict(self) -> dict[str, object]:
        """Return the e-mail as clients see it."""
        return {"id": self.id, "status": self.status}


class BusyError(Exception):
    """The mail server cannot take the e-mail now; it may do so later."""


class RefusedError(Exception):
    """The mail server will never take the e-mail."""


class Mailer(Protocol):
    """An object that sends e-mails."""

    def send(self, to: str, subject: str, body: str) -> None:
        """Send an e-mail, or raise BusyError or RefusedError."""


def celery_init_app(app: Flask) -> Celery:
    """Make a Celery application for ``app``, store it in ``app.extensions["celery"]`` and return it.

    Its settings are in ``app.config["CELERY"]``. Each run of a task gets its own application context
    of ``app``.
    """
    # TODO: Make it, give it the settings, and make it the default. In step 2, give each run a context.
    raise NotImplementedError(
        "celery_init_app: make a Celery application with the settings in CELERY"
    )


# Step 3 may need an option of this decorator, max_retries.
# TODO, further: Step 4, add acks_late.
@shared_task(bind=True)
def send_email(self: Task, email_id: int) -> None:
    """Send the e-mail with this id, and store its new status.

    ``self`` is the task. Do nothing if the e-mail is missing or not queued: a message may come twice.
    """
    # TODO, further: Step 4, do nothing for an e-mail that is missing or not queued.
    # TODO: Step 2, send it with current_app.extensions["mailer"], and set its status.
    raise NotImplementedError("send_email: load the e-mail, send it, and set its status")


def _submitted() -> dict[str, str]:
    """Return to, subject and body from the JSON of the request, or answer 400 if one is missing."""
    match request.get_json():
        case {"to": str(to), "subject": str(subject), "body": str(body)}:
            return {"to": to, "subject": subject, "body": body}
    raise BadRequest("The body must be a JSON object with the strings to, subject and body.")


def create_app(config: Mapping[str, Any], mailer: Mailer) -> Flask:
    """Return an application that sends e-mails with ``mailer`` in the background.

    ``config`` names the database. Its ``CELERY`` holds the settings of Celery, and its ``RETRY_DELAY``
    is the number of seconds between two tries.
    """
    app = Flask(__name__)
    app.config.from_mapping(config)
    app.extensions["mailer"] = mailer
    db.init_app(app)
    with app.app_context():
        db.create_all()
    celery_init_app(app)

    @app.post("/emails")
    def create_email():
        # TODO, further: Step 5, keep nothing if the broker is down.
        # TODO: Step 1, store an Email with the values from _submitted(), and queue a message with its id.
        raise NotImplementedError("POST /emails: store the e-mail and queue a message with its id")

    @app.get("/emails/<int:email_id>")
    def show_email(email_id: int):
        return db.get_or_404(Email, email_id).as_dict()

    return app
