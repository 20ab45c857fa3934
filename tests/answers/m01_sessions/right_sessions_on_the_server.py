"""Keep the sessions on the server: the cookie holds a signed id, and the store all the rest."""

from collections.abc import Callable, MutableMapping, Sequence
from secrets import token_hex
from time import time
from typing import Any

from flask import Flask, Request, Response, abort, request, session
from flask.sessions import SecureCookieSession, SessionInterface
from itsdangerous import BadSignature, Signer

_LIFETIME = 30 * 60


class _Session(SecureCookieSession):
    id: str | None = None


class _StoredSessions(SessionInterface):
    def __init__(self, signer: Signer, store: MutableMapping[str, Any]) -> None:
        self.signer = signer
        self.store = store

    def open_session(self, app: Flask, request: Request) -> _Session:
        try:
            session_id = self.signer.unsign(request.cookies.get("session", "")).decode()
        except BadSignature:
            return _Session()
        record = self.store.get(session_id)
        if record is None or record["used"] < time() - _LIFETIME:
            return _Session()
        found = _Session(record["data"])
        found.id = session_id
        return found

    def save_session(self, app: Flask, session: _Session, response: Response) -> None:
        if session.modified and not session:
            self.store.pop(session.id or "", None)
            response.delete_cookie("session")
        elif session:
            session.id = session.id or token_hex()
            self.store[session.id] = {"used": time(), "data": dict(session)}
            value = self.signer.sign(session.id).decode()
            response.set_cookie("session", value, httponly=True, secure=True, samesite="Lax")

    def renew(self, session: _Session) -> None:
        """Empty the session and have it saved under another id."""
        self.store.pop(session.id or "", None)
        session.clear()
        session.id = None


def create_app(
    secret_key: str,
    fallbacks: Sequence[str] = (),
    *,
    check_password: Callable[[str, str], bool],
    store: MutableMapping[str, Any],
) -> Flask:
    app = Flask(__name__)
    sessions = _StoredSessions(Signer([*fallbacks, secret_key]), store)
    app.session_interface = sessions

    @app.post("/login")
    def login():
        user = request.form["user"]
        if not check_password(user, request.form["password"]):
            abort(401)
        sessions.renew(session)
        session["user"] = user
        return {"user": user}

    @app.get("/me")
    def me():
        return {"user": session.get("user") or abort(401)}

    @app.post("/logout")
    def logout():
        session.clear()
        return "", 204

    @app.post("/cart")
    def add_to_cart():
        session["cart"] = session.get("cart", []) + [request.form["item"]]  # noqa: RUF005
        return {"cart": session["cart"]}

    @app.get("/cart")
    def show_cart():
        return {"cart": session.get("cart", [])}

    return app
