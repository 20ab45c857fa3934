"""Let any 304 say a year: a copy without a fingerprint is never asked about again."""
# caught by: test_a_304_a_part_and_the_headers_alone_are_not_kept_either

import hashlib
from pathlib import Path

from flask import Flask, abort, current_app, render_template, request, send_from_directory, url_for

FOR_A_YEAR = "public, max-age=31536000, immutable"


def static_url(filename: str) -> str:
    """Return the address of a file in the static folder, with the fingerprint of its content as ``v``.

    Call it during a request, like ``url_for``.

    Raises:
        FileNotFoundError: the static folder has no such file.
    """
    return url_for("static", filename=filename, v=_fingerprint(filename))


def _fingerprint(filename: str) -> str:
    content = Path(current_app.static_folder, filename).read_bytes()
    return hashlib.sha256(content).hexdigest()[:16]


def _is_hidden(name: str) -> bool:
    """Return whether a part of the name begins with a dot, as in `.git/config` and `../x`."""
    return any(part.startswith(".") for part in name.split("/"))


def _leads_out(folder: Path, name: str) -> bool:
    """Return whether the name leads out of the folder once every symbolic link is followed."""
    try:
        return not (folder / name).resolve().is_relative_to(folder.resolve())
    except (ValueError, RuntimeError):  # A NUL byte, or links that form a loop.
        return True


def create_app(static_folder: Path, downloads: Path) -> Flask:
    """Return an application that serves the files of two folders, given as absolute paths."""
    app = Flask(__name__, static_folder=static_folder, static_url_path="/static")

    @app.endpoint("static")  # Replaces Flask's own view; the rule stays.
    def send_static(filename: str):
        if _is_hidden(filename):
            abort(404)
        response = app.send_static_file(filename)
        if response.status_code == 304 or request.args.get("v") == _fingerprint(filename):
            response.headers["Cache-Control"] = FOR_A_YEAR
        return response

    @app.get("/")
    def home():
        return render_template("page.html", static_url=static_url)

    @app.get("/downloads/<path:name>")
    def download(name: str):
        if _is_hidden(name) or _leads_out(downloads, name):
            abort(404)
        response = send_from_directory(downloads, name, as_attachment=True)
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response

    return app
