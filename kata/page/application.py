"""The application: its settings, what every response has, and the blueprints."""

import logging
import zlib
from datetime import timedelta
from pathlib import Path

from flask import Flask, render_template, request
from flask_socketio import SocketIO
from markupsafe import Markup
from werkzeug.exceptions import HTTPException

from kata.course.exercise import Exercise
from kata.judge import wording
from kata.judge.diagnosis import where
from kata.page import gate, links, rendering
from kata.page.live import Live
from kata.page.place import Place
from kata.page.proofs import Proofs
from kata.page.sitting import Sitting, round_at_hand
from kata.page.views.exercises import make_exercises
from kata.page.views.hunts import make_hunts
from kata.page.views.interviews import make_interviews
from kata.page.views.practice import make_practice
from kata.page.views.rehearsals import make_rehearsals
from kata.practice.terms import clock


def create_app(
    place: Place, live: Live, proofs: Proofs, sitting: Sitting, token: str, port: int
) -> Flask:
    """Return the application for the project in ``place``; it lets in who comes with ``token``."""
    app = Flask(__name__)
    app.config.update(
        SECRET_KEY=gate.secret_key(place.root),
        SESSION_COOKIE_NAME=f"kata_{port}",  # The cookies of one host are those of all its ports.
        SESSION_COOKIE_SAMESITE="Strict",
        PERMANENT_SESSION_LIFETIME=timedelta(days=30),
        MAX_CONTENT_LENGTH=1_000_000,
        SEND_FILE_MAX_AGE_DEFAULT=timedelta(days=365),
    )
    gate.add_headers(app)
    gate.admit(app, token)
    _log_requests(app)
    _version_static_files(app)
    app.jinja_env.filters.update(
        basename=lambda path: Path(path).name,
        markdown=rendering.markdown,
        inline=rendering.inline,
        code=rendering.code,
        sentence=wording.sentence,
        round_at_hand=round_at_hand,
        clock=clock,
    )
    app.jinja_env.globals.update(
        values=wording.values,
        outlook=wording.outlook,
        where=where,
        root=place.root,
        links=links,
        readme=_readme,
    )

    @app.context_processor
    def list_of_all() -> dict[str, object]:
        return {"entries": place.entries}

    @app.errorhandler(HTTPException)
    def show_error(error: HTTPException) -> tuple[str, int]:
        return render_template("error.html", error=error), error.code or 500

    app.register_blueprint(make_exercises(place, live))
    app.register_blueprint(make_practice(place))
    app.register_blueprint(make_rehearsals(place))
    app.register_blueprint(make_hunts(place, proofs))
    app.register_blueprint(make_interviews(place, proofs, sitting))
    return app


def _readme(exercise: Exercise) -> Markup:
    return rendering.markdown(exercise.text)


def add_sockets(app: Flask, live: Live) -> SocketIO:
    """Have pages told when something has changed that they show; they ask for it themselves."""
    # Without a list, Socket.IO takes only what comes from its own origin.
    socketio = SocketIO(app, async_mode="threading")
    gate.admit_sockets(app)
    live.told = lambda id_: socketio.emit("changed", id_)
    return socketio


def _log_requests(app: Flask) -> None:
    logger = logging.getLogger("kata.page")

    @app.after_request
    def log(response):  # type: ignore[no-untyped-def]
        logger.info("%s %s → %s", request.method, request.path, response.status_code)
        return response


def _version_static_files(app: Flask) -> None:
    """Give each static file an address that changes with its content: a browser may keep it."""
    versions: dict[str, str] = {}

    @app.url_defaults
    def add_version(endpoint: str, values: dict[str, object]) -> None:
        name = str(values.get("filename"))
        if endpoint == "static" and name not in versions:
            content = (Path(app.static_folder or "") / name).read_bytes()
            versions[name] = f"{zlib.crc32(content):08x}"
        if endpoint == "static":
            values["v"] = versions[name]
