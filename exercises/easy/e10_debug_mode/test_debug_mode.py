"""What e10 asks for, step by step."""

import re
import socket

import pytest


class TestStep1OnOffOrAnError:
    @pytest.mark.parametrize("word", ["1", "true", "yes", "True", "YES", "yEs"])
    def test_a_word_for_on_is_on(self, exercise, word):
        assert exercise.debug_enabled({"FLASK_DEBUG": word}) is True

    @pytest.mark.parametrize("word", ["0", "false", "no", "False", "NO", "nO"])
    def test_a_word_for_off_is_off(self, exercise, word):
        assert exercise.debug_enabled({"FLASK_DEBUG": word}) is False

    @pytest.mark.parametrize("environ", [{"FLASK_DEBUG": ""}, {}], ids=["empty", "missing"])
    def test_without_a_word_debug_is_off(self, exercise, environ):
        assert exercise.debug_enabled(environ) is False

    @pytest.mark.parametrize(
        "word",
        ["off", "on", "production", "n", "y", "2", "flase", "None", "01", "0 ", " 1", " "],
        ids=lambda word: word.replace(" ", "_"),
    )
    def test_any_other_word_is_an_error(self, exercise, word):
        with pytest.raises(ValueError, match="FLASK_DEBUG"):
            exercise.debug_enabled({"FLASK_DEBUG": word})


class TestStep2WhatAVisitorSees:
    def test_without_debug_a_visitor_sees_the_error_page(self, exercise):
        client = exercise.create_app({"FLASK_DEBUG": "0"}).test_client()

        response = client.get("/report")

        assert (response.status_code, response.text) == (500, "Something went wrong.")

    def test_with_debug_the_exception_comes_through(self, exercise):
        client = exercise.create_app({"FLASK_DEBUG": "1"}).test_client()

        with pytest.raises(ConnectionError, match="cannot reach"):
            client.get("/report")

    @pytest.mark.parametrize(
        ("given", "own", "debug"),
        [({"FLASK_DEBUG": "1"}, "0", True), ({"FLASK_DEBUG": "0"}, "1", False), ({}, "1", False)],
        ids=["on", "off", "missing"],
    )
    def test_only_the_given_environment_decides(self, exercise, monkeypatch, given, own, debug):
        monkeypatch.setenv("FLASK_DEBUG", own)

        app = exercise.create_app(given)

        assert app.debug is debug, f"The process itself has FLASK_DEBUG={own}."

    def test_an_unclear_word_makes_no_application(self, exercise):
        with pytest.raises(ValueError, match="FLASK_DEBUG"):
            exercise.create_app({"FLASK_DEBUG": "off"})


class TestStep3NoDebuggerOnTheNetwork:
    def test_by_default_the_host_is_loopback_and_debug_is_off(self, exercise):
        assert exercise.run_options({}) == {"host": "127.0.0.1", "debug": False}

    def test_debug_is_passed_on(self, exercise):
        options = exercise.run_options({"FLASK_DEBUG": "yes"})

        assert options == {"host": "127.0.0.1", "debug": True}

    @pytest.mark.parametrize(
        "host",
        ["127.0.0.1", "127.8.9.10", "::1", "localhost"],
        ids=["127.0.0.1", "127.8.9.10", "IPv6", "localhost"],
    )
    def test_debug_is_fine_on_loopback(self, exercise, host):
        options = exercise.run_options({"FLASK_DEBUG": "1", "FLASK_RUN_HOST": host})

        assert options == {"host": host, "debug": True}

    @pytest.mark.parametrize(
        "host",
        [
            *("0.0.0.0", "::", "192.168.1.20", "8.8.8.8", "example.com"),
            *("127.0.0.1.example.com", "127.0.example.com", "localhost.example.com"),
            "app.localhost",
        ],
        ids=[
            *("0.0.0.0", "all_IPv6", "192.168.1.20", "8.8.8.8", "example.com"),
            *("127.0.0.1.example.com", "127.0.example.com", "localhost.example.com"),
            "app.localhost",
        ],
    )
    def test_debug_is_refused_on_any_other_host(self, exercise, host):
        with pytest.raises(ValueError, match=re.escape(host)):
            exercise.run_options({"FLASK_DEBUG": "1", "FLASK_RUN_HOST": host})

    def test_a_name_is_refused_wherever_it_leads(self, exercise, monkeypatch):
        """A name that leads to this machine today may lead to another address tomorrow."""
        address = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 5000))]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **options: address)
        monkeypatch.setattr(socket, "gethostbyname", lambda name: "127.0.0.1")

        with pytest.raises(ValueError, match=re.escape("dev.example.com")):
            exercise.run_options({"FLASK_DEBUG": "1", "FLASK_RUN_HOST": "dev.example.com"})

    @pytest.mark.parametrize(
        "host", ["0.0.0.0", "::", "example.com"], ids=["all_IPv4", "all_IPv6", "name"]
    )
    def test_without_debug_any_host_is_fine(self, exercise, host):
        options = exercise.run_options({"FLASK_DEBUG": "0", "FLASK_RUN_HOST": host})

        assert options == {"host": host, "debug": False}

    def test_an_unclear_word_gives_no_options(self, exercise):
        with pytest.raises(ValueError, match="FLASK_DEBUG"):
            exercise.run_options({"FLASK_DEBUG": "off"})


class TestStep4OneScheduler:
    @pytest.mark.parametrize(
        "environ",
        [{}, {"FLASK_DEBUG": "no"}, {"FLASK_DEBUG": "0", "WERKZEUG_RUN_MAIN": "true"}],
        ids=["missing", "no", "reloader_of_somebody_else"],
    )
    def test_without_debug_the_process_starts_it(self, exercise, environ):
        assert exercise.should_start_scheduler(environ) is True

    @pytest.mark.parametrize("word", ["1", "yes"])
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

    def test_an_unclear_word_starts_nothing(self, exercise):
        with pytest.raises(ValueError, match="FLASK_DEBUG"):
            exercise.should_start_scheduler({"FLASK_DEBUG": "off"})
