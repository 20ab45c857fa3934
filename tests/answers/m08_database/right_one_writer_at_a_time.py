"""Take SQLite's write lock before asking: check and insert are one step, and nobody comes between."""

from flask import Flask, request, url_for
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import String, event, select
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

LIMITS = {"username": 80, "email": 254}


class Base(DeclarativeBase):
    """The base class of the models."""


db = SQLAlchemy(model_class=Base)


class User(db.Model):
    """Somebody who has signed up."""

    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(String(80), unique=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)

    def as_dict(self):
        return {"id": self.id, "username": self.username, "email": self.email}


def _lock_at_begin(engine):
    @event.listens_for(engine, "connect")
    def leave_transactions_to_us(connection, record):
        connection.isolation_level = None

    @event.listens_for(engine, "begin")
    def begin(connection):
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def create_app(uri):
    app = Flask(__name__)
    app.config["SQLALCHEMY_DATABASE_URI"] = uri
    db.init_app(app)
    with app.app_context():
        _lock_at_begin(db.engine)
        db.create_all()

    @app.post("/users")
    def create_user():
        values = {name: request.json[name] for name in LIMITS}
        values["email"] = values["email"].lower()
        invalid = [n for n, v in values.items() if not v.strip() or len(v) > LIMITS[n]]
        if invalid:
            return {"invalid": invalid}, 422
        taken = [
            n
            for n, v in values.items()
            if db.session.execute(select(User.id).where(getattr(User, n) == v)).first()
        ]
        if taken:
            return {"taken": taken}, 409
        user = User(**values)
        db.session.add(user)
        db.session.commit()
        return user.as_dict(), 201, {"Location": url_for("show_user", user_id=user.id)}

    @app.get("/users/<int:user_id>")
    def show_user(user_id):
        return db.get_or_404(User, user_id).as_dict()

    @app.delete("/users/<int:user_id>")
    def delete_user(user_id):
        db.session.delete(db.get_or_404(User, user_id))
        db.session.commit()
        return "", 204

    return app
