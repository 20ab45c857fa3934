"""Declare the task in the factory, push the context for every task, and let Celery retry and call back."""

from celery import Celery
from flask import Flask, request, url_for
from flask_sqlalchemy import SQLAlchemy
from kombu.exceptions import OperationalError
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from werkzeug.exceptions import ServiceUnavailable

MAX_RETRIES = 5


class Base(DeclarativeBase):
    pass


db = SQLAlchemy(model_class=Base)


class Email(db.Model):
    id: Mapped[int] = mapped_column(primary_key=True)
    to: Mapped[str]
    subject: Mapped[str]
    body: Mapped[str]
    status: Mapped[str] = mapped_column(default="queued")


class BusyError(Exception):
    pass


class RefusedError(Exception):
    pass


def celery_init_app(app: Flask) -> Celery:
    celery = Celery(app.import_name, set_as_current=False)
    celery.conf.update(app.config["CELERY"])

    def run_in_context(task, *args, **options):
        with app.app_context():
            return task.run(*args, **options)

    celery.Task = type("TaskInContext", (celery.Task,), {"__call__": run_in_context})
    celery.set_default()
    app.extensions["celery"] = celery
    return celery


def create_app(config, mailer) -> Flask:
    app = Flask(__name__)
    app.config.update(config)
    db.init_app(app)
    celery = celery_init_app(app)

    def finish(number, status):
        queued = db.update(Email).where(Email.id == number, Email.status == "queued")
        db.session.execute(queued.values(status=status))
        db.session.commit()

    class Giving(celery.Task):
        def on_failure(self, exc, task_id, args, kwargs, einfo):
            with app.app_context():
                finish(kwargs["number"], "failed")

    # Not shared: each application has a task of its own, with its own mailer.
    @celery.task(
        name="mail.send", base=Giving, bind=True, shared=False, acks_late=True, ignore_result=True
    )
    def deliver(self, *, number):
        columns = db.select(Email.to, Email.subject, Email.body)
        row = db.session.execute(columns.filter_by(id=number, status="queued")).first()
        if row is None:
            return
        try:
            mailer.send(*row)
        except BusyError as error:
            delay = app.config["RETRY_DELAY"]
            raise self.retry(exc=error, countdown=delay, max_retries=MAX_RETRIES)
        finish(number, "sent")

    with app.app_context():
        db.create_all()

    @app.post("/emails")
    def create_email():
        email = Email(**request.json)
        db.session.add(email)
        db.session.commit()
        number = email.id
        try:
            celery.send_task("mail.send", kwargs={"number": number})
        except OperationalError as error:
            db.session.execute(db.delete(Email).filter_by(id=number))
            db.session.commit()
            raise ServiceUnavailable from error
        return (
            {"id": number, "status": "queued"},
            202,
            {"Location": url_for("show_email", number=number)},
        )

    @app.get("/emails/<int:number>")
    def show_email(number):
        return {"id": number, "status": db.get_or_404(Email, number).status}

    return app
