"""What e10 asks for beyond its core, step by step."""

import re
import socket

import pytest


def error_of(function, environ):
    """Return the message of the ValueError that ``function`` raises."""
    try:
        result = function(environ)
    except ValueError as error:
        return str(error)
    pytest.fail(f"{function.__name__}({environ}) raises no ValueError; it returns {result!r}.")


class TestStep4AllOfLoopback:
    @pytest.mark.parametrize("host", ["127.0.0.0", "127.8.9.10", "127.0.1.1", "127.255.255.255"])
    def test_debug_is_fine_on_every_address_of_loopback(self, exercise, host):
        options = exercise.run_options({"FLASK_DEBUG": "1", "FLASK_RUN_HOST": host})

        assert options == {"host": host, "debug": True}

    @pytest.mark.parametrize(
        "host",
        [
            pytest.param(host, id=re.sub(r"[:/\n]", "_", host))
            for host in (
                *("127.1", "127.0.1", "127", "2130706433", "0x7f.0.0.1", "127.0.0.0x1"),
                *("127.0.0.256", "127.999.1.1", "127.0.0.01", "127.0.0.-1", "127.0.0.1.1"),
                *("127.8.9.10\n", "127.0.0.1/8", "::ffff:127.0.0.1", "127.0.0.1:80", "127.0.0."),
                "127.0.0.٣",
            )
        ],
    )
    def test_another_spelling_is_refused(self, exercise, host):
        environ = {"FLASK_DEBUG": "1", "FLASK_RUN_HOST": host}

        assert host.strip() in error_of(exercise.run_options, environ)

    def test_a_name_is_refused_wherever_it_leads(self, exercise, monkeypatch):
        """A name that leads to this machine today may lead to another address tomorrow."""
        address = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 5000))]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **options: address)
        monkeypatch.setattr(socket, "gethostbyname", lambda name: "127.0.0.1")
        environ = {"FLASK_DEBUG": "1", "FLASK_RUN_HOST": "dev.example.com"}

        assert "dev.example.com" in error_of(exercise.run_options, environ)


class TestStep5OneScheduler:
    @pytest.mark.parametrize(
        "environ",
        [
            *({}, {"FLASK_DEBUG": "no"}),
            *({"FLASK_DEBUG": "0", "WERKZEUG_RUN_MAIN": value} for value in ("true", "false")),
        ],
        ids=["missing", "no", "reloader_of_somebody_else", "another_value"],
    )
    def test_without_debug_the_process_starts_it(self, exercise, environ):
        assert exercise.should_start_scheduler(environ) is True

    @pytest.mark.parametrize("word", ["1", "yes", "TRUE"])
    def test_of_the_two_processes_of_the_reloader_only_the_serving_one_starts_it(
        self, exercise, word
    ):
        first = {"FLASK_DEBUG": word}
        serving = first | {"WERKZEUG_RUN_MAIN": "true"}

        starts = {
            "first": exercise.should_start_scheduler(first),
            "serving": exercise.should_start_scheduler(serving),
        }

        assert starts == {"first": False, "serving": True}

    @pytest.mark.parametrize("value", ["false", "", "0", "1", "TRUE", "true "])
    def test_only_the_exact_word_marks_the_serving_process(self, exercise, value):
        environ = {"FLASK_DEBUG": "1", "WERKZEUG_RUN_MAIN": value}

        assert exercise.should_start_scheduler(environ) is False

    @pytest.mark.parametrize(
        ("given", "own", "starts"),
        [
            ({}, {"FLASK_DEBUG": "1"}, True),
            ({"FLASK_DEBUG": "1"}, {"FLASK_DEBUG": "0", "WERKZEUG_RUN_MAIN": "true"}, False),
        ],
        ids=["debug", "reloader"],
    )
    def test_the_environment_of_the_process_changes_nothing(
        self, exercise, monkeypatch, given, own, starts
    ):
        for name, value in own.items():
            monkeypatch.setenv(name, value)

        result = exercise.should_start_scheduler(given)

        assert result is starts, f"The process itself has {own}."

    @pytest.mark.parametrize("reloader", [{}, {"WERKZEUG_RUN_MAIN": "true"}], ids=["no", "yes"])
    def test_an_unclear_word_starts_nothing(self, exercise, reloader):
        environ = {"FLASK_DEBUG": "off"} | reloader

        assert "FLASK_DEBUG" in error_of(exercise.should_start_scheduler, environ)
