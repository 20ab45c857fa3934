"""Let a form log in where the header does not: the credentials come from a second place."""
# caught by: test_nothing_but_the_header_logs_in

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import wraps

from flask import Flask, abort, current_app, g, request
from werkzeug.datastructures import WWWAuthenticate
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

    def add(self, name: str, password: str, roles: Iterable[str] = ()) -> None:
        self.users[name] = User(
            name, generate_password_hash(password, self.method), frozenset(roles)
        )

    def verify(self, name: str, password: str) -> User | None:
        user = self.users.get(name)
        if user is None:
            generate_password_hash(password, self.method)
            return None
        return user if check_password_hash(user.password_hash, password) else None


def authenticate() -> None:
    try:
        auth = request.authorization
    except ValueError:
        auth = None
    user = None
    if (
        auth is not None
        and auth.type == "basic"
        and auth.username is not None
        and auth.password is not None
    ):
        user = current_app.extensions["user_store"].verify(auth.username, auth.password)
    if user is None and "user" in request.form:
        user = current_app.extensions["user_store"].verify(
            request.form["user"], request.form.get("password", "")
        )
    if user is None:
        abort(401, www_authenticate=WWWAuthenticate("basic", {"realm": REALM}))
    g.user = user


def login_required(view: Callable) -> Callable:
    @wraps(view)
    def guarded(*args, **kwargs):
        authenticate()
        return view(*args, **kwargs)

    return guarded


def role_required(role: str) -> Callable[[Callable], Callable]:
    def decorate(view: Callable) -> Callable:
        @login_required
        @wraps(view)
        def guarded(*args, **kwargs):
            if role not in g.user.roles:
                abort(403)
            return view(*args, **kwargs)

        return guarded

    return decorate


def create_app(store: UserStore) -> Flask:
    app = Flask(__name__)
    app.extensions["user_store"] = store

    @app.get("/protected")
    @login_required
    def protected():
        return {"user": g.user.name}

    @app.get("/reports")
    @role_required("admin")
    def reports():
        return {"reports": []}

    return app
