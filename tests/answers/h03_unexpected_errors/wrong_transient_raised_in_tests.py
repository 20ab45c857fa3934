"""Raise a TransientError again in tests and in debug mode, like an exception that nobody expected."""
# caught by: test_a_transient_error_is_a_503_that_says_when_to_come_back

from collections.abc import Callable
from uuid import uuid4

from flask import Flask, jsonify, request
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from werkzeug.exceptions import InternalServerError


class Base(DeclarativeBase):
    """The base class of the models."""


db = SQLAlchemy(model_class=Base)


class Order(db.Model):
    """An order that has been charged."""

    reference: Mapped[str] = mapped_column(primary_key=True)


class JournalEntry(db.Model):
    """A request and the status of its response."""

    id: Mapped[int] = mapped_column(primary_key=True)
    path: Mapped[str]
    status: Mapped[int]


class TransientError(Exception):
    """A service is down for now; the same request may succeed in ``retry_after`` seconds."""

    retry_after = 30


class PaymentsAwayError(TransientError):
    """The payment service does not answer."""

    retry_after = 5


def init_incidents(app: Flask, reporter: Callable[[str, Exception], object]) -> None:
    """Make ``app`` answer, log and report unexpected exceptions.

    ``reporter`` is called with the id of the incident and the exception. It may raise any exception.
    """
    app.log_exception = lambda exc_info: None  # The handler logs, because it has the id.

    @app.errorhandler(500)
    def answer_incident(error: InternalServerError):
        incident = uuid4().hex
        cause = error.original_exception or error
        app.logger.error(
            "Incident %s: %s %s", incident, request.method, request.path, exc_info=cause
        )
        try:
            db.session.rollback()  # First, so that a reporter that commits does not save the view's work.
            try:
                reporter(incident, cause)
            finally:
                db.session.rollback()  # Whatever the reporter did not commit.
        except Exception:  # No handler catches what fails here.
            app.logger.exception("Incident %s: reporting it failed", incident)
        return jsonify(error=error.name, incident=incident), 500, {"X-Incident-Id": incident}

    @app.errorhandler(TransientError)
    def answer_transient(error: TransientError):
        if app.testing or app.debug:
            raise error
        db.session.rollback()
        return {"error": "Service Unavailable"}, 503, {"Retry-After": str(error.retry_after)}


def create_app(
    database_uri: str,
    charge: Callable[[str], object],
    reporter: Callable[[str, Exception], object],
) -> Flask:
    """Return a shop that uses the database at ``database_uri``.

    ``charge`` charges the customer for the order with a reference. It may raise any exception.
    """
    app = Flask(__name__)
    app.config["SQLALCHEMY_DATABASE_URI"] = database_uri
    db.init_app(app)
    with app.app_context():
        db.create_all()

    @app.post("/orders/<reference>")
    def place_order(reference: str):
        db.session.add(Order(reference=reference))
        db.session.flush()  # A duplicate reference fails here, before the charge.
        charge(reference)
        db.session.commit()
        return {"reference": reference}, 201

    @app.get("/orders")
    def list_orders():
        return list(db.session.scalars(db.select(Order.reference)))

    @app.get("/journal")
    def show_journal():
        entries = db.session.scalars(db.select(JournalEntry).order_by(JournalEntry.id))
        return [{"path": entry.path, "status": entry.status} for entry in entries]

    @app.after_request
    def write_journal(response):
        db.session.add(JournalEntry(path=request.path, status=response.status_code))
        db.session.commit()
        return response

    init_incidents(app, reporter)
    return app
