"""What the core of e10 asks for, step by step."""

import pytest


def error_of(function, environ):
    """Return the message of the ValueError that ``function`` raises."""
    try:
        result = function(environ)
    except ValueError as error:
        return str(error)
    pytest.fail(f"{function.__name__}({environ}) raises no ValueError; it returns {result!r}.")


def visit(app):
    """Return what a visitor of /report gets: a response, or the exception that no page hides."""
    try:
        return app.test_client().get("/report")
    except ConnectionError as error:
        return error


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
        ["off", "on", "production", "n", "y", "t", "f", "2", "-1", "01", "1.0", "flase", "None"],
    )
    def test_any_other_word_is_an_error(self, exercise, word):
        assert "FLASK_DEBUG" in error_of(exercise.debug_enabled, {"FLASK_DEBUG": word})

    @pytest.mark.parametrize(
        "word", ["0 ", " 1", "yes\n", " "], ids=["after_0", "before_1", "line_break", "alone"]
    )
    def test_a_word_with_a_space_is_an_error(self, exercise, word):
        assert "FLASK_DEBUG" in error_of(exercise.debug_enabled, {"FLASK_DEBUG": word})

    @pytest.mark.parametrize(
        ("given", "own", "debug"),
        [({"FLASK_DEBUG": "1"}, "0", True), ({"FLASK_DEBUG": "0"}, "1", False), ({}, "1", False)],
        ids=["on", "off", "missing"],
    )
    def test_only_the_argument_is_read(self, exercise, monkeypatch, given, own, debug):
        monkeypatch.setenv("FLASK_DEBUG", own)

        result = exercise.debug_enabled(given)

        assert result is debug, f"The process itself has FLASK_DEBUG={own}."


class TestStep2WhatAVisitorSees:
    def test_without_debug_a_visitor_sees_the_error_page(self, exercise):
        app = exercise.create_app({"FLASK_DEBUG": "0"})
        settings = {"debug": app.debug, "testing": app.testing}

        seen = visit(app)

        assert not isinstance(seen, ConnectionError), f"The exception came out, with {settings}."
        assert (seen.status_code, seen.text) == (500, "Something went wrong.")

    def test_with_debug_a_visitor_sees_no_error_page(self, exercise):
        app = exercise.create_app({"FLASK_DEBUG": "1"})

        seen = visit(app)

        assert isinstance(seen, ConnectionError), f"A page came, with app.debug = {app.debug}."

    @pytest.mark.parametrize(
        ("given", "own", "debug"),
        [
            ({"FLASK_DEBUG": "yes"}, "0", True),
            ({"FLASK_DEBUG": "No"}, "1", False),
            ({}, "1", False),
        ],
        ids=["on", "off", "missing"],
    )
    def test_debug_is_what_the_argument_says(self, exercise, monkeypatch, given, own, debug):
        monkeypatch.setenv("FLASK_DEBUG", own)

        app = exercise.create_app(given)

        assert app.debug is debug, f"The process itself has FLASK_DEBUG={own}."

    def test_an_unclear_word_makes_no_application(self, exercise):
        assert "FLASK_DEBUG" in error_of(exercise.create_app, {"FLASK_DEBUG": "off"})


class TestStep3NoDebuggerOnTheNetwork:
    def test_by_default_the_host_is_this_machine_and_debug_is_off(self, exercise):
        assert exercise.run_options({}) == {"host": "127.0.0.1", "debug": False}

    def test_debug_is_passed_on(self, exercise):
        options = exercise.run_options({"FLASK_DEBUG": "yes"})

        assert options == {"host": "127.0.0.1", "debug": True}

    @pytest.mark.parametrize(
        "host", ["127.0.0.1", "::1", "localhost"], ids=["IPv4", "IPv6", "name"]
    )
    def test_debug_is_fine_on_this_machine(self, exercise, host):
        options = exercise.run_options({"FLASK_DEBUG": "1", "FLASK_RUN_HOST": host})

        assert options == {"host": host, "debug": True}

    @pytest.mark.parametrize(
        "host",
        [
            pytest.param(host, id=host.replace(":", "_").replace(" ", "_") or "empty")
            for host in (
                *("0.0.0.0", "::", "192.168.1.20", "8.8.8.8", "126.255.255.255", "128.0.0.0"),
                *("::2", "0:0:0:0:0:0:0:1", "::1%lo", "", " 127.0.0.1", "127.0.0.1 "),
                *("example.com", "127.0.0.1.example.com", "127.0.example.com"),
                *("localhost.example.com", "app.localhost", "LOCALHOST", "localhost.", "[::1]"),
            )
        ],
    )
    def test_debug_is_refused_on_any_other_host(self, exercise, host):
        environ = {"FLASK_DEBUG": "1", "FLASK_RUN_HOST": host}

        assert host in error_of(exercise.run_options, environ)

    @pytest.mark.parametrize(
        "host", ["0.0.0.0", "::", "example.com", ""], ids=["IPv4", "IPv6", "name", "empty"]
    )
    def test_without_debug_every_host_is_fine(self, exercise, host):
        options = exercise.run_options({"FLASK_DEBUG": "0", "FLASK_RUN_HOST": host})

        assert options == {"host": host, "debug": False}

    def test_only_the_argument_decides(self, exercise, monkeypatch):
        monkeypatch.setenv("FLASK_DEBUG", "1")
        monkeypatch.setenv("FLASK_RUN_HOST", "0.0.0.0")

        options = exercise.run_options({})

        assert options == {"host": "127.0.0.1", "debug": False}, "That is from the process itself."

    def test_an_unclear_word_gives_no_options(self, exercise):
        assert "FLASK_DEBUG" in error_of(exercise.run_options, {"FLASK_DEBUG": "off"})
