"""What m03 asks for beyond its core."""

import re
import sys
from collections import UserList
from contextlib import closing
from itertools import count, islice
from wsgiref.validate import validator

import pytest
from flask import Flask
from werkzeug.datastructures import Headers
from werkzeug.test import create_environ

ORIGIN, OTHER = "https://app.example", "http://localhost:5173"
PREFLIGHT = {"Access-Control-Request-Method": "PUT"}
ACCOUNT = [
    ("GET", "4f9c2e", 200),
    ("GET", "unknown", 401),
    ("HEAD", "unknown", 401),
    ("PUT", "4f9c2e", 200),
    ("PUT", "unknown", 401),
    ("OPTIONS", "unknown", 204),
]
HEADERS = [("Content-Type", "text/plain"), ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")]
AN_ID = r"[0-9a-fA-F]{32}"


class Server:
    """The server's side of WSGI: it sends a request and records what the application reports."""

    request_id = None

    def __init__(self):
        self.told, self.written = [], []

    def start_response(self, status, headers, exc_info=None, /):
        self.told.append((status, headers, exc_info and exc_info[0]))
        self.request_id = Headers(headers).get("X-Request-ID")
        return self.written.append

    def send(self, app, **environ):
        body = app({**create_environ(), **environ}, self.start_response)
        assert body is not None, "The wrapper returned None, but the server needs a body."
        return body


def echo_id(environ, start_response):
    """Answer with the id that the application finds: a WSGI application without Flask."""
    start_response("200 OK", list(HEADERS))
    return [environ["kata.request_id"].encode()]


def ask(client, origin, method="GET", path="/page", **headers):
    """Send a request as a browser does for a page of `origin`, or for a page of the site itself."""
    known = {"Origin": origin} if origin else {}
    return client.open(path, method=method, headers={**known, **headers})


def readers(response):
    """Return the two headers that say whose pages may read the response, and whether with cookies."""
    names = ("Access-Control-Allow-Origin", "Access-Control-Allow-Credentials")
    return tuple(", ".join(response.headers.getlist(name)) or None for name in names)


@pytest.fixture
def server():
    """Return the server's side of WSGI."""
    return Server()


class TestStep3AWrapperAroundTheApplication:
    def test_the_application_and_the_client_get_the_same_id(self, exercise, server):
        [body] = server.send(exercise.RequestIdMiddleware(echo_id))
        assert re.fullmatch(AN_ID, body.decode())
        assert server.request_id == body.decode()

    def test_ids_of_the_same_moment_differ_and_all_have_32_digits(self, exercise, monkeypatch):
        monkeypatch.setattr("time.time_ns", lambda: 1)
        monkeypatch.setattr("time.time", lambda: 1.0)
        app = exercise.RequestIdMiddleware(echo_id)
        bodies = [b"".join(Server().send(app)).decode() for _ in range(200)]

        assert [body for body in bodies if not re.fullmatch(AN_ID, body)] == []
        assert len(set(bodies)) == 200

    def test_the_application_finds_what_the_server_sent_and_the_id_alone(self, exercise, server):
        seen = {}

        def application(environ, start_response):
            seen.update(environ)
            return echo_id(environ, start_response)

        headers = {"X-Name": " Ada & <b>Z</b>", "X-Request-ID": "f" * 32}
        sent = create_environ("/page?q=%20Ada%20", headers=headers)
        list(server.send(exercise.RequestIdMiddleware(application), **sent))

        assert seen.pop("kata.request_id") == server.request_id
        assert {name: seen.get(name) for name in sent} == sent
        assert seen.keys() == sent.keys()

    def test_status_and_other_headers_stay_as_they_are(self, exercise, server):
        app = validator(exercise.RequestIdMiddleware(validator(echo_id)))
        with closing(server.send(app)) as body:
            list(body)

        [(status, headers, _)] = server.told
        others = [header for header in headers if header[0] in dict(HEADERS)]
        assert (status, others) == ("200 OK", HEADERS)

    def test_an_id_that_the_client_sends_is_ignored(self, exercise, server):
        list(server.send(exercise.RequestIdMiddleware(echo_id), HTTP_X_REQUEST_ID="f" * 32))

        assert re.fullmatch(AN_ID, server.request_id or "no id")
        assert server.request_id != "f" * 32, "This is the id that the client sent."

    def test_a_second_start_with_an_error_reaches_the_server(self, exercise, server):
        returned = []

        def fails_late(environ, start_response):
            returned.append(start_response("200 OK", []))
            try:
                raise LookupError
            except LookupError:
                returned.append(start_response("500 LATE", [], sys.exc_info()))
            return []

        list(server.send(exercise.RequestIdMiddleware(fails_late)))

        told = [(status, error) for status, _, error in server.told]
        why = "Hand the server the exc_info of the second call, and no exc_info of the first."
        assert told == [("200 OK", None), ("500 LATE", LookupError)], why
        assert re.fullmatch(AN_ID, server.request_id or "no id")
        assert returned == [server.written.append] * 2, "Return what the server returned."

    def test_a_piece_of_the_body_leaves_before_the_next_is_made(self, exercise, server):
        pieces = iter([b"one", b"two"])

        def application(environ, start_response):
            start_response("200 OK", [])
            return pieces

        first = next(iter(server.send(exercise.RequestIdMiddleware(application))))
        assert (first, list(pieces)) == (b"one", [b"two"])

    def test_an_error_of_the_application_reaches_the_server(self, exercise, server):
        def fails(environ, start_response):
            raise LookupError

        with pytest.raises(LookupError):
            list(server.send(exercise.RequestIdMiddleware(fails)))

        assert server.told == []

    @pytest.mark.parametrize(
        "pieces", [0, 1, None], ids=["before-any-piece", "after-one-piece", "after-all-pieces"]
    )
    def test_closing_reaches_the_body_of_the_application(self, exercise, server, pieces):
        heard = []

        def application(environ, start_response):
            heard.append("called")
            start_response("200 OK", [])
            body = UserList([b"one", b"two"])
            body.close = lambda: heard.append("close")
            return body

        body = server.send(exercise.RequestIdMiddleware(application))
        list(islice(body, pieces))
        getattr(body, "close", lambda: None)()
        assert heard == [] or "close" in heard, "The body was made, and never closed."

    def test_requests_at_the_same_time_have_their_own_ids(self, exercise):
        def starts_late(environ, start_response):
            yield from echo_id(environ, start_response)

        app = exercise.RequestIdMiddleware(starts_late)
        one, two = Server(), Server()
        ids = [b"".join(body).decode() for body in [one.send(app), two.send(app)]]

        why = "A request got the id of another one: what is kept outside of __call__ is shared."
        assert [one.request_id, two.request_id] == ids, why
        assert one.request_id[-8:] != two.request_id[-8:], "An id is random to its last digit."


class TestStep4TheRightOrder:
    @pytest.mark.parametrize(("method", "session", "status"), ACCOUNT)
    def test_every_response_carries_what_the_parts_add(self, exercise, method, session, status):
        app = exercise.create_app({ORIGIN}, count(1000.0).__next__)
        exercise.create_app({OTHER})  # Another application changes nothing in this one.
        assert isinstance(app, Flask), "Return the Flask object: wrap app.wsgi_app, and not app."
        app.testing = True
        app.add_url_rule("/other", view_func=lambda: "Hello", methods=["GET", "PUT"])
        client = app.test_client()
        client.set_cookie("session", session)

        response = ask(client, ORIGIN, method, "/account", **PREFLIGHT)

        assert (response.status_code, readers(response)) == (status, (ORIGIN, "true"))
        assert re.fullmatch(r"app;dur=\d+000", response.headers.get("Server-Timing", "no time"))
        assert re.fullmatch(AN_ID, response.headers.get("X-Request-ID", "no id"))
        assert readers(ask(client, OTHER, method, "/account", **PREFLIGHT)) == (None, None)
        guarded = 200 if session == "4f9c2e" else 401
        assert client.open("/other", method=method).status_code == guarded
        assert client.open("/account", method=method).status_code == guarded
