"""Make the incident in `log_exception`, keep its id on `g`, and remove the session in both handlers."""

import json
import sys
from collections.abc import Callable
from uuid import uuid4

from flask import Flask, Response, g, request
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
    def record(exc_info) -> None:
        g.incident = uuid4().hex
        error = exc_info[1]
        app.logger.error(f"{g.incident} {request.path} [{request.method}]", exc_info=exc_info)
        db.session.remove()
        try:
            reporter(g.incident, error)
        except Exception as failure:
            app.logger.error("The reporter failed.", exc_info=failure)
        finally:
            db.session.remove()

    app.log_exception = record

    def answer_incident(error: InternalServerError) -> Response:
        if error.original_exception is None:
            record(sys.exc_info())
        document = {"error": "Internal Server Error", "incident": g.incident}
        response = Response(json.dumps(document), 500, mimetype="application/json")
        response.headers["X-Incident-Id"] = g.incident
        return response

    def answer_transient(error: TransientError):
        db.session.remove()
        headers = {"Retry-After": error.retry_after}
        return {"error": "Service Unavailable"}, 503, headers

    app.register_error_handler(InternalServerError, answer_incident)
    app.register_error_handler(TransientError, answer_transient)


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
