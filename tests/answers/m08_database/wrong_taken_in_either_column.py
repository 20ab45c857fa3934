"""Look for each value in both columns."""
# caught by: test_a_username_is_stored_as_it_was_typed

from flask import Flask, request, url_for
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import String, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from werkzeug.exceptions import BadRequest

# The values that a client sends, and how many characters each may have.
LIMITS = {"username": 80, "email": 254}


class Base(DeclarativeBase):
    """The base class of the models."""


db = SQLAlchemy(model_class=Base)


class User(db.Model):
    """Somebody who has signed up with a username and an email address."""

    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(String(LIMITS["username"]), unique=True)
    email: Mapped[str] = mapped_column(String(LIMITS["email"]), unique=True)

    def as_dict(self) -> dict[str, object]:
        """Return what a client sees of the user."""
        return {"id": self.id, "username": self.username, "email": self.email}


def _submitted() -> dict[str, str]:
    """Return username and email from the JSON of the request, or answer 400 if they are not two texts."""
    match request.get_json():
        case {"username": str(username), "email": str(email)}:
            return {"username": username, "email": email}
    raise BadRequest("The body should be a JSON object with the texts username and email.")


def _invalid(values: dict[str, str]) -> list[str]:
    """Return the names of the values that are blank or too long."""
    return [
        name for name, value in values.items() if not value.strip() or len(value) > LIMITS[name]
    ]


def _taken(values: dict[str, str]) -> list[str]:
    """Return the names of the values that already belong to a user."""
    return [
        name
        for name, value in values.items()
        if db.session.scalar(select(User).where(or_(User.username == value, User.email == value)))
    ]


def create_app(uri: str) -> Flask:
    """Return an application that stores its users in the database at ``uri``."""
    app = Flask(__name__)
    app.config["SQLALCHEMY_DATABASE_URI"] = uri
    db.init_app(app)
    with app.app_context():
        db.create_all()

    @app.post("/users")
    def create_user():
        values = _submitted()
        values["email"] = values["email"].lower()
        if invalid := _invalid(values):
            return {"invalid": invalid}, 422
        if taken := _taken(values):
            return {"taken": taken}, 409
        user = User(**values)
        db.session.add(user)
        try:
            db.session.commit()
        except IntegrityError:
            db.session.rollback()  # Until then every use of the session is an error.
            taken = _taken(values)
            if not taken:
                raise
            return {"taken": taken}, 409
        return user.as_dict(), 201, {"Location": url_for("show_user", user_id=user.id)}

    @app.get("/users/<int:user_id>")
    def show_user(user_id: int):
        return db.get_or_404(User, user_id).as_dict()

    @app.delete("/users/<int:user_id>")
    def delete_user(user_id: int):
        db.session.delete(db.get_or_404(User, user_id))
        db.session.commit()
        return "", 204

    return app
