"""Ask the reloader first: in the serving process, a doubtful word is never read."""
# caught by: test_an_unclear_word_starts_nothing

import os
from collections.abc import Mapping
from ipaddress import IPv4Address

from flask import Flask

ON = {"1", "true", "yes"}
OFF = {"0", "false", "no", ""}


def debug_enabled(environ: Mapping[str, str]) -> bool:
    """Read `FLASK_DEBUG`: 1, true and yes are on; 0, false, no, empty and missing are off.

    Raises:
        ValueError: it is anything else; the message contains the name of the variable.
    """
    word = environ.get("FLASK_DEBUG", "")
    if word.lower() in ON:
        return True
    if word.lower() in OFF:
        return False
    raise ValueError(f"FLASK_DEBUG has to be 1 or 0, true or false, yes or no: {word!r} is neither")


def create_app(environ: Mapping[str, str]) -> Flask:
    """Return an application whose debug mode is what ``environ`` says.

    Raises:
        ValueError: `FLASK_DEBUG` cannot be read.
    """
    app = Flask(__name__)
    # Set it in both cases: Flask has already read the environment of the process.
    app.debug = debug_enabled(environ)

    @app.get("/report")
    def report():
        raise ConnectionError("cannot reach db://reports:s3cret@10.0.0.7")

    @app.errorhandler(500)
    def show_error_page(error):
        return "Something went wrong.", 500

    return app


def run_options(environ: Mapping[str, str]) -> dict[str, object]:
    """Return the arguments `host` and `debug` for `app.run`.

    Raises:
        ValueError: debug mode is on and `FLASK_RUN_HOST` is not this machine alone, or
            `FLASK_DEBUG` cannot be read.
    """
    host = environ.get("FLASK_RUN_HOST", "127.0.0.1")
    debug = debug_enabled(environ)
    if debug and not _is_loopback(host):
        raise ValueError(f"debug mode on {host!r} would let the network run code")
    return {"host": host, "debug": debug}


def should_start_scheduler(environ: Mapping[str, str]) -> bool:
    """Return whether the process with this environment should start the background jobs.

    Raises:
        ValueError: `FLASK_DEBUG` cannot be read.
    """
    return environ.get("WERKZEUG_RUN_MAIN") == "true" or not debug_enabled(environ)


def _is_loopback(host: str) -> bool:
    if host in {"localhost", "::1"}:
        return True
    try:
        # Not ip_address: for Python 3.13, ::ffff:127.0.0.1 is loopback, too.
        return IPv4Address(host).is_loopback
    except ValueError:  # It is a name, and a name can lead anywhere.
        return False


if __name__ == "__main__":
    options = run_options(os.environ)
    create_app(os.environ).run(**options)
