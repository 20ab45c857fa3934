"""Decode the header by hand, build the responses, and hash the password itself for an unknown name."""

import base64
import functools

from dataclasses import dataclass, field

from flask import Flask, Response, current_app, g, jsonify, request
from werkzeug import security

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

    def add(self, name, password, roles=()) -> None:
        pwhash = security.generate_password_hash(password, method=self.method, salt_length=8)
        self.users[name] = User(name=name, password_hash=pwhash, roles=frozenset(roles))

    def verify(self, name, password) -> User | None:
        try:
            user = self.users[name]
        except KeyError:
            security.generate_password_hash(password, method=self.method)
            return None
        if security.check_password_hash(user.password_hash, password):
            return user
        return None


def _credentials() -> tuple[str, str] | None:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.casefold() != "basic":
        return None
    try:
        name, colon, password = base64.b64decode(token, validate=True).decode().partition(":")
    except ValueError:
        return None
    return (name, password) if colon else None


def _refuse(status: int) -> Response:
    response = jsonify(error="Who are you?" if status == 401 else "Not for you.")
    response.status_code = status
    if status == 401:
        response.headers["WWW-Authenticate"] = f'Basic realm="{REALM}", charset="UTF-8"'
    return response


def _guard(view, role: str | None):
    @functools.wraps(view)
    def wrapper(**arguments):
        credentials = _credentials()
        user = credentials and current_app.extensions["user_store"].verify(*credentials)
        if not user:
            return _refuse(401)
        if role is not None and role not in user.roles:
            return _refuse(403)
        g.user = user
        return view(**arguments)

    return wrapper


def login_required(view):
    return _guard(view, None)


def role_required(role: str):
    return functools.partial(_guard, role=role)


def create_app(store: UserStore) -> Flask:
    app = Flask(__name__)
    app.extensions["user_store"] = store

    @app.get("/protected")
    @login_required
    def protected():
        return jsonify(user=g.user.name)

    @app.get("/reports")
    @role_required("admin")
    def reports():
        return jsonify(reports=[])

    return app
