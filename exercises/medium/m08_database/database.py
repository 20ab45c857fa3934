"""Users in a relational database, stored with Flask-SQLAlchemy."""

from flask import Flask, request
from flask_sqlalchemy import SQLAlchemy
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
    # TODO: Add the columns username and email. Both are unique, and neither is ever NULL.

    def as_dict(self) -> dict[str, object]:
        """Return what a client sees of the user."""
        return {"id": self.id, "username": self.username, "email": self.email}


def _submitted() -> dict[str, str]:
    """Return username and email from the JSON of the request, or answer 400 if they are not two texts."""
    match request.get_json():
        case {"username": str(username), "email": str(email)}:
            return {"username": username, "email": email}
    raise BadRequest("The body should be a JSON object with the texts username and email.")


def create_app(uri: str) -> Flask:
    """Return an application that stores its users in the database at ``uri``."""
    app = Flask(__name__)
    # TODO: Set the database of the application, connect db to it, and create the missing tables.
    raise NotImplementedError("create_app: connect db to the database, and create the tables")

    @app.post("/users")
    def create_user():
        # TODO: Store a User with the submitted values, and return it as JSON (step 1), with 201 and
        # Location (2). Answer 409 for what is taken (3).
        # TODO, further: put the email into lower case, and answer 422 for what is not valid.
        raise NotImplementedError("POST /users: store a User and return it")

    @app.get("/users/<int:user_id>")
    def show_user(user_id: int):
        # TODO: Return the user with this id as JSON (step 1), or answer 404 (step 2).
        raise NotImplementedError("GET /users/<id>: return the user")

    @app.delete("/users/<int:user_id>")
    def delete_user(user_id: int):
        # TODO: Delete the user with this id, and answer 204, or 404 if there is none (step 2).
        raise NotImplementedError("DELETE /users/<id>: delete the user")

    return app
