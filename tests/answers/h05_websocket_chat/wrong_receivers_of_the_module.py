"""Keep the members in a dict of the module: each instance knows only its own."""
# caught by: test_each_instance_delivers_what_is_said_at_the_other_once

from collections.abc import Collection
from typing import Any

from flask import Flask, abort, request, session
from flask_socketio import SocketIO, emit, join_room, rooms

NAMESPACE = "/chat"

_members: dict[str, list[str]] = {}


def add_chat(socketio: SocketIO) -> None:
    """Register the handlers of the events in the namespace of the chat.

    What `on_join` and `on_say` return is the acknowledgement, which the client gets.
    """

    @socketio.on("connect", namespace=NAMESPACE)
    def on_connect(auth: Any = None) -> bool:
        return "user" in session

    @socketio.on("join", namespace=NAMESPACE)
    def on_join(data: dict[str, str]) -> dict[str, bool]:
        _members.setdefault(data["room"], []).append(request.sid)
        return {"ok": True}

    @socketio.on("say", namespace=NAMESPACE)
    def on_say(data: dict[str, str]) -> dict[str, bool]:
        room = data["room"]
        if request.sid not in _members.get(room, ()):
            return {"ok": False}
        message = {"room": room, "user": session["user"], "text": data["text"]}
        for sid in _members[room]:
            emit("said", message, to=sid)
        return {"ok": True}

    @socketio.on("disconnect", namespace=NAMESPACE)
    def on_disconnect(reason: str = "") -> None:
        # Socket.IO empties the rooms itself, after this handler.
        for room, sids in _members.items():
            if request.sid in sids:
                sids.remove(request.sid)
                for sid in sids:
                    emit("left", {"room": room, "user": session["user"]}, to=sid)


def create_app(
    message_queue: str | None = None, origins: Collection[str] = ()
) -> tuple[Flask, SocketIO]:
    """Return an instance of the chat: an application, and the Socket.IO server in it.

    ``message_queue`` is the URL of a Redis that all instances share; None is for a single one.
    Pages of ``origins``, such as ``https://partner.example``, may connect, as well as its own pages.
    """
    app = Flask(__name__)
    app.secret_key = "the same in all instances; in production, read it from the environment"

    def is_allowed(origin: str | None, environ: dict[str, Any]) -> bool:
        own = f"{environ['wsgi.url_scheme']}://{environ['HTTP_HOST']}"
        return origin == own or origin in origins

    socketio = SocketIO(
        app,
        async_mode="threading",
        # A list would replace the own origin, and an empty one turn the check off.
        cors_allowed_origins=is_allowed,
        message_queue=message_queue,
    )
    add_chat(socketio)

    @app.post("/login")
    def log_in():
        session["user"] = request.get_json()["user"]
        return "", 204

    @app.post("/rooms/<room>/announce")
    def announce(room: str):
        if "user" not in session:
            abort(401)
        text = request.get_json()["text"]
        for sid in _members.get(room, ()):
            socketio.emit("announced", {"room": room, "text": text}, to=sid, namespace=NAMESPACE)
        return "", 204

    return app, socketio
