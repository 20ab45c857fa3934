"""Authentication: who sends a request, and which views that user may see."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from flask import Flask

REALM = "Flask Katas"


@dataclass(frozen=True)
class User:
    """A user who may log in. The hash is not part of the representation, which may reach a log."""

    name: str
    password_hash: str = field(repr=False)
    roles: frozenset[str] = frozenset()


class UserStore:
    """The users of an application, by name, in memory.

    ``method`` says how passwords are hashed, in the form that ``generate_password_hash`` takes.
    """

    def __init__(self, method: str = "scrypt") -> None:
        self.method = method
        self.users: dict[str, User] = {}

    def add(self, name: str, password: str, roles: Iterable[str] = ()) -> None:
        """Store a user with these roles. Of the password, only the hash is stored."""
        # TODO: Store a `User` in `self.users`, under its name.
        raise NotImplementedError("UserStore.add: store a User with the hash of the password")

    def verify(self, name: str, password: str) -> User | None:
        """Return the user if name and password are right, otherwise None.

        Every call computes exactly one hash, even if no user has that name.
        """
        # TODO: Find the user and check the password.
        raise NotImplementedError("UserStore.verify: check the password, return the User or None")


def login_required(view: Callable) -> Callable:
    """Return a view that runs ``view`` if a user logs in, with ``g.user`` set, or else answers 401."""
    # TODO: Ask the store who sends the request, before the view runs.
    # TODO, further: Accept the scheme Basic only, and refuse what Flask cannot read.
    raise NotImplementedError(
        "login_required: return a view that checks the log-in, then runs `view`"
    )


def role_required(role: str) -> Callable[[Callable], Callable]:
    """Return a decorator like ``login_required`` that also answers 403 to users without ``role``."""
    # TODO: Check the log-in as above, then the roles of the user.
    raise NotImplementedError("role_required: return a decorator that also checks the user's roles")


def create_app(store: UserStore) -> Flask:
    """Return an application whose users are in ``store``."""
    app = Flask(__name__)
    app.extensions["user_store"] = store

    @app.get("/protected")
    def protected():
        # TODO: Guard this view, and answer with the name of the user.
        raise NotImplementedError("GET /protected: guard the view and answer with the user's name")

    @app.get("/reports")
    def reports():
        # TODO: Guard this view with the role `admin`, and answer with an empty list of reports.
        raise NotImplementedError(
            "GET /reports: guard the view and answer with the list of reports"
        )

    return app
