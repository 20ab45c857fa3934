"""Keep the rooms of a connection in its session, and send through the server."""

from collections.abc import Collection
from typing import Any

from flask import Flask, Request, abort, request, session
from flask_socketio import SocketIO, join_room

NAMESPACE = "/chat"


def add_chat(socketio: SocketIO) -> None:
    """Register the handlers of the events in the namespace of the chat.

    What `on_join` and `on_say` return is the acknowledgement, which the client gets.
    """

    @socketio.on("connect", namespace=NAMESPACE)
    def on_connect(auth: Any = None) -> bool:
        session["rooms"] = []
        return "user" in session

    @socketio.on("join", namespace=NAMESPACE)
    def on_join(data: dict[str, str]) -> dict[str, bool]:
        join_room(data["room"])
        session["rooms"].append(data["room"])
        return {"ok": True}

    @socketio.on("say", namespace=NAMESPACE)
    def on_say(data: dict[str, str]) -> dict[str, bool]:
        room = data["room"]
        if room not in session["rooms"]:
            return {"ok": False}
        _send(socketio, "said", room, user=session["user"], text=data["text"])
        return {"ok": True}

    @socketio.on("disconnect", namespace=NAMESPACE)
    def on_disconnect(reason: str) -> None:
        for room in session["rooms"]:
            _send(socketio, "left", room, user=session["user"])


def _send(socketio: SocketIO, event: str, room: str, **data: str) -> None:
    socketio.emit(event, {"room": room, **data}, to=room, namespace=NAMESPACE)


def create_app(
    message_queue: str | None = None, origins: Collection[str] = ()
) -> tuple[Flask, SocketIO]:
    """Return an instance of the chat: an application, and the Socket.IO server in it.

    ``message_queue`` is the URL of a Redis that all instances share; None is for a single one.
    Pages of ``origins``, such as ``https://partner.example``, may connect, as well as its own.
    """
    app = Flask(__name__)
    app.secret_key = "the same in all instances, and in earnest from the environment"

    socketio = SocketIO(
        app,
        async_mode="threading",
        cors_allowed_origins=lambda origin, environ: (
            origin in {*origins, Request(environ).root_url[:-1]}
        ),
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
        _send(socketio, "announced", room, text=text)
        return "", 204

    return app, socketio
