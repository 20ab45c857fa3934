"""Turn the IntegrityError into a 409 in an error handler, and let a context manager commit or roll back."""

from flask import Flask, g, jsonify, request, url_for
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import UniqueConstraint, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

LIMITS = {"username": 80, "email": 254}


class Base(DeclarativeBase):
    """The base class of the models."""


db = SQLAlchemy(model_class=Base)


class User(db.Model):
    __table_args__ = (UniqueConstraint("username"), UniqueConstraint("email"))

    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str]
    email: Mapped[str]

    def as_dict(self):
        return {"id": self.id, "username": self.username, "email": self.email}


def _count(name, value):
    return db.session.scalar(select(func.count(User.id)).where(getattr(User, name) == value))


def create_app(uri):
    app = Flask(__name__)
    app.config["SQLALCHEMY_DATABASE_URI"] = uri
    db.init_app(app)
    with app.app_context():
        db.create_all()

    @app.errorhandler(IntegrityError)
    def say_what_is_taken(error):
        db.session.rollback()
        taken = [name for name, value in g.get("values", {}).items() if _count(name, value)]
        if taken:
            return jsonify(taken=taken), 409
        raise error

    @app.post("/users")
    def create_user():
        body = request.get_json()
        g.values = {"username": body["username"], "email": body["email"].lower()}
        invalid = [n for n, v in g.values.items() if not v.strip() or len(v) > LIMITS[n]]
        if invalid:
            return jsonify(invalid=invalid), 422
        user = User(**g.values)
        with db.session.begin():
            db.session.add(user)
        return user.as_dict(), 201, {"Location": url_for("show_user", user_id=user.id)}

    @app.get("/users/<int:user_id>")
    def show_user(user_id):
        return jsonify(db.one_or_404(select(User).filter_by(id=user_id)).as_dict())

    @app.delete("/users/<int:user_id>")
    def delete_user(user_id):
        with db.session.begin():
            db.session.delete(db.get_or_404(User, user_id))
        return "", 204

    return app
