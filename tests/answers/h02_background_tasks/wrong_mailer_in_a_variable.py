"""Keep the mailer in a variable of the module: every application sends with the mailer of the one made last."""
# caught by: test_each_application_sends_with_its_own_mailer

from collections.abc import Mapping
from typing import Any, Protocol

from celery import Celery, Task, shared_task
from flask import Flask, abort, current_app, request, url_for
from flask_sqlalchemy import SQLAlchemy
from kombu.exceptions import OperationalError
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


MAILER = []


def celery_init_app(app: Flask) -> Celery:
    """Make a Celery application for ``app``, store it in ``app.extensions["celery"]`` and return it.

    Its settings are in ``app.config["CELERY"]``. Each run of a task gets its own application context
    of ``app``.
    """

    class ContextTask(Task):
        def __call__(self, *args, **kwargs):
            with app.app_context():
                return self.run(*args, **kwargs)

    celery = Celery(app.name, task_cls=ContextTask)
    celery.config_from_object(app.config["CELERY"])
    celery.set_default()
    app.extensions["celery"] = celery
    return celery


@shared_task(bind=True, acks_late=True, max_retries=MAX_RETRIES)
def send_email(self: Task, email_id: int) -> None:
    """Send the e-mail with this id, and store its new status.

    ``self`` is the task. Do nothing if the e-mail is missing or not queued: a message may come twice.
    """
    email = db.session.get(Email, email_id)
    if email is None or email.status != "queued":
        return
    try:
        MAILER[-1].send(email.to, email.subject, email.body)
    except BusyError:
        if self.request.retries < MAX_RETRIES:
            raise self.retry(countdown=current_app.config["RETRY_DELAY"])
        email.status = "failed"
    except RefusedError:
        email.status = "failed"
    else:
        email.status = "sent"
    db.session.commit()


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
    MAILER.append(mailer)
    db.init_app(app)
    with app.app_context():
        db.create_all()
    celery_init_app(app)

    @app.post("/emails")
    def create_email():
        email = Email(**_submitted())
        db.session.add(email)
        db.session.commit()
        try:
            send_email.delay(email.id)
        except OperationalError:
            db.session.delete(email)
            db.session.commit()
            abort(503)
        location = url_for("show_email", email_id=email.id)
        return email.as_dict(), 202, {"Location": location}

    @app.get("/emails/<int:email_id>")
    def show_email(email_id: int):
        return db.get_or_404(Email, email_id).as_dict()

    return app
