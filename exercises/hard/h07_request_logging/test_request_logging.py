"""What h07 asks for, step by step. The application and its log are in conftest.py."""

import json
import logging
import re
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from threading import Barrier

import pytest
from flask import request, send_file
from werkzeug.datastructures import MultiDict
from werkzeug.test import create_environ
from werkzeug.wsgi import ClosingIterator

ACCESS, LIBRARY = logging.getLogger("access"), logging.getLogger("library")
ANSWERS = [
    ("GET", "/books/7", "/books/<int:number>", 200),
    ("HEAD", "/books/7", "/books/<int:number>", 200),
    ("POST", "/login", "/login", 201),
    ("GET", "/closed", "/closed", 401),
    ("GET", "/nowhere", None, 404),
    ("POST", "/books/7", None, 405),
    ("GET", "/ready", "/ready", 200),
    ("GET", "/broken", "/broken", 500),
]
COOKIES = [("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")]
HEADERS = [("Content-Length", "10"), ("Content-Type", "text/html; charset=utf-8"), *COOKIES]
ACCEPTED = ("Très bien", HEADERS)
SPECIAL = ["%0A", "%0D", "%22", "%1B[2K", "%7F", "%C2%85", "%E2%80%A8", "%2541"]
CLIENTS = {"stays": (3, 8250, 18), "leaves early": (1, 6250, 6), "hears nothing": (0, 5250, 0)}


def of(log, logger):
    return [record for record in log.records if record.name == logger.name]


def lines(log, *members):
    """Return each line of the access log, or only these members of each."""
    all_lines = [parsed(r.getMessage()) | {"at level": r.levelname} for r in of(log, ACCESS)]
    return [{m: line.get(m, "missing") for m in members or line} for line in all_lines]


def parsed(text):
    try:
        return json.loads(text)
    except ValueError:
        return pytest.fail(f"This line of the log is not JSON: {text!r}")


def start(app, path, **options):
    """Return the body of a response, as a WSGI server gets it."""
    environ = create_environ(path, **options)
    return ClosingIterator(app(environ, lambda status, headers, exc_info=None: None))


def serve(app, path, pieces=None, **options):
    """Act as a WSGI server: read the body, or only its first pieces, and close it."""
    body = start(app, path, **options)
    sent = list(islice(body, pieces))
    body.close()
    return b"".join(sent)


def get(app, path, **options):
    """Return a response whose body has been read and closed."""
    return app.test_client().open(path, buffered=True, **options)


class TestStep1OneLineForEachRequest:
    def test_a_request_writes_one_line_of_json_at_level_info(self, app, log):
        get(app, "/books/7")
        line = {"method": "GET", "status": 200, "at level": "INFO"}
        assert lines(log, *line) == [line]

    @pytest.mark.parametrize(("method", "path", "rule", "status"), ANSWERS)
    def test_every_answer_has_its_line(self, app, log, method, path, rule, status):
        response = get(app, path, method=method)
        line = {"rule": rule, "status": status, "duration_ms": 250, "bytes": len(response.data)}
        line |= {"at level": "INFO", "request_id": response.headers.get("X-Request-ID")}
        assert lines(log, *line) == [line]

    def test_line_and_response_have_the_same_new_id(self, app, log):
        forged = {"X-Request-ID": "f" * 32}
        ids = [get(app, "/books/7", headers=forged).headers.get("X-Request-ID") for _ in range(2)]
        assert all(re.fullmatch("[0-9a-f]{32}", str(each)) for each in ids), f"X-Request-ID: {ids}"
        assert lines(log, "request_id") == [{"request_id": each} for each in ids]
        assert len({*ids, "f" * 32}) == 3, "An id is the client's, or that of another request."
        assert len({each[24:] for each in ids}) == 2, "The ids are not random: they end alike."

    def test_the_response_is_otherwise_unchanged(self, app):
        response = get(app, "/login", method="POST")
        response.headers.remove("X-Request-ID")
        assert (response.text, sorted(response.headers)) == ACCEPTED


class TestStep2WhatStrangersSend:
    def test_safe_args_has_all_values_and_no_secrets(self, exercise):
        args = MultiDict([("tag", "a"), ("Token", "s3cret"), ("tag", ""), ("Token", "s3cret")])
        others = {name: ["9"] for name in ("max_tokens", "token_type", "next_token", "key")}
        safe = {"tag": ["a", ""], "Token": ["[redacted]"] * 2}
        assert exercise.safe_args(args | others) == safe | others

    def test_secret_arguments_are_redacted_in_every_spelling(self, app, log):
        get(app, "/books/7?page=&token=s3cret&%74oken=s3cret&PASSWORD=s3cret&api_key=a%26s3cret")
        one = ["[redacted]"]
        args = {"page": [""], "token": one * 2, "PASSWORD": one, "api_key": one}
        assert lines(log, "path", "args") == [{"path": "/books/7", "args": args}]
        assert "s3cret" not in log.text

    def test_headers_cookies_and_bodies_stay_out(self, app, log):
        names = ["Authorization", "Cookie", "Referer", "User-Agent", "X-Forwarded-For"]
        for body in ({"data": {"name": "s3cret"}}, {"json": "s3cret"}):
            serve(app, "/login", method="POST", headers=dict.fromkeys(names, "x=s3cret"), **body)
        assert lines(log, "path", "args") == [{"path": "/login", "args": {}}] * 2
        assert "s3cret" not in log.text

    def test_bytes_that_are_not_utf_8_have_their_line(self, app, log):
        serve(app, "/", environ_overrides={"PATH_INFO": "/\xff"})
        assert lines(log, "path", "args") == [{"path": "/\ufffd", "args": {}}]

    @pytest.mark.parametrize("encoded", SPECIAL)
    def test_nobody_can_forge_a_line(self, app, log, encoded):
        sent = get(app, f'/nowhere{encoded}{{"status": 200}}{encoded}?page={encoded}').request
        line = {"path": sent.path, "args": {"page": [sent.args["page"]]}}
        assert lines(log, "path", "args") == [line]
        assert re.findall("[^ -~]", "".join(log.messages)) == []


class TestStep3UntilTheLastByte:
    @pytest.mark.parametrize(("pieces", "duration", "sent"), CLIENTS.values(), ids=CLIENTS)
    def test_the_line_tells_what_was_sent(self, app, log, clock, pieces, duration, sent):
        body = start(app, "/rows")
        assert len(b"".join(islice(body, pieces))) == sent
        clock.now += 5  # The client takes its time.
        assert lines(log) == [], "The response has not been closed."
        body.close()
        line = {"status": 200, "duration_ms": duration, "bytes": sent}
        assert lines(log, *line) == [line]

    def test_each_piece_leaves_before_the_next_is_made(self, app, log):
        body = start(app, "/rows")
        made = [(next(body), len(of(log, LIBRARY))) for _ in range(2)]
        body.close()
        assert made == [(b"a row\n", 1), (b"a row\n", 2)]

    @pytest.mark.parametrize("pieces", [None, 1, 0], ids=CLIENTS)
    def test_closing_reaches_the_body_that_flask_returned(self, app, log, pieces):
        serve(app, "/rows", pieces)
        assert log.messages.count("closed") == 1

    @pytest.mark.parametrize("pieces", [None, 1], ids=["stays", "leaves early"])
    def test_a_file_has_its_line(self, app, log, tmp_path, pieces):
        (tmp_path / "cover.png").write_bytes(bytes(100_000))
        app.add_url_rule("/cover", view_func=lambda: send_file(tmp_path / "cover.png"))
        sent = len(serve(app, "/cover", pieces))
        assert (sent < 100_000) == bool(pieces), "The file is sent in pieces."
        assert lines(log, "rule", "bytes") == [{"rule": "/cover", "bytes": sent}]


class TestStep4WhichRequestWasIt:
    def test_every_logger_tells_the_id_of_the_request(self, app, stamped):
        request_id = get(app, "/broken").headers.get("X-Request-ID")
        ids = {record.name: record.request_id for record in stamped.records}
        assert ids == dict.fromkeys(["library", app.logger.name, "access"], request_id)

    def test_a_streaming_body_logs_with_the_id_of_its_request(self, app, stamped):
        serve(app, "/rows")
        [line] = lines(stamped, "request_id")
        ids = {record.getMessage(): record.request_id for record in of(stamped, LIBRARY)}
        assert ids == dict.fromkeys(["a row", "closed"], line["request_id"])

    @pytest.mark.parametrize("pieces", [None, 1, 0], ids=CLIENTS)
    def test_outside_a_request_there_is_no_id(self, app, stamped, pieces):
        with ThreadPoolExecutor() as pool:  # In a thread that has not served any request.
            pool.submit(LIBRARY.warning, "before").result()
        serve(app, "/rows", pieces)
        LIBRARY.warning("after")
        [line], [access] = lines(stamped, "request_id"), of(stamped, ACCESS)
        ids = [record.request_id for record in (stamped.records[0], access, stamped.records[-1])]
        assert ids == ["-", line["request_id"], "-"]

    def test_ids_do_not_cross_threads(self, app, stamped):
        both = Barrier(2, timeout=5)

        @app.get("/meet/<name>")
        def meet(name):
            both.wait()  # Both requests have begun.
            LIBRARY.warning(request.path)
            both.wait()  # Neither has ended.
            return name

        with ThreadPoolExecutor() as pool:
            responses = pool.map(get, [app, app], ["/meet/ada", "/meet/bob"])
            ids = {r.request.path: r.headers.get("X-Request-ID") for r in responses}
        assert {line["path"]: line["request_id"] for line in lines(stamped)} == ids
        assert {r.getMessage(): r.request_id for r in of(stamped, LIBRARY)} == ids
        assert len(set(ids.values())) == 2, "Two requests have the same id."

    def test_starts_and_counts_do_not_cross_threads(self, app, log):
        body = start(app, "/rows")
        sent = len(next(body))
        with ThreadPoolExecutor() as pool:
            page = pool.submit(get, app, "/nowhere").result().data
        body.close()
        other = {"rule": None, "status": 404, "duration_ms": 250, "bytes": len(page)}
        rows = {"rule": "/rows", "status": 200, "duration_ms": 1500, "bytes": sent}
        assert lines(log, *rows) == [other, rows]
