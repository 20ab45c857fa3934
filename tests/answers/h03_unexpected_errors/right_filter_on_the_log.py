"""Leave the entry to Flask, add the id with a logging filter, and raise unexpected exceptions again."""

import logging
from collections.abc import Callable
from uuid import uuid4

from flask import Flask, g, has_request_context, jsonify, request
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from werkzeug.exceptions import HTTPException


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


def _add_incident(record: logging.LogRecord) -> bool:
    """Put the id of the incident before the message of an entry."""
    if has_request_context() and "incident" in g and record.levelno >= logging.ERROR:
        record.msg = f"[{g.incident}] {record.getMessage()}"
        record.args = ()
    return True


def init_incidents(app: Flask, reporter: Callable[[str, Exception], object]) -> None:
    app.logger.addFilter(_add_incident)

    @app.errorhandler(Exception)
    def note_incident(error: Exception):
        db.session.rollback()
        if isinstance(error, TransientError):
            response = jsonify(error="Service Unavailable")
            response.status_code = 503
            response.retry_after = error.retry_after
            return response
        if isinstance(error, HTTPException) and error.code != 500:
            return error
        g.incident = str(uuid4())
        if isinstance(error, HTTPException):
            app.logger.error(f"{request.method} {request.path}: {error}")
            return answer_incident(error)
        raise error  # From here on Flask does what it does for an exception without a handler.

    @app.errorhandler(500)
    def answer_incident(error):
        original = getattr(error, "original_exception", None)
        if original is None and "incident" not in g:
            return note_incident(error)
        try:
            reporter(g.incident, original or error)
        except Exception:
            app.logger.exception("The incident could not be reported")
        db.session.rollback()
        response = jsonify({"error": "Internal Server Error", "incident": g.incident})
        response.headers["X-Incident-Id"] = g.incident
        return response, 500


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
