"""Authentication: who sends a request, and which views that user may have."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from flask import Flask

REALM = "Flask Katas"


@dataclass(frozen=True)
class User:
    """Somebody who may log in. The representation leaves the hash out: it might reach a log."""

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
        """Keep a user with these roles, and of the password only the hash."""
        # TODO: Keep a `User` in `self.users`, under its name.
        raise NotImplementedError("UserStore.add: keep a User with the hash of the password")

    def verify(self, name: str, password: str) -> User | None:
        """Return the user if name and password are right, and None otherwise.

        Each call computes one hash, also when there is no user of that name.
        """
        # TODO: Find the user and check the password.
        raise NotImplementedError("UserStore.verify: check the password, return the User or None")


def login_required(view: Callable) -> Callable:
    """Return a view that runs ``view`` for users who log in, as ``g.user``, and else answers 401."""
    # TODO: Ask the store who it is, before the view runs.
    raise NotImplementedError("login_required: return a view that asks who it is, then runs `view`")


def role_required(role: str) -> Callable[[Callable], Callable]:
    """Return a decorator like ``login_required`` that answers 403 to users without ``role``."""
    # TODO: Log in as above, then look at the roles of the user.
    raise NotImplementedError(
        "role_required: return a decorator that also looks at the user's roles"
    )


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
        # TODO: Guard this view for the role `admin`; there are no reports yet.
        raise NotImplementedError(
            "GET /reports: guard the view and answer with the list of reports"
        )

    return app
