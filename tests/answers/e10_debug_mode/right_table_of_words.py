"""Look the word up in a table, and read host and debug mode in one step each."""

import json
import re

from flask import Flask

WORDS = {"": False, "0": False, "1": True} | dict.fromkeys(("false", "no"), False)
WORDS |= dict.fromkeys(("true", "yes"), True)
NUMBER = r"(0|[1-9][0-9]?|1[0-9][0-9]|2[0-4][0-9]|25[0-5])"
LOOPBACK = re.compile(rf"localhost|::1|127(\.{NUMBER}){{3}}")


def debug_enabled(environ) -> bool:
    try:
        return WORDS[(environ.get("FLASK_DEBUG") or "").lower()]
    except KeyError as error:
        raise ValueError(f"FLASK_DEBUG={error}: use one of {json.dumps(list(WORDS))}") from error


def create_app(environ) -> Flask:
    debug = debug_enabled(environ)
    app = Flask(__name__)

    @app.get("/report")
    def report():
        raise ConnectionError("cannot reach db://reports:s3cret@10.0.0.7")

    @app.errorhandler(500)
    def show_error_page(error):
        return "Something went wrong.", 500

    app.config["DEBUG"] = debug
    return app


def run_options(environ) -> dict[str, object]:
    options = dict(host=environ.get("FLASK_RUN_HOST", "127.0.0.1"), debug=debug_enabled(environ))
    if options["debug"] and not LOOPBACK.fullmatch(options["host"]):
        raise ValueError("debug mode needs a loopback host, not " + options["host"])
    return options


def should_start_scheduler(environ) -> bool:
    serving, reloader = environ.get("WERKZEUG_RUN_MAIN") == "true", debug_enabled(environ)
    return serving if reloader else True
