"""Let Flask write the header, by get_send_file_max_age, and check downloads with safe_join and realpath."""

import hashlib
import os
from pathlib import Path

from flask import Flask, abort, current_app, render_template, request, send_file, url_for
from werkzeug.security import safe_join


def static_url(filename: str) -> str:
    return url_for("static", filename=filename, v=_fingerprint(filename))


def _fingerprint(filename: str) -> str:
    with open(os.path.join(current_app.static_folder, filename), "rb") as file:
        return hashlib.file_digest(file, "md5").hexdigest()


class Site(Flask):
    def get_send_file_max_age(self, filename: str | None) -> int | None:
        if request.endpoint == "static" and request.args.get("v") == _fingerprint(filename):
            return 31_536_000
        return None

    def send_static_file(self, filename: str):
        if any(part.startswith(".") for part in Path(filename).parts):
            abort(404)
        if not os.path.isfile(safe_join(self.static_folder, filename) or ""):
            abort(404)
        response = super().send_static_file(filename)
        if response.cache_control.max_age:
            response.cache_control.immutable = True
        return response


def create_app(static_folder: Path, downloads: Path) -> Flask:
    app = Site(__name__, static_url_path="/static", static_folder=os.fspath(static_folder))
    root = os.path.realpath(downloads)

    @app.get("/")
    def home():
        return render_template("page.html", static_url=static_url)

    @app.get("/downloads/<path:name>")
    def download(name: str):
        joined = safe_join(root, name)
        if joined is None or "\0" in name or f"/{name}".find("/.") != -1:
            abort(404)
        file = os.path.realpath(joined)
        if not file.startswith(root + os.sep) or not os.path.isfile(file):
            abort(404)
        return send_file(file, as_attachment=True), {"X-Content-Type-Options": "nosniff"}

    return app
