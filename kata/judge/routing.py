"""Say why a request reached none of the learner's views, where no line of theirs can be pointed at."""

import difflib
from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.exceptions import HTTPException, NotFound
from werkzeug.routing import Map, Rule
from werkzeug.test import TestResponse

from kata.judge.reading import Place
from kata.judge.transcript import Exchange, definition


def why_no_view(exchange: Exchange, folder: Path) -> tuple[str, Place | None] | None:
    """Return a sentence, and a place where there is one to look at; None if a view was called.

    ``folder`` holds the learner's files.
    """
    app = exchange.app
    if not isinstance(app, Flask) or not isinstance(exchange.outcome, TestResponse):
        return None
    try:
        rule, _ = app.url_map.bind_to_environ(exchange.request.environ).match(return_rule=True)
    except NotFound:
        return _no_rule(app, exchange), None
    except HTTPException:  # A redirect, or a method that is not allowed: the status says enough.
        return None
    view = definition(app.view_functions.get(rule.endpoint), folder)
    if view is None and rule.endpoint == "static":
        return _static(app, rule, exchange, folder)
    if view is not None and not exchange.dispatched:
        return _answered_before(app, rule, folder)
    return None


def _no_rule(app: Flask, exchange: Exchange) -> str:
    path = exchange.request.path
    rules = [rule.rule for rule in app.url_map.iter_rules() if rule.endpoint != "static"]
    close = difflib.get_close_matches(path, rules, 1, 0.7)
    hint = f" It has `{close[0]}`: is one of the two misspelled?" if close else ""
    return f"No rule of the application matches `{path}`, so no view was called.{hint}"


def _static(
    app: Flask, rule: Rule, exchange: Exchange, folder: Path
) -> tuple[str, Place | None] | None:
    for own in app.url_map.iter_rules():
        view = definition(app.view_functions.get(own.endpoint), folder)
        if view is not None and _matches(own, app, exchange.request.environ):
            sentence = (
                f"Flask's own rule `{rule.rule}` came before yours, `{own.rule}`: the view "
                f"`{own.endpoint}` was never called. Flask(__name__, static_folder=None) has no such rule."
            )
            return sentence, view
    where = f"the folder `{Path(str(app.static_folder)).name}`"
    return (
        f"Flask's own rule `{rule.rule}` answered, with what {where} has: no view was called.",
        None,
    )


def _matches(rule: Rule, app: Flask, environ: dict[str, Any]) -> bool:
    """Say whether a rule would match a request if it were alone."""
    alone = Map([rule.empty()], converters=app.url_map.converters)
    try:
        alone.bind_to_environ(environ).match()
    except HTTPException:
        return False
    return True


def _answered_before(app: Flask, rule: Rule, folder: Path) -> tuple[str, Place | None]:
    functions = [function for found in app.before_request_funcs.values() for function in found]
    if len(functions) != 1:
        who, place = "a function registered with before_request", None
    else:
        name = getattr(functions[0], "__name__", "a function")
        who, place = f"`{name}`, registered with before_request,", definition(functions[0], folder)
    return f"The view `{rule.endpoint}` was never called: {who} answered before.", place
