"""Queue each next try as a new message that carries its number, without `retry`."""

from celery import Celery, Task, shared_task
from flask import Flask, request, url_for
from flask import current_app as flask_app
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

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
    settings = app.config["CELERY"]

    class ContextTask(Task):
        acks_late = True

        def __call__(self, *args, **kwargs):
            context = app.app_context()
            context.push()
            try:
                return super().__call__(*args, **kwargs)
            finally:
                context.pop()

    celery = app.extensions["celery"] = Celery("mail", task_cls=ContextTask)
    celery.add_defaults(settings)
    celery.set_default()
    return celery


@shared_task
def send_email(email_id: int, tries: int = 1) -> None:
    email = db.session.scalars(db.select(Email).filter_by(id=email_id)).one_or_none()
    if email is not None and email.status == "queued":
        try:
            flask_app.extensions["mailer"].send(email.to, email.subject, email.body)
        except RefusedError:
            email.status = "failed"
        except BusyError:
            if tries <= MAX_RETRIES:
                delay = flask_app.config["RETRY_DELAY"]
                send_email.apply_async((email_id, tries + 1), countdown=delay)
            else:
                email.status = "failed"
        else:
            email.status = "sent"
        db.session.commit()


def create_app(config, mailer) -> Flask:
    app = Flask(__name__)
    app.config.from_mapping(config)
    app.extensions["mailer"] = mailer
    db.init_app(app)
    with app.app_context():
        db.create_all()
    celery_init_app(app)

    @app.post("/emails")
    def create_email():
        email = Email(**request.get_json())
        db.session.add(email)
        db.session.commit()
        answer = {"id": email.id, "status": "queued"}
        try:
            send_email.apply_async(args=[email.id])
        except send_email.OperationalError:
            db.session.execute(db.delete(Email).where(Email.id == answer["id"]))
            db.session.commit()
            return {"error": "There is no broker."}, 503
        return answer, 202, [("Location", url_for("show_email", email_id=answer["id"]))]

    @app.get("/emails/<int:email_id>")
    def show_email(email_id: int):
        email = db.get_or_404(Email, email_id)
        return {"id": email.id, "status": email.status}

    return app
