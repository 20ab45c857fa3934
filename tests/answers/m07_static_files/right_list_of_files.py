"""Make no path of what a user typed: look the name up in a list of the files that there are."""

import zlib
from pathlib import Path

from flask import Flask, Response, abort, current_app, render_template, request, send_file, url_for


class _Site(Flask):
    """An application that looks up its static files, and lets browsers keep the current ones."""

    def send_static_file(self, filename: str) -> Response:
        files = _files(Path(self.static_folder))
        response = send_file(files.get(filename) or abort(404))
        if request.args.get("v") == _checksum(files[filename]):
            response.headers["Cache-Control"] = "max-age=31536000, public, immutable"
        return response


def static_url(filename: str) -> str:
    file = Path(current_app.static_folder) / filename
    return url_for("static", filename=filename) + "?v=" + _checksum(file)


def _checksum(file: Path) -> str:
    return f"{zlib.crc32(file.read_bytes()):08x}"


def _files(folder: Path) -> dict[str, Path]:
    """Return the files that may be seen, by their name below the folder."""
    return {
        file.relative_to(folder).as_posix(): file
        for file in folder.rglob("*")
        if file.is_file()
        and not any(part.startswith(".") for part in file.relative_to(folder).parts)
        and folder.resolve() in file.resolve().parents
    }


def create_app(static_folder: Path, downloads: Path) -> Flask:
    app = _Site(__name__, static_folder=static_folder, static_url_path="/static")

    @app.get("/")
    def home():
        return render_template("page.html", static_url=static_url)

    @app.get("/downloads/<path:name>")
    def download(name: str):
        file = _files(downloads).get(name) or abort(404)
        response = send_file(file, as_attachment=True)
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response

    return app
