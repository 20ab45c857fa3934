"""Load the user once before each request, raise errors in the guards, and add the challenge in one handler."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import update_wrapper

from flask import Flask, g, request
from werkzeug.exceptions import Forbidden, HTTPException, Unauthorized
from werkzeug.security import check_password_hash, generate_password_hash

REALM = "Flask Katas"


@dataclass(frozen=True)
class User:
    name: str
    password_hash: str = field(repr=False)
    roles: frozenset[str] = frozenset()


class UserStore:
    def __init__(self, method: str = "scrypt") -> None:
        self.method = method
        self.users: dict[str, User] = {}
        self.hash_of_nobody = generate_password_hash("not a password", self.method)

    def add(self, name: str, password: str, roles: Iterable[str] = ()) -> None:
        self.users[name] = User(
            name, generate_password_hash(password, self.method), frozenset(roles)
        )

    def verify(self, name: str, password: str) -> User | None:
        known = name in self.users
        password_hash = self.users[name].password_hash if known else self.hash_of_nobody
        accepted = check_password_hash(password_hash, password)
        return self.users[name] if known and accepted else None


class _Guard:
    """A view that wants a user, and perhaps one with a role."""

    def __init__(self, view: Callable, role: str | None = None) -> None:
        self.view, self.role = view, role
        update_wrapper(self, view)

    def __call__(self, *args, **kwargs):
        if g.user is None:
            raise Unauthorized
        if self.role and not {self.role} <= g.user.roles:
            raise Forbidden
        return self.view(*args, **kwargs)


def login_required(view: Callable) -> Callable:
    return _Guard(view)


def role_required(role: str) -> Callable[[Callable], Callable]:
    return lambda view: _Guard(view, role)


def create_app(store: UserStore) -> Flask:
    app = Flask(__name__)
    app.extensions["user_store"] = store

    @app.before_request
    def load_user() -> None:
        g.user = None
        with suppress(ValueError):  # It is not ASCII.
            match request.authorization:
                case None:
                    pass
                case sent if sent.type == "basic":
                    g.user = store.verify(sent["username"], sent["password"])

    @app.errorhandler(Unauthorized)
    def challenge(error: HTTPException):
        response = error.get_response()
        response.headers["WWW-Authenticate"] = f'Basic realm="{REALM}"'
        return response

    @app.get("/protected")
    @login_required
    def protected():
        return {"user": g.user.name}

    @app.get("/reports")
    @role_required("admin")
    def reports():
        return {"reports": []}

    return app
