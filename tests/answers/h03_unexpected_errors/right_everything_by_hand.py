"""Handle `Exception`, send the signal by hand, and raise the exception again where Flask would."""

import secrets
from collections.abc import Callable

from flask import Flask, got_request_exception, make_response, request
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from werkzeug.exceptions import HTTPException, InternalServerError


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
    @app.errorhandler(Exception)
    def answer_anything(error: Exception):
        db.session.rollback()
        if isinstance(error, TransientError):
            return {"error": "Service Unavailable"}, 503, {"Retry-After": str(error.retry_after)}
        if isinstance(error, HTTPException) and not isinstance(error, InternalServerError):
            return error
        if not isinstance(error, HTTPException):
            propagate = app.config["PROPAGATE_EXCEPTIONS"]
            if app.testing or app.debug if propagate is None else propagate:
                raise error
            got_request_exception.send(app, exception=error)
        return answer_incident(error)

    def answer_incident(error: Exception):
        incident = secrets.token_urlsafe(16)
        app.logger.exception(f"{request.path} failed: incident {incident}")
        try:
            reporter(incident, error)
        except Exception:
            app.logger.exception(f"The report of {incident} failed")
        finally:
            db.session.rollback()
        response = make_response({"error": "Internal Server Error", "incident": incident}, 500)
        response.headers["X-Incident-Id"] = incident
        return response


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
