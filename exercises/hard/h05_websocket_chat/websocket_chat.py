"""A chat in rooms over Socket.IO, which may run as several instances."""

from collections.abc import Collection
from typing import Any

from flask import Flask, abort, request, session
from flask_socketio import SocketIO

NAMESPACE = "/chat"


def add_chat(socketio: SocketIO) -> None:
    """Register the handlers of the events in the namespace of the chat.

    What `on_join` and `on_say` return is the acknowledgement, which the client gets.
    """

    @socketio.on("connect", namespace=NAMESPACE)
    def on_connect(auth: Any = None) -> bool:
        # TODO: Refuse the connection if nobody has logged in (step 2).
        return True

    @socketio.on("join", namespace=NAMESPACE)
    def on_join(data: dict[str, str]) -> dict[str, bool]:
        # TODO: Make the connection a member of the room (step 1).
        raise NotImplementedError("join: make the connection a member of the room, and acknowledge")

    @socketio.on("say", namespace=NAMESPACE)
    def on_say(data: dict[str, str]) -> dict[str, bool]:
        # TODO: Send the text to the room (step 1), but only for a member (step 2).
        raise NotImplementedError("say: send the text to everybody in the room, and acknowledge")

    @socketio.on("disconnect", namespace=NAMESPACE)
    def on_disconnect(reason: str = "") -> None:
        # TODO: Tell the rooms of the connection that it has left (step 3).
        raise NotImplementedError("disconnect: tell the rooms of the connection that it has left")


def create_app(
    message_queue: str | None = None, origins: Collection[str] = ()
) -> tuple[Flask, SocketIO]:
    """Return an instance of the chat: an application, and the Socket.IO server in it.

    ``message_queue`` is the URL of a Redis that all instances share; None is for a single one.
    Pages of ``origins``, such as ``https://partner.example``, may connect, as well as its own pages.
    """
    app = Flask(__name__)
    app.secret_key = "the same in all instances; in production, read it from the environment"

    if origins:
        # TODO, further: Remove this `if`, and pass SocketIO (below) what lets the right pages connect (step 4).
        raise NotImplementedError("Let pages of `origins` connect, and those of the own origin")
    if message_queue:
        # TODO, further: Remove this `if`, and pass SocketIO (below) the message queue (step 5).
        raise NotImplementedError("Give SocketIO the URL of the message queue")
    socketio = SocketIO(app, async_mode="threading")
    add_chat(socketio)

    @app.post("/login")
    def log_in():
        session["user"] = request.get_json()["user"]
        return "", 204

    @app.post("/rooms/<room>/announce")
    def announce(room: str):
        if "user" not in session:
            abort(401)
        # TODO: Send the announcement to the room (step 1).
        raise NotImplementedError("Send the announcement to everybody in the room, and answer 204")

    return app, socketio
