"""Guard views without parameters only, as all views of the API are: what the address holds is lost."""
# caught by: test_a_guarded_view_gets_its_arguments

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from functools import wraps
from math import ceil
from secrets import token_urlsafe
from uuid import uuid4

import jwt
from flask import (
    Flask,
    Response,
    abort,
    current_app,
    g,
    render_template_string,
    request,
    url_for,
)
from werkzeug.datastructures import WWWAuthenticate

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
    key_id = jwt.get_unverified_header(token).get("kid")
    if key_id not in keys:
        raise jwt.InvalidTokenError("No such key.")
    claims = jwt.decode(
        token,
        keys[key_id],
        algorithms=["HS256"],  # Never from the token: whoever forges it chooses that, too.
        issuer=ISSUER,
        audience=AUDIENCE,
        options={"require": ["exp", "jti", "sub"]},
    )
    if claims.get("type") != "access":
        raise jwt.InvalidTokenError("Not an access token.")
    return claims


def init_security(app: Flask, host: str) -> None:
    """Make ``app`` answer only for ``host``, and set the security headers on every answer."""
    app.config["TRUSTED_HOSTS"] = [host]

    @app.before_request
    def make_nonce() -> None:
        g.csp_nonce = token_urlsafe(16)

    @app.after_request
    def set_headers(response: Response) -> Response:
        response.headers.update(HEADERS)
        response.headers["Content-Security-Policy"] = CSP.format(nonce=g.csp_nonce)
        if request.is_secure:
            response.headers["Strict-Transport-Security"] = HSTS
        return response


def jwt_required(scope: str | None = None) -> Callable[[Callable], Callable]:
    """Return a decorator that runs a view for a valid access token with ``scope``.

    The view finds the token's claims in ``g.claims``. The ids of revoked tokens are in
    ``current_app.extensions["revoked_tokens"]``, and the keys in ``current_app.config["JWT_KEYS"]``.
    """

    def decorator(view: Callable) -> Callable:
        @wraps(view)
        def guarded(*args, **kwargs):
            g.claims = _claims_of_request()
            if scope is not None and scope not in g.claims.get("scope", "").split():
                abort(403)
            return view()

        return guarded

    return decorator


def _claims_of_request() -> dict:
    """Return the claims of the request's token, or answer 401 without giving a reason."""
    credentials = request.authorization
    token = credentials.token if credentials and credentials.type == "bearer" else None
    try:
        claims = verify_token(token or "", current_app.config["JWT_KEYS"])
        if claims["jti"] in current_app.extensions["revoked_tokens"]:
            raise jwt.InvalidTokenError("Revoked.")
    except jwt.InvalidTokenError:
        abort(401, www_authenticate=WWWAuthenticate("bearer"))
    return claims


def check_config(config: Mapping[str, object]) -> None:
    """Check that a configuration is fit for production.

    Raises:
        InsecureConfig: it is not; the exception names all settings at fault.
    """
    keys = config.get("JWT_KEYS") or {}
    unfit = {
        "DEBUG": config.get("DEBUG", False) is not False,
        "TESTING": config.get("TESTING", False) is not False,
        "HOST": not config.get("HOST"),
        "JWT_KEYS": not keys or any(len(key.encode()) < MIN_KEY_BYTES for key in keys.values()),
    }
    if any(unfit.values()):
        raise InsecureConfig(name for name, is_unfit in unfit.items() if is_unfit)


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
        app.extensions["revoked_tokens"].add(g.claims["jti"])
        return "", 204

    @app.post("/login")
    def login():
        user, failed, now = request.form["user"], app.extensions["failed_logins"], clock()
        recent = failed[user] = [then for then in failed[user] if now - then < WINDOW]
        if len(recent) >= MAX_FAILURES:
            abort(429, retry_after=ceil(recent[0] + WINDOW - now))
        if not check_password(user, request.form["password"]):
            recent.append(now)
            abort(401)
        keys, scopes = current_app.config["JWT_KEYS"], ("notes:read", "notes:write")
        return {type_: issue_token(user, scopes, keys, type_) for type_ in ("access", "refresh")}

    return app
