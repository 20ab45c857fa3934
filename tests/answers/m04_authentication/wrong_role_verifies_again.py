"""Ask the store in both guards: each request for the reports computes two hashes."""
# caught by: test_a_request_computes_one_hash

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import wraps

from flask import Flask, abort, current_app, g, request
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.security import check_password_hash, generate_password_hash

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
        # Checked in place of a user's: the time that `verify` takes must not tell who has an account.
        self._nobody = User("", generate_password_hash("", method))

    def add(self, name: str, password: str, roles: Iterable[str] = ()) -> None:
        """Keep a user with these roles, and of the password only the hash."""
        password_hash = generate_password_hash(password, self.method)
        self.users[name] = User(name, password_hash, frozenset(roles))

    def verify(self, name: str, password: str) -> User | None:
        """Return the user if name and password are right, and None otherwise.

        Each call computes one hash, also when there is no user of that name.
        """
        user = self.users.get(name, self._nobody)
        is_right = check_password_hash(user.password_hash, password)
        return user if is_right and user is not self._nobody else None


def login_required(view: Callable) -> Callable:
    """Return a view that runs ``view`` for users who log in, as ``g.user``, and else answers 401."""

    @wraps(view)
    def guarded(*args, **kwargs):
        g.user = _user_of_request()
        return view(*args, **kwargs)

    return guarded


def role_required(role: str) -> Callable[[Callable], Callable]:
    """Return a decorator like ``login_required`` that answers 403 to users without ``role``."""

    def decorate(view: Callable) -> Callable:
        @login_required
        @wraps(view)
        def guarded(*args, **kwargs):
            g.user = _user_of_request()
            if role not in g.user.roles:
                abort(403)
            return view(*args, **kwargs)

        return guarded

    return decorate


def create_app(store: UserStore) -> Flask:
    """Return an application whose users are in ``store``."""
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


def _user_of_request() -> User:
    """Return the user who sends this request, or end it with 401 and the challenge."""
    try:
        sent, user = request.authorization, None
    except ValueError:
        sent = user = None
    # Other schemes may have the fields `username` and `password`, too.
    if sent is not None and sent.type == "basic":
        user = current_app.extensions["user_store"].verify(sent.username, sent.password)
    if user is None:
        abort(401, www_authenticate=WWWAuthenticate("basic", {"realm": REALM}))
    return user
