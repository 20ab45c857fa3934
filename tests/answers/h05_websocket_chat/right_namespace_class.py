"""Write the chat as a class, and refuse foreign origins in a middleware before Socket.IO."""

from collections.abc import Collection

from flask import Flask, Request, abort, request, session
from flask_socketio import (
    ConnectionRefusedError,
    Namespace,
    SocketIO,
    join_room,
    leave_room,
    rooms,
)
from werkzeug.exceptions import BadRequest

NAMESPACE = "/chat"


class _Chat(Namespace):
    def on_connect(self, auth=None):
        if not session.get("user"):
            raise ConnectionRefusedError("Log in first.")

    def on_join(self, data):
        join_room(data["room"])
        return {"ok": True}

    def on_say(self, data):
        room, text = data["room"], data["text"]
        member = room in rooms() and room != request.sid
        if member:
            said = {"text": text, "user": session["user"], "room": room}
            self.emit("said", said, room=room)
        return dict(ok=member)

    def on_disconnect(self, *_):
        for room in rooms():
            if room != request.sid:
                leave_room(room)
                self.emit("left", {"room": room, "user": session["user"]}, room=room)


def add_chat(socketio: SocketIO) -> None:
    """Register the handlers of the events in the namespace of the chat.

    What `on_join` and `on_say` return is the acknowledgement, which the client gets.
    """

    socketio.on_namespace(_Chat(NAMESPACE))


class _OriginCheck:
    def __init__(self, wsgi_app, origins):
        self.wsgi_app = wsgi_app
        self.origins = origins

    def __call__(self, environ, start_response):
        origin = environ.get("HTTP_ORIGIN")
        own = Request(environ).host_url.rstrip("/")
        if origin and origin != own and origin not in self.origins:
            return BadRequest("Foreign origin.")(environ, start_response)
        return self.wsgi_app(environ, start_response)


def create_app(
    message_queue: str | None = None, origins: Collection[str] = ()
) -> tuple[Flask, SocketIO]:
    """Return an instance of the chat: an application, and the Socket.IO server in it.

    ``message_queue`` is the URL of a Redis that all instances share; None is for a single one.
    Pages of ``origins``, such as ``https://partner.example``, may connect, as well as its own.
    """
    app = Flask(__name__)
    app.secret_key = "the same in all instances, and in earnest from the environment"

    socketio = SocketIO(cors_allowed_origins="*", async_mode="threading")
    socketio.init_app(app, message_queue=message_queue)
    app.wsgi_app = _OriginCheck(app.wsgi_app, origins)
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
