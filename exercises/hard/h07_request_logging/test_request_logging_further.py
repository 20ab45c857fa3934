"""What h07 asks for further on, step by step. The application and its log are in conftest.py."""

import json
import logging
from concurrent.futures import ThreadPoolExecutor
from itertools import islice

import pytest
from flask import Response, send_file
from werkzeug.test import create_environ
from werkzeug.wsgi import ClosingIterator

ACCESS, LIBRARY = logging.getLogger("access"), logging.getLogger("library")
CLIENTS = {"stays": (3, 8253, 18), "leaves early": (1, 6253, 6), "hears nothing": (0, 5253, 0)}


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


class TestStep4UntilTheLastByte:
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

    def test_a_body_without_close_has_its_line(self, app, log):
        sent = serve(app, "/ready")
        assert lines(log, "rule", "bytes") == [{"rule": "/ready", "bytes": len(sent)}]

    @pytest.mark.parametrize("pieces", [None, 1], ids=["stays", "leaves early"])
    def test_a_body_that_cannot_be_closed_has_its_line(self, app, stamped, pieces):
        def fail():
            raise OSError("the disk is away")

        @app.get("/stuck")
        def stuck():
            response = Response(iter([b"so far", b" so good"]))
            response.call_on_close(fail)
            return response

        with pytest.raises(OSError, match="the disk is away"):
            serve(app, "/stuck", pieces)
        LIBRARY.warning("after")
        line = {"rule": "/stuck", "status": 200, "bytes": 6 if pieces else 14}
        assert lines(stamped, *line) == [line]
        assert stamped.records[-1].request_id == "-"

    def test_a_streaming_body_logs_with_the_id_of_its_request(self, app, stamped):
        serve(app, "/rows")
        [line] = lines(stamped, "request_id")
        ids = {record.getMessage(): record.request_id for record in of(stamped, LIBRARY)}
        assert ids == dict.fromkeys(["a row", "closed"], line["request_id"])

    @pytest.mark.parametrize("pieces", [None, 1, 0], ids=CLIENTS)
    def test_after_a_stream_there_is_no_id(self, app, stamped, pieces):
        serve(app, "/rows", pieces)
        LIBRARY.warning("after")
        [line], [access] = lines(stamped, "request_id"), of(stamped, ACCESS)
        ids = [record.request_id for record in (access, stamped.records[-1])]
        assert ids == [line["request_id"], "-"]

    def test_a_stream_and_a_page_at_once_keep_apart(self, app, log):
        body = start(app, "/rows")
        sent = len(next(body))
        with ThreadPoolExecutor() as pool:
            page = pool.submit(get, app, "/nowhere").result().data
        body.close()
        other = {"rule": None, "status": 404, "duration_ms": 253, "bytes": len(page)}
        rows = {"rule": "/rows", "status": 200, "duration_ms": 1506, "bytes": sent}
        assert lines(log, *rows) == [other, rows]
