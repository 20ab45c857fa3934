"""Set the headers in a WSGI wrapper, take the one key that has the name, and count an attempt before it is checked."""

import math
import secrets
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
# Editors write the announcement, in HTML. The policy stands between a script in it and the visitors.
PAGE = """\
<!doctype html>
<title>Notes</title>
<main>{{ config["ANNOUNCEMENT"]|safe }}</main>
<script nonce="{{ g.csp_nonce }}">showNotes()</script>
"""


class InsecureConfig(Exception):
    """The configuration is not fit for production: ``settings`` are the names of those at fault."""

    def __init__(self, settings: Iterable[str]) -> None:
        self.settings = frozenset(settings)
        super().__init__("Not fit for production: " + ", ".join(sorted(self.settings)))


def issue_token(user: str, scopes: Iterable[str], keys: Mapping[str, str], type_: str) -> str:
    """Return a token signed with the first of ``keys``, which are secrets by their ids."""
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
    """Return the claims of an access token.

    Raises:
        jwt.InvalidTokenError: the token is anything else.
    """
    named = jwt.get_unverified_header(token).get("kid")
    for key in (key for key_id, key in keys.items() if key_id == named):
        try:
            claims = jwt.decode(token, key, ["HS256"], audience=AUDIENCE, leeway=5)
        except jwt.InvalidSignatureError:
            continue
        missing = [name for name in ("exp", "jti", "sub") if not claims.get(name)]
        if missing or claims.get("iss") != ISSUER or claims.get("type") != "access":
            raise jwt.InvalidTokenError("Not for this API.")
        return claims
    raise jwt.InvalidSignatureError("No key fits.")


def init_security(app: Flask, host: str) -> None:
    """Have ``app`` answer only for ``host``, and every answer carry the security headers."""
    inner = app.wsgi_app

    def wsgi_app(environ, start_response):
        nonce = environ["notes.nonce"] = secrets.token_hex(16)
        own = {**HEADERS, "Content-Security-Policy": CSP.replace("{nonce}", nonce)}
        if environ["wsgi.url_scheme"] == "https":
            own["Strict-Transport-Security"] = HSTS

        def start(status, headers, exc_info=None):
            return start_response(status, [*headers, *own.items()], exc_info)

        return inner(environ, start)

    app.wsgi_app = wsgi_app

    @app.before_request
    def begin():
        g.csp_nonce = request.environ["notes.nonce"]
        return ("Who is that?", 400) if request.host != host else None


def jwt_required(scope: str | None = None) -> Callable[[Callable], Callable]:
    """Return a decorator that runs a view for a valid access token with ``scope``.

    The view finds the token's claims in ``g.claims``. The ids of the tokens that were revoked are
    in ``current_app.extensions["revoked_tokens"]``, the keys in ``current_app.config["JWT_KEYS"]``.
    """

    refusal = {"error": "Bring a token."}, 401, {"WWW-Authenticate": "Bearer"}

    def decorator(view: Callable) -> Callable:
        @wraps(view)
        def guarded(*args, **kwargs):
            kind, _, token = request.headers.get("Authorization", "").partition(" ")
            if kind.lower() != "bearer":
                return refusal
            try:
                g.claims = verify_token(token.strip(), current_app.config["JWT_KEYS"])
            except jwt.PyJWTError:
                return refusal
            if g.claims["jti"] in current_app.extensions["revoked_tokens"]:
                return refusal
            if not {scope} <= {None, *g.claims.get("scope", "").split(" ")}:
                return {"error": "insufficient_scope"}, 403
            return view(*args, **kwargs)

        return guarded

    return decorator


def check_config(config: Mapping[str, object]) -> None:
    """Check that a configuration is fit for production.

    Raises:
        InsecureConfig: it is not; the exception names all settings at fault.
    """
    unfit = {name for name in ("DEBUG", "TESTING") if config.get(name, False)}
    unfit |= {name for name in ("HOST", "JWT_KEYS") if not config.get(name)}
    for key in (config.get("JWT_KEYS") or {}).values():
        if len(key.encode("utf-8")) < MIN_KEY_BYTES:
            unfit.add("JWT_KEYS")
    if unfit:
        raise InsecureConfig(unfit)


def create_app(
    config: Mapping[str, object],
    check_password: Callable[[str, str], bool],
    clock: Callable[[], float] = time.monotonic,
) -> Flask:
    """Return the API, or raise ``InsecureConfig``.

    ``check_password(user, password)`` says whether the two belong together; ``clock`` returns the
    time in seconds, from some starting point.
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
        current_app.extensions["revoked_tokens"] |= {g.claims["jti"]}
        return "", 204

    @app.post("/login")
    def login():
        user = request.form["user"]
        times = app.extensions["failed_logins"][user]
        now = clock()
        while times and times[0] <= now - WINDOW:
            del times[0]
        if len(times) >= MAX_FAILURES:
            return "Later.", 429, {"Retry-After": str(math.ceil(times[0] - now + WINDOW))}
        times.append(now)
        if not check_password(user, request.form["password"]):
            return "Wrong.", 401
        times.remove(now)
        keys, scopes = current_app.config["JWT_KEYS"], ("notes:read", "notes:write")
        return {type_: issue_token(user, scopes, keys, type_) for type_ in ("access", "refresh")}

    return app
