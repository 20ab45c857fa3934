"""Leave Flask's view in place: one hook refuses hidden names before it, another sets the header after it."""

import os
from hashlib import blake2b
from pathlib import Path

from flask import Flask, abort, current_app, render_template, request, send_file, url_for


def static_url(filename: str) -> str:
    return url_for("static", filename=filename, v=_version(filename))


def _version(filename: str) -> str:
    with open(os.path.join(current_app.static_folder, filename), "rb") as file:
        return blake2b(file.read(), digest_size=6).hexdigest()


def create_app(static_folder: Path, downloads: Path) -> Flask:
    app = Flask(__name__, static_url_path="/static", static_folder=str(static_folder))
    root = os.path.realpath(downloads)

    @app.before_request
    def refuse_hidden_names():
        if "/." in request.path:
            abort(404)

    @app.after_request
    def let_files_be_kept(response):
        if request.endpoint == "static" and response.status_code < 400:
            if request.args.get("v") == _version(request.view_args["filename"]):
                response.cache_control.no_cache = None
                response.cache_control.public = True
                response.cache_control.max_age = 365 * 24 * 60 * 60
                response.cache_control.immutable = True
        return response

    @app.get("/")
    def home():
        return render_template("page.html", static_url=static_url)

    @app.get("/downloads/<path:name>")
    def download(name: str):
        if "\0" in name:
            abort(404)
        file = os.path.realpath(os.path.join(root, name))
        if os.path.commonpath([root, file]) != root or not os.path.isfile(file):
            abort(404)
        response = send_file(file, as_attachment=True, download_name=name.rpartition("/")[2])
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response

    return app
