"""What usually lies behind a failure that beginners meet: one sentence, and the page that settles it.

A row matches the exception that ended the test, by the names of its types and its text, or the status
of the last response where the test expected another.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

FLASK = "https://flask.palletsprojects.com/en/stable"
SQLALCHEMY = "https://docs.sqlalchemy.org/en/20"


@dataclass(frozen=True)
class Cause:
    """A row of the table: what it matches, what is likely, and where to read on."""

    sentence: str
    page: str
    error: str | None = None
    text: str = ""
    status: int | None = None
    body: str = ""

    def explains(self, error: BaseException, status: int | None, body: str) -> bool:
        """Say whether this is the likely cause of a failure whose last response had ``status``."""
        if self.error is not None:
            return self.error in _type_names(error) and re.search(self.text, str(error)) is not None
        return status == self.status and re.search(self.body, body) is not None


CAUSES = (
    Cause(
        "Flask makes a response of text, a dict or a list, and of no other object: return a dict of what the "
        "client should see.",
        f"{FLASK}/quickstart/#about-responses",
        error="TypeError",
        text="did not return a valid response.*but it was an? ",
    ),
    Cause(
        "A view or an error handler has to return something: text, a dict, a list or a response. Look for a "
        "`return` that is missing.",
        f"{FLASK}/quickstart/#about-responses",
        error="TypeError",
        text="did not return a valid response",
    ),
    Cause(
        "url_for got no value for a part in angle brackets: is that part, and the view's parameter, called "
        "what the README calls it?",
        f"{FLASK}/quickstart/#url-building",
        error="BuildError",
        text="Did you forget to specify values",
    ),
    Cause(
        "url_for takes the name of the view function, not its path; for a view of a blueprint, with the "
        "blueprint's name and a dot before it.",
        f"{FLASK}/quickstart/#url-building",
        error="BuildError",
    ),
    Cause(
        "current_app, g and url_for work while a request is handled, or inside `with app.app_context():`.",
        f"{FLASK}/appcontext/",
        error="RuntimeError",
        text="outside of application context",
    ),
    Cause(
        "request and session exist while a request is handled: use them inside a view, not while the "
        "module or the application is made; a thread needs copy_current_request_context.",
        f"{FLASK}/reqcontext/",
        error="RuntimeError",
        text="outside of request context",
    ),
    Cause(
        "Routes, handlers and blueprints belong in the factory, before the first request is handled.",
        f"{FLASK}/lifecycle/",
        error="AssertionError",
        text="can no longer be called on the",
    ),
    Cause(
        "Two views have the same function name, or a decorator without functools.wraps gave them one.",
        f"{FLASK}/patterns/viewdecorators/",
        error="AssertionError",
        text="View function mapping is overwriting",
    ),
    Cause(
        "The decorator below this line returned None, so there is no view: does it end without `return`?",
        f"{FLASK}/patterns/viewdecorators/",
        error="AssertionError",
        text="expected view func if endpoint is not provided",
    ),
    Cause(
        "Templates are looked for in the folder `templates` beside your module.",
        f"{FLASK}/quickstart/#rendering-templates",
        error="TemplateNotFound",
    ),
    Cause(
        "An earlier statement failed, and its transaction is still open: call session.rollback() where you "
        "catch the error.",
        f"{SQLALCHEMY}/faq/sessions.html",
        error="PendingRollbackError",
    ),
    Cause(
        "The object outlived its session: read what you need before the session ends, or load it again.",
        f"{SQLALCHEMY}/orm/session_state_management.html",
        error="DetachedInstanceError",
    ),
    Cause(
        "The tables were not made in this database: call db.create_all() in the application context, after "
        "the models are defined.",
        "https://flask-sqlalchemy.readthedocs.io/en/stable/quickstart/#create-the-tables",
        error="OperationalError",
        text="no such table",
    ),
    Cause(
        "Something started earlier still listens on this port: end it, or use port 0 for a free one.",
        f"{FLASK}/server/#address-already-in-use",
        error="OSError",
        text="Address already in use",
    ),
    Cause(
        "request.form[…] (or args[…]) asked for a field that was not sent: use .get(), and say what is missing.",
        f"{FLASK}/quickstart/#the-request-object",
        status=400,
        body="browser \\(or proxy\\) sent a request that this server could not understand",
    ),
    Cause(
        "request.get_json() refuses a body that is not sent as application/json; a form is in request.form.",
        f"{FLASK}/api/#flask.Request.get_json",
        status=415,
        body="Did not attempt to load JSON data",
    ),
    Cause(
        "There is a route for this path, but not for this method: name it, as in @app.post(…) or methods=[…].",
        f"{FLASK}/quickstart/#http-methods",
        status=405,
    ),
    Cause(
        "The route ends in a slash and the request does not, so Flask redirects: write the rule as the README has it.",
        f"{FLASK}/quickstart/#unique-urls-redirection-behavior",
        status=308,
    ),
)


def likely(
    error: BaseException,
    status: int | None = None,
    body: str = "",
    comparison: dict[str, str] | None = None,
) -> Cause | None:
    """Return the likely cause of a failure, if the table has it.

    ``status`` and ``body`` are those of the last response. A status explains a failed comparison only
    if it is what was found and not what was expected: the test may have wanted it, and failed later.
    """
    if comparison is not None and status is not None:
        found, wanted = (
            re.search(rf"\b{status}\b", comparison[side]) for side in ("left", "right")
        )
        status = status if found and not wanted else None
    elif isinstance(error, AssertionError):
        status = None
    errors = [error, *([error.__cause__] if error.__cause__ is not None else [])]
    return next((c for e in errors for c in CAUSES if c.explains(e, status, body)), None)


def _type_names(error: BaseException) -> Iterator[str]:
    return (base.__name__ for base in type(error).__mro__)
