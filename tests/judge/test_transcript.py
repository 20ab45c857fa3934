"""The last HTTP exchange is one line that a learner can read."""

import pytest
from flask import Flask, Response, redirect, request

from kata.judge.transcript import Transcript, recorded


@pytest.fixture
def app():
    app = Flask(__name__)
    app.testing = True

    @app.get("/items")
    def items():
        return {"limit": request.args.get("limit")}

    @app.post("/items")
    def create():
        return redirect("/items", 303)

    @app.get("/stream")
    def stream():
        return Response(iter(["a", "b"]), mimetype="text/plain")

    @app.get("/long")
    def long():
        return "x" * 10_000

    @app.get("/broken")
    def broken():
        raise ValueError("The shop is closed.")

    return app


@pytest.mark.parametrize(
    ("call", "line"),
    [
        (
            ("GET", "/items?limit=2", {}),
            'GET /items?limit=2 → 200 OK application/json {"limit":"2"}',
        ),
        (("GET", "/nowhere", {}), "GET /nowhere → 404 NOT FOUND text/html <!doctype html>"),
        (
            ("POST", "/items", {"json": {"a": 1}}),
            'POST /items {"a": 1} → 303 SEE OTHER text/html to /items',
        ),
        (
            ("POST", "/items", {"data": {"a": "b c"}}),
            "POST /items a=b+c → 303 SEE OTHER text/html to /items",
        ),
        (("GET", "/été?q=né", {}), "GET /été?q=né → 404 NOT FOUND"),
        (
            ("GET", "/items", {"headers": {"Accept": "text/html", "Origin": "https://a.example"}}),
            "GET /items [Accept: text/html, Origin: https://a.example] → 200 OK",
        ),
        (("GET", "/stream", {}), "GET /stream → 200 OK text/plain (streamed)"),
        (("HEAD", "/items", {}), "HEAD /items → 200 OK application/json"),
    ],
    ids=["query", "not found", "json", "form", "beyond ASCII", "headers", "streamed", "no body"],
)
def test_an_exchange_is_told_in_one_line(app, call, line):
    method, path, options = call

    with recorded() as transcript:
        app.test_client().open(path, method=method, **options)

    assert transcript.last().startswith(line)
    assert "\n" not in transcript.last()


def test_a_request_that_ends_in_an_exception_is_told_with_its_name(app):
    with recorded() as transcript:
        app.test_client().get("/items")
        with pytest.raises(ValueError, match="closed"):
            app.test_client().get("/broken?why=1")

    assert transcript.last() == "GET /broken?why=1 → ValueError"
    assert transcript.last_status_and_body() == (None, "")


def test_a_streamed_body_is_not_consumed(app):
    with recorded() as transcript:
        response = app.test_client().get("/stream")

    assert transcript.last()
    assert response.text == "ab"


@pytest.mark.parametrize(("body", "told"), [(b"\xff\xfe", "\ufffd" * 2), ({"a": 1}, "")], ids=str)
def test_a_body_that_is_no_text_does_no_harm(app, body, told):
    @app.after_request
    def spoil(response):
        response.data = body
        return response

    with recorded() as transcript:
        app.test_client().get("/items")

    assert transcript.last().startswith("GET /items → 200 OK")
    assert transcript.last_status_and_body() == (200, told)


def test_a_long_body_is_cut(app):
    with recorded() as transcript:
        app.test_client().get("/long")

    assert len(transcript.last()) < 400
    assert transcript.last().endswith("x…")


def test_a_long_request_leaves_room_for_the_status(app):
    with recorded() as transcript:
        app.test_client().post(
            f"/{'x' * 1000}", data="y" * 1000, headers={"X-Long": "z" * 1000, "X-Other": "z"}
        )

    assert "→ 404 NOT FOUND" in transcript.last()[:288]  # Three lines of 96 characters.


def test_without_an_exchange_there_is_nothing_to_tell():
    assert Transcript().last() is None
