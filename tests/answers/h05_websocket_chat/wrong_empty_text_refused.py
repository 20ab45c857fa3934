"""Refuse an empty text, which nobody asked for."""
# caught by: test_a_member_of_two_rooms_speaks_in_each_of_them

from collections.abc import Collection
from typing import Any

from flask import Flask, abort, request, session
from flask_socketio import SocketIO, emit, join_room, rooms

NAMESPACE = "/chat"


def add_chat(socketio: SocketIO) -> None:
    """Register the handlers of the events in the namespace of the chat.

    What `on_join` and `on_say` return is the acknowledgement, which the client gets.
    """

    @socketio.on("connect", namespace=NAMESPACE)
    def on_connect(auth: Any = None) -> bool:
        return "user" in session

    @socketio.on("join", namespace=NAMESPACE)
    def on_join(data: dict[str, str]) -> dict[str, bool]:
        join_room(data["room"])
        return {"ok": True}

    @socketio.on("say", namespace=NAMESPACE)
    def on_say(data: dict[str, str]) -> dict[str, bool]:
        room = data["room"]
        if not data["text"] or room not in rooms() or room == request.sid:
            return {"ok": False}
        message = {"room": room, "user": session["user"], "text": data["text"]}
        emit("said", message, to=room)
        return {"ok": True}

    @socketio.on("disconnect", namespace=NAMESPACE)
    def on_disconnect(reason: str = "") -> None:
        # Socket.IO empties the rooms itself, after this handler.
        for room in rooms():
            emit("left", {"room": room, "user": session["user"]}, to=room)


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
        socketio.emit("announced", {"room": room, "text": text}, to=room, namespace=NAMESPACE)
        return "", 204

    return app, socketio
