"""Notes: an API with tokens that withstands common attacks."""

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from functools import wraps
from uuid import uuid4

import jwt
from flask import Flask, current_app, g, render_template_string, request, url_for

ISSUER, AUDIENCE = "https://login.example", "notes"
LIFETIME = {"access": timedelta(minutes=15), "refresh": timedelta(days=30)}
MIN_KEY_BYTES = 32  # RFC 7518 asks for as many bytes as the hash has.
MAX_FAILURES, WINDOW = 5, 60  # Failed log-ins of a user, within so many seconds.

HEADERS = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin"}
HSTS = "max-age=31536000; includeSubDomains"
CSP = (
    "default-src 'self'; script-src 'nonce-{nonce}'; "
    "object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
)
# Editors write the announcement in HTML. The policy keeps a script in it from running.
PAGE = """\
<!doctype html>
<title>Notes</title>
<main>{{ config["ANNOUNCEMENT"]|safe }}</main>
<script nonce="{{ g.csp_nonce }}">showNotes()</script>
"""


class InsecureConfig(Exception):
    """The configuration is not fit for production: ``settings`` names the settings at fault."""

    def __init__(self, settings: Iterable[str]) -> None:
        self.settings = frozenset(settings)
        super().__init__("Not fit for production: " + ", ".join(sorted(self.settings)))


def issue_token(user: str, scopes: Iterable[str], keys: Mapping[str, str], type_: str) -> str:
    """Return a token signed with the first of ``keys``, which maps key ids to secrets."""
    key_id, key = next(iter(keys.items()))
    now = datetime.now(UTC)
    claims = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": user,
        "scope": " ".join(scopes),
        "type": type_,
        "jti": uuid4().hex,
        "iat": now,
        "exp": now + LIFETIME[type_],
    }
    return jwt.encode(claims, key, algorithm="HS256", headers={"kid": key_id})


def verify_token(token: str, keys: Mapping[str, str]) -> dict:
    """Return the claims of a valid access token.

    Raises:
        jwt.InvalidTokenError: the token is anything else.
    """
    # TODO: Find the key by the token's `kid`, let PyJWT check what it can, and check the type.
    raise NotImplementedError("verify_token: return the claims, or raise jwt.InvalidTokenError")


def init_security(app: Flask, host: str) -> None:
    """Make ``app`` answer only for ``host``, and set the security headers on every answer."""
    # TODO: Make a nonce before the request, set the headers after it, and refuse other hosts.
    raise NotImplementedError("init_security: set the headers of step 2 and refuse other hosts")


def jwt_required(scope: str | None = None) -> Callable[[Callable], Callable]:
    """Return a decorator that runs a view for a valid access token with ``scope``.

    The view finds the token's claims in ``g.claims``. The ids of revoked tokens are in
    ``current_app.extensions["revoked_tokens"]``, and the keys in ``current_app.config["JWT_KEYS"]``.
    """

    def decorator(view: Callable) -> Callable:
        @wraps(view)
        def guarded(*args, **kwargs):
            # TODO: Verify the token, answer 401 or 403 if needed, set g.claims, and call the view.
            raise NotImplementedError("jwt_required: verify the token before the view runs")

        return guarded

    return decorator


def check_config(config: Mapping[str, object]) -> None:
    """Check that a configuration is fit for production.

    Raises:
        InsecureConfig: it is not; the exception names all settings at fault.
    """
    # TODO, further: Collect the names of all unsafe settings, and raise InsecureConfig if there are any.
    raise NotImplementedError("check_config: raise InsecureConfig for settings that are unsafe")


def create_app(
    config: Mapping[str, object],
    check_password: Callable[[str, str], bool],
    clock: Callable[[], float] = time.monotonic,
) -> Flask:
    """Return the API, or raise ``InsecureConfig``.

    ``check_password(user, password)`` says whether the password is that of the user; ``clock``
    returns the time in seconds since an arbitrary starting point.
    """
    if not config.get("DEVELOPMENT"):
        check_config(config)
    app = Flask(__name__)
    app.config.from_mapping({"ANNOUNCEMENT": "", **config})
    app.extensions["revoked_tokens"] = set()
    app.extensions["failed_logins"] = defaultdict(list)  # The times of the failures, by user.
    init_security(app, config["HOST"])
    notes: list[str] = []

    @app.get("/")
    def page():
        return render_template_string(PAGE)

    @app.get("/invitation")
    def invitation():
        return {"link": url_for("page", _external=True)}

    @app.get("/notes")
    @jwt_required("notes:read")
    def list_notes():
        return {"user": g.claims["sub"], "notes": notes}

    @app.post("/notes")
    @jwt_required("notes:write")
    def add_note():
        notes.append(request.form["text"])
        return {"notes": notes}, 201

    @app.post("/logout")
    @jwt_required()
    def logout():
        # TODO: Revoke the token that this request came with.
        raise NotImplementedError("POST /logout: revoke the token and answer 204")

    @app.post("/login")
    def login():
        user = request.form["user"]
        # TODO, further: Answer 429 after too many failures; ask check_password; record a failure and answer 401.
        raise NotImplementedError("POST /login: answer 429, 401, or with both tokens")

        # These two lines stay: they answer with both tokens.
        keys, scopes = current_app.config["JWT_KEYS"], ("notes:read", "notes:write")
        return {type_: issue_token(user, scopes, keys, type_) for type_ in ("access", "refresh")}

    return app
