"""Users in a relational database, kept by way of Flask-SQLAlchemy."""

from flask import Flask, request
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from werkzeug.exceptions import BadRequest

# What a client fills in, and how many characters each may have.
LIMITS = {"username": 80, "email": 254}


class Base(DeclarativeBase):
    """The base class of the models."""


db = SQLAlchemy(model_class=Base)


class User(db.Model):
    """Somebody who has signed up, known by a username and an e-mail address of their own."""

    id: Mapped[int] = mapped_column(primary_key=True)
    # TODO: Add the columns username and email; no two users share one, and every user has both.

    def as_dict(self) -> dict[str, object]:
        """Return what a client sees of the user."""
        return {"id": self.id, "username": self.username, "email": self.email}


def _submitted() -> dict[str, str]:
    """Return username and email from the JSON of the request; without these two texts it is a 400."""
    match request.get_json():
        case {"username": str(username), "email": str(email)}:
            return {"username": username, "email": email}
    raise BadRequest("The body should be a JSON object with the texts username and email.")


def create_app(uri: str) -> Flask:
    """Return an application that keeps its users in the database at ``uri``."""
    app = Flask(__name__)
    # TODO: Tell the application its database, connect db to it, and make the missing tables.
    raise NotImplementedError("create_app: connect db to the database, and make the missing tables")

    @app.post("/users")
    def create_user():
        # TODO: Store a User with the values that were submitted.
        raise NotImplementedError("POST /users: store a User, and answer with it")

    @app.get("/users/<int:user_id>")
    def show_user(user_id: int):
        # TODO: Answer with the user who has this id.
        raise NotImplementedError("GET /users/<id>: answer with the user")

    @app.delete("/users/<int:user_id>")
    def delete_user(user_id: int):
        # TODO: Delete the user who has this id.
        raise NotImplementedError("DELETE /users/<id>: delete the user")

    return app
