"""What h07 asks for, step by step. The application and its log are in conftest.py."""

import json
import logging
import re
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from flask import request
from werkzeug.datastructures import MultiDict

ACCESS, LIBRARY = logging.getLogger("access"), logging.getLogger("library")
ANSWERS = [
    ("GET", "/books/7", "/books/<int:number>", 200),
    ("HEAD", "/books/7", "/books/<int:number>", 200),
    ("POST", "/login", "/login", 201),
    ("GET", "/closed", "/closed", 401),
    ("GET", "/nowhere", None, 404),
    ("POST", "/books/7", None, 405),
    ("DELETE", "/books/7", None, 405),
    ("OPTIONS", "/books/7", "/books/<int:number>", 200),
    ("GET", "/broken", "/broken", 500),
]
COOKIES = [("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")]
HEADERS = [("Content-Length", "10"), ("Content-Type", "text/html; charset=utf-8"), *COOKIES]
ACCEPTED = ("201 Come in", "Très bien", HEADERS)
SPECIAL = [
    "%0A",
    "%0D",
    "%22",
    "%1B[2K",
    "%7F",
    "%C2%85",
    "%E2%80%A8",
    "%2541",
    "%20 <b>%C3%89 %25d ",
]


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


def get(app, path, **options):
    """Return a response whose body has been read and closed."""
    return app.test_client().open(path, buffered=True, **options)


class TestStep1OneLineForEachRequest:
    def test_a_request_writes_one_line_of_json_at_level_info(self, app, log):
        get(app, "/books/7")
        line = {"method": "GET", "status": 200, "at level": "INFO"}
        assert lines(log, *line) == [line]

    def test_status_duration_and_bytes_are_whole_numbers(self, app, log):
        get(app, "/books/7")
        numbers = lines(log, "status", "duration_ms", "bytes")
        assert [{type(value) for value in line.values()} for line in numbers] == [{int}], numbers

    @pytest.mark.parametrize(("method", "path", "rule", "status"), ANSWERS)
    def test_every_answer_has_its_line(self, app, log, method, path, rule, status):
        response = get(app, path, method=method)
        line = {"method": method, "rule": rule, "status": status, "bytes": len(response.data)}
        line |= {"at level": "INFO", "request_id": response.headers.get("X-Request-ID")}
        assert lines(log, *line) == [line]

    @pytest.mark.parametrize(
        ("seconds", "milliseconds"), [(0, 253), (0.004, 257), (61.5071, 61760)]
    )
    def test_the_duration_is_in_milliseconds(self, app, log, clock, seconds, milliseconds):
        @app.get("/slow")
        def slow():
            clock.now += seconds
            return "at last"

        get(app, "/slow")
        assert lines(log, "rule", "duration_ms") == [{"rule": "/slow", "duration_ms": milliseconds}]

    def test_line_and_response_have_the_same_new_id(self, app, log):
        forged = {"X-Request-ID": "f" * 32}
        ids = [get(app, "/books/7", headers=forged).headers.get("X-Request-ID") for _ in range(2)]
        assert all(re.fullmatch("[0-9a-f]{32}", str(each)) for each in ids), f"X-Request-ID: {ids}"
        assert lines(log, "request_id") == [{"request_id": each} for each in ids]
        assert len({*ids, "f" * 32}) == 3, "An id is the client's, or that of another request."
        assert len({each[24:] for each in ids}) == 2, "The ids are not random: they end alike."

    def test_two_workers_make_different_ids(self, another_worker):
        workers = [another_worker().create_app(ACCESS) for _ in range(2)]
        ids = [get(worker, "/books/7").headers.get("X-Request-ID") for worker in workers]
        assert len({each[24:] for each in ids}) == 2, f"The ids are not random: {ids}"

    def test_two_applications_have_a_logger_and_a_clock_each(self, exercise, app, log):
        exercise.create_app(LIBRARY, lambda: 0.0)
        get(app, "/books/7")
        line = {"rule": "/books/<int:number>", "duration_ms": 253}
        assert lines(log, *line) == [line], "The second application has changed the first one."

    def test_the_response_is_otherwise_unchanged(self, app):
        response = get(app, "/login", method="POST")
        response.headers.remove("X-Request-ID")
        assert (response.status, response.text, sorted(response.headers)) == ACCEPTED


class TestStep2WhatStrangersSend:
    def test_safe_args_has_all_values_and_no_secrets(self, exercise):
        args = MultiDict(
            [("tag", "a"), ("Token", "s3cret"), ("tag", ""), ("Token", "s3cret"), ("tag", "a")]
        )
        others = {name: ["9"] for name in ("max_tokens", "token_type", "next_token", "key")}
        safe = {"tag": ["a", "", "a"], "Token": ["[redacted]"] * 2}
        assert exercise.safe_args(args | others) == safe | others

    def test_whatever_is_in_secret_args_is_secret(self, exercise):
        exercise.SECRET_ARGS.add("session_key")
        args = MultiDict([("session_key", "s3cret"), ("Session_KEY", ""), ("Key", " A ")])
        one = ["[redacted]"]
        safe = {"session_key": one, "Session_KEY": one, "Key": [" A "]}
        assert exercise.safe_args(args) == safe

    def test_secret_arguments_are_redacted_in_every_spelling(self, app, log):
        get(app, "/books/7?page=&token=s3cret&%74oken=s3cret&PASSWORD=s3cret&api_key=a%26s3cret")
        one = ["[redacted]"]
        args = {"page": [""], "token": one * 2, "PASSWORD": one, "api_key": one}
        assert lines(log, "path", "args") == [{"path": "/books/7", "args": args}]
        assert "s3cret" not in log.text

    def test_the_path_leaves_out_where_the_application_is_mounted(self, app, log):
        get(app, "/books/7", environ_overrides={"SCRIPT_NAME": "/library"})
        line = {"path": "/books/7", "rule": "/books/<int:number>", "status": 200}
        assert lines(log, *line) == [line]

    def test_headers_cookies_and_bodies_stay_out(self, app, log):
        names = ["Accept-Language", "Authorization", "Cookie", "Origin", "Referer", "User-Agent"]
        names += ["X-API-Key", "X-Forwarded-For"]
        text = {"data": "s3cret", "content_type": "text/plain; x=s3cret"}
        for body in ({"data": {"name": "s3cret"}}, {"json": "s3cret"}, text):
            headers = dict.fromkeys(names, "x=s3cret")
            with app.test_client(use_cookies=False) as client:
                client.post("/login", headers=headers, buffered=True, **body)
        assert lines(log, "path", "args") == [{"path": "/login", "args": {}}] * 3
        assert "s3cret" not in log.text

    def test_bytes_that_are_not_utf_8_have_their_line(self, app, log):
        get(app, "/", environ_overrides={"PATH_INFO": "/\xff"})
        assert lines(log, "path", "args") == [{"path": "/\ufffd", "args": {}}]

    @pytest.mark.parametrize("encoded", SPECIAL)
    def test_nobody_can_forge_a_line(self, app, log, encoded):
        sent = get(app, f'/nowhere{encoded}{{"status": 200}}{encoded}?{encoded}={encoded}').request
        line = {"path": sent.path, "args": sent.args.to_dict(flat=False)}
        assert lines(log, "path", "args") == [line]
        assert re.findall("[^ -~]", "".join(log.messages)) == []


class TestStep3WhichRequestWasIt:
    def test_every_logger_tells_the_id_of_the_request(self, app, stamped):
        request_id = get(app, "/broken").headers.get("X-Request-ID")
        ids = {record.name: record.request_id for record in stamped.records}
        assert ids == dict.fromkeys(["library", app.logger.name, "access"], request_id)

    def test_outside_a_request_there_is_no_id(self, app, stamped):
        with ThreadPoolExecutor() as pool:  # In a thread that has not served any request.
            pool.submit(LIBRARY.warning, "before").result()
        get(app, "/books/7")
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
        with ThreadPoolExecutor() as pool:

            @app.get("/outer")
            def outer():
                pool.submit(get, app, "/nowhere").result()
                return "outer"

            get(app, "/outer")
        inner, last = lines(log, "rule", "path", "status", "duration_ms", "bytes")
        assert (inner.pop("bytes") > 100, inner.pop("duration_ms")) == (True, 253)
        assert inner == {"rule": None, "path": "/nowhere", "status": 404}
        line = {"rule": "/outer", "path": "/outer", "status": 200, "duration_ms": 506, "bytes": 5}
        assert last == line
