"""Match the words, look the host up in a network, and set the configuration key."""

from ipaddress import IPv4Address, IPv4Network

from flask import Flask

NAMES = ("localhost", "::1")
LOOPBACK = IPv4Network("127.0.0.0/8")


def debug_enabled(environ) -> bool:
    match environ.get("FLASK_DEBUG", "no").casefold():
        case "1" | "true" | "yes":
            return True
        case "" | "0" | "false" | "no":
            return False
    raise ValueError("cannot read FLASK_DEBUG")


def create_app(environ) -> Flask:
    app = Flask(__name__)
    app.config.from_mapping(DEBUG=debug_enabled(environ))

    @app.get("/report")
    def report():
        raise ConnectionError("cannot reach db://reports:s3cret@10.0.0.7")

    @app.errorhandler(500)
    def show_error_page(error):
        return "Something went wrong.", 500

    return app


def run_options(environ) -> dict[str, object]:
    options = {"debug": debug_enabled(environ), "host": "127.0.0.1"}
    if "FLASK_RUN_HOST" in environ:
        options["host"] = environ["FLASK_RUN_HOST"]
    if options["debug"] and options["host"] not in NAMES:
        # A name is no address, and IPv4Address says so with a ValueError.
        address = IPv4Address(options["host"])
        if address not in LOOPBACK:
            raise ValueError(f"{address} is open to others")
    return options


def should_start_scheduler(environ) -> bool:
    if not debug_enabled(environ):
        return True
    return environ.get("WERKZEUG_RUN_MAIN", "false") == "true"
