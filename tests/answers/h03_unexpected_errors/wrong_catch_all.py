"""Handle `Exception` with one 500: a wrong URL becomes an incident too."""
# caught by: test_other_errors_are_still_pages, test_nothing_else_is_reported

from collections.abc import Callable
from uuid import uuid4

from flask import Flask, jsonify, request
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from werkzeug.exceptions import InternalServerError


class Base(DeclarativeBase):
    """The base of the tables."""


db = SQLAlchemy(model_class=Base)


class Order(db.Model):
    """An order that has been charged."""

    reference: Mapped[str] = mapped_column(primary_key=True)


class JournalEntry(db.Model):
    """A request, and how it ended."""

    id: Mapped[int] = mapped_column(primary_key=True)
    path: Mapped[str]
    status: Mapped[int]


class TransientError(Exception):
    """Something is away for now: the same request may work in ``retry_after`` seconds."""

    retry_after = 30


class PaymentsAwayError(TransientError):
    """The payment service does not answer."""

    retry_after = 5


def init_incidents(app: Flask, reporter: Callable[[str, Exception], object]) -> None:
    """Have ``app`` answer, log and report what nobody expected.

    ``reporter`` is called with the id of the incident and the exception. It may fail.
    """
    app.log_exception = lambda exc_info: None  # The handler logs, for it knows the id.

    @app.errorhandler(Exception)
    def answer_incident(error: Exception):
        incident = uuid4().hex
        cause = error
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
        return (
            jsonify(error="Internal Server Error", incident=incident),
            500,
            {"X-Incident-Id": incident},
        )

    @app.errorhandler(TransientError)
    def answer_transient(error: TransientError):
        db.session.rollback()
        return {"error": "Service Unavailable"}, 503, {"Retry-After": str(error.retry_after)}


def create_app(
    database_uri: str,
    charge: Callable[[str], object],
    reporter: Callable[[str, Exception], object],
) -> Flask:
    """Return a shop on the database at ``database_uri``.

    ``charge`` makes the customer pay for the order of a reference. It may raise anything.
    """
    app = Flask(__name__)
    app.config["SQLALCHEMY_DATABASE_URI"] = database_uri
    db.init_app(app)
    with app.app_context():
        db.create_all()

    @app.post("/orders/<reference>")
    def place_order(reference: str):
        db.session.add(Order(reference=reference))
        db.session.flush()  # A reference that is taken fails here, before anybody pays.
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
