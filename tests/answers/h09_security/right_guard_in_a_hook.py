"""Let the decorator only mark the view: one hook for the whole application asks for the token."""

import base64
import os
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import jwt
from flask import Flask, Response, abort, current_app, g, render_template_string, request, url_for
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import TooManyRequests, Unauthorized
from werkzeug.http import parse_csp_header

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
    try:
        parts = jwt.api_jws.get_unverified_header(token)
        key = jwt.PyJWK.from_dict({"kty": "oct", "k": _base64(keys[parts["kid"]])}, "HS256")
    except KeyError as error:
        raise jwt.InvalidTokenError("An unknown key.") from error
    required = [*"iss aud sub exp jti type".split()]
    claims = jwt.PyJWT(options={"require": required}).decode(
        token, key.key, algorithms=["HS256"], issuer=[ISSUER], audience=[AUDIENCE]
    )
    match claims:
        case {"type": "access"}:
            return claims
    raise jwt.InvalidTokenError("Of another type.")


def _base64(key: str) -> str:
    return base64.urlsafe_b64encode(key.encode()).decode()


def init_security(app: Flask, host: str) -> None:
    """Have ``app`` answer only for ``host``, and every answer carry the security headers."""
    app.config["TRUSTED_HOSTS"] = [host]

    @app.before_request
    def begin():
        g.csp_nonce = base64.b64encode(os.urandom(18)).decode()
        view = app.view_functions.get(request.endpoint)
        if hasattr(view, "jwt_scopes"):
            _require_token(view.jwt_scopes)

    @app.after_request
    def finish(response):
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        policy = CSP.format_map({"nonce": g.csp_nonce})
        response.content_security_policy = parse_csp_header(policy)
        if request.scheme == "https":
            response.headers["Strict-Transport-Security"] = HSTS
        return response


def _require_token(scopes: set[str]) -> None:
    sent = request.authorization
    try:
        if sent is None or sent.type != "bearer" or not sent.token:
            raise jwt.InvalidTokenError("No token.")
        claims = verify_token(sent.token, current_app.config["JWT_KEYS"])
        if claims["jti"] in current_app.extensions["revoked_tokens"]:
            raise jwt.InvalidTokenError("Revoked.")
    except jwt.InvalidTokenError:
        raise Unauthorized("Log in first.", www_authenticate=WWWAuthenticate("bearer")) from None
    if scopes - set(str(claims.get("scope", "")).split()):
        abort(403)
    g.claims = claims


def jwt_required(scope: str | None = None) -> Callable[[Callable], Callable]:
    """Return a decorator that runs a view for a valid access token with ``scope``.

    The view finds the token's claims in ``g.claims``. The ids of the tokens that were revoked are
    in ``current_app.extensions["revoked_tokens"]``, the keys in ``current_app.config["JWT_KEYS"]``.
    """

    def decorator(view: Callable) -> Callable:
        view.jwt_scopes = {scope} if scope else set()
        return view

    return decorator


def check_config(config: Mapping[str, object]) -> None:
    """Check that a configuration is fit for production.

    Raises:
        InsecureConfig: it is not; the exception names all settings at fault.
    """

    def problems():
        yield from (name for name in ("DEBUG", "TESTING") if config.get(name))
        if not config.get("HOST"):
            yield "HOST"
        lengths = [len(bytes(key, "utf-8")) for key in config.get("JWT_KEYS", {}).values()]
        if min(lengths, default=0) < MIN_KEY_BYTES:
            yield "JWT_KEYS"

    if found := list(problems()):
        raise InsecureConfig(found)


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
        app.extensions["revoked_tokens"].add(g.claims["jti"])
        return Response(status=204)

    @app.post("/login")
    def login():
        user = request.form["user"]
        failed = app.extensions["failed_logins"]
        ages = sorted(clock() - then for then in failed[user])
        young = [age for age in ages if age < WINDOW]
        if len(young) >= MAX_FAILURES:
            raise TooManyRequests(retry_after=-int(-(WINDOW - young[MAX_FAILURES - 1]) // 1))
        if not check_password(user, request.form["password"]):
            failed[user].append(clock())
            raise Unauthorized("That was wrong.")
        keys, scopes = current_app.config["JWT_KEYS"], ("notes:read", "notes:write")
        return {type_: issue_token(user, scopes, keys, type_) for type_ in ("access", "refresh")}

    return app
