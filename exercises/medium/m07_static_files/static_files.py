"""The files of a site: those of its pages, which browsers keep, and those that users ask for by name."""

from pathlib import Path

from flask import Flask, render_template

FOR_A_YEAR = "public, max-age=31536000, immutable"


def static_url(filename: str) -> str:
    """Return the address of a file in the static folder, with the fingerprint of its content as ``v``.

    It is called while a request is served, as ``url_for`` is.

    Raises:
        FileNotFoundError: the static folder has no such file.
    """
    # TODO: Make a fingerprint of the bytes in the file, and have url_for add it to the address.
    raise NotImplementedError("static_url: return the file's address with its fingerprint as v")


def create_app(static_folder: Path, downloads: Path) -> Flask:
    """Return an application that serves the files of two folders, given as absolute paths."""
    # TODO: Tell Flask which folder it serves below /static/, in place of the next two lines.
    app = Flask(__name__)
    raise NotImplementedError("create_app: tell Flask which folder it serves below /static/")

    @app.get("/")
    def home():
        return render_template("page.html", static_url=static_url)

    @app.get("/downloads/<path:name>")
    def download(name: str):
        # TODO: Send the file, unless its name means harm.
        raise NotImplementedError("GET /downloads/<name>: send the file as an attachment")

    return app
