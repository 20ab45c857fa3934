"""Put a user without roles into g.user."""
# caught by: test_a_view_is_guarded_for_every_method

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from functools import wraps

from flask import Flask, abort, current_app, g, request
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.security import check_password_hash, generate_password_hash

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
        # Checked for unknown names: the time that `verify` takes must not tell who has an account.
        self._nobody = User("", generate_password_hash("", method))

    def add(self, name: str, password: str, roles: Iterable[str] = ()) -> None:
        """Store a user with these roles. Of the password, only the hash is stored."""
        password_hash = generate_password_hash(password, self.method)
        self.users[name] = User(name, password_hash, frozenset(roles))

    def verify(self, name: str, password: str) -> User | None:
        """Return the user if name and password are right, otherwise None.

        Every call computes exactly one hash, even if no user has that name.
        """
        user = self.users.get(name, self._nobody)
        is_right = check_password_hash(user.password_hash, password)
        return user if is_right and user is not self._nobody else None


def login_required(view: Callable) -> Callable:
    """Return a view that runs ``view`` if a user logs in, with ``g.user`` set, or else answers 401."""

    @wraps(view)
    def guarded(*args, **kwargs):
        g.user = replace(_user_of_request(), password_hash="-")
        return view(*args, **kwargs)

    return guarded


def role_required(role: str) -> Callable[[Callable], Callable]:
    """Return a decorator like ``login_required`` that also answers 403 to users without ``role``."""

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
    """Return the user who sends this request, or abort with 401 and the challenge."""
    try:
        sent, user = request.authorization, None
    except ValueError:  # A letter outside ASCII, which Base64 does not have.
        sent = user = None
    # Other schemes may have the fields `username` and `password` too.
    if sent is not None and sent.type == "basic":
        user = current_app.extensions["user_store"].verify(sent.username, sent.password)
    if user is None:
        abort(401, www_authenticate=WWWAuthenticate("basic", {"realm": REALM}))
    return user
