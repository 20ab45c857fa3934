"""Reports: an application whose debug mode is switched on from outside, never by accident."""

import os
from collections.abc import Mapping

from flask import Flask


def debug_enabled(environ: Mapping[str, str]) -> bool:
    """Read `FLASK_DEBUG`: 1, true and yes are on; 0, false, no, empty and missing are off.

    Raises:
        ValueError: it is anything else; the message contains the name of the variable.
    """
    # TODO: Tell on, off and everything else apart; ignore upper and lower case.
    raise NotImplementedError("debug_enabled: tell on, off and everything else apart")


def create_app(environ: Mapping[str, str]) -> Flask:
    """Return an application whose debug mode is what ``environ`` says.

    Raises:
        ValueError: `FLASK_DEBUG` cannot be read.
    """
    app = Flask(__name__)

    @app.get("/report")
    def report():
        raise ConnectionError("cannot reach db://reports:s3cret@10.0.0.7")

    @app.errorhandler(500)
    def show_error_page(error):
        return "Something went wrong.", 500

    # TODO: Switch debug mode on or off, then return the application.
    raise NotImplementedError("create_app: set app.debug from environ, and return the app")


def run_options(environ: Mapping[str, str]) -> dict[str, object]:
    """Return the arguments `host` and `debug` for `app.run`.

    Raises:
        ValueError: debug mode is on and `FLASK_RUN_HOST` is not this machine alone, or
            `FLASK_DEBUG` cannot be read.
    """
    # TODO: Read the host, and refuse debug mode on a host that others can reach.
    # TODO, further: Accept the other addresses of loopback, too.
    raise NotImplementedError("run_options: return host and debug, or refuse the two together")


def should_start_scheduler(environ: Mapping[str, str]) -> bool:
    """Return whether the process with this environment should start the background jobs.

    Raises:
        ValueError: `FLASK_DEBUG` cannot be read.
    """
    # TODO, further: Without debug mode, always; in debug mode, only in the process that serves requests.
    raise NotImplementedError("should_start_scheduler: say whether this process starts the jobs")


if __name__ == "__main__":
    options = run_options(os.environ)
    create_app(os.environ).run(**options)
