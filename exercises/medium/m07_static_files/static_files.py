"""The files of a site: those of its pages, which browsers cache, and those that users ask for by name."""

from pathlib import Path

from flask import Flask, render_template

FOR_A_YEAR = "public, max-age=31536000, immutable"


def static_url(filename: str) -> str:
    """Return the address of a file in the static folder, with the fingerprint of its content as ``v``.

    Call it during a request, like ``url_for``.

    Raises:
        FileNotFoundError: the static folder has no such file.
    """
    # TODO: Compute a fingerprint from the bytes of the file, and have url_for add it to the address.
    raise NotImplementedError("static_url: return the file's address with its fingerprint as v")


def create_app(static_folder: Path, downloads: Path) -> Flask:
    """Return an application that serves the files of two folders, given as absolute paths."""
    # TODO: Replace the next two lines, and tell Flask which folder to serve below /static/ (step 1).
    app = Flask(__name__)
    raise NotImplementedError("create_app: tell Flask which folder to serve below /static/")

    # TODO: Set FOR_A_YEAR on files below /static/ (step 3).
    # TODO, further: refuse hidden names there (step 5).

    @app.get("/")
    def home():
        return render_template("page.html", static_url=static_url)

    @app.get("/downloads/<path:name>")
    def download(name: str):
        # TODO, further: send the file as an attachment (step 4), and first refuse a bad name (5).
        raise NotImplementedError("GET /downloads/<name>: send the file as an attachment")

    return app
