"""The loader runs a learner's module afresh and leaves nothing behind."""

import os
import sys
from pathlib import Path

import pytest

from kata.judge.loader import MissingName, loaded
from kata.judge.reading import LearnerError


@pytest.fixture
def write(tmp_path: Path):
    """Return a function that writes files of a learner and returns the first."""

    def write(**files: str) -> Path:
        for name, text in files.items():
            (tmp_path / f"{name}.py").write_text(text)
        return tmp_path / f"{next(iter(files))}.py"

    return write


def test_the_module_is_executed_afresh_every_time(write):
    file = write(stub="things = []")
    with loaded(file) as module:
        module.things.append(1)

    with loaded(file) as module:
        assert module.things == []


def test_a_changed_file_is_read_again(write):
    with loaded(write(stub="answer = 1")) as module:
        assert module.answer == 1

    with loaded(write(stub="answer = 2")) as module:
        assert module.answer == 2


def test_the_module_is_known_by_its_slug_while_it_is_loaded(write):
    with loaded(write(stub="")) as module:
        assert sys.modules["stub"] is module
        assert module.__name__ == "stub"

    assert "stub" not in sys.modules


def test_sibling_modules_resolve_and_are_forgotten(write):
    file = write(stub="from sibling import word", sibling="word = 'first'")
    with loaded(file) as module:
        assert module.word == "first"
    write(sibling="word = 'next'")

    with loaded(file) as module:
        assert module.word == "next"
    assert "sibling" not in sys.modules
    assert str(file.parent) not in sys.path


def test_templates_are_found_beside_the_module(write):
    file = write(stub="from flask import Flask\napp = Flask(__name__)")

    with loaded(file) as module:
        assert module.app.root_path == str(file.parent)


def test_no_bytecode_is_left_that_could_go_stale(write):
    with loaded(write(stub="import sibling", sibling="")):
        pass

    assert not list(Path(write(stub="")).parent.rglob("*.pyc"))


def test_a_module_of_that_name_that_was_there_before_is_there_again(write, monkeypatch):
    monkeypatch.setitem(sys.modules, "stub", pytest)

    with loaded(write(stub="")):
        pass

    assert sys.modules["stub"] is pytest


def test_a_missing_name_is_asked_for_by_its_name(write):
    with loaded(write(stub="def creat_app(): ...")) as module, pytest.raises(MissingName) as error:
        module.create_app()

    assert error.value.sentence == (
        "The exercise asks for `create_app`, and the file has none. It has `creat_app`: is one of the two misspelled?"
    )


def test_an_error_in_a_sibling_is_placed_there(write):
    file = write(stub="import sibling", sibling="\n1 / 0\n")

    with pytest.raises(LearnerError) as error, loaded(file):
        pass

    assert (error.value.file.name, error.value.line) == ("sibling.py", 2)


def test_a_syntax_error_in_a_sibling_is_placed_there(write):
    file = write(stub="import sibling", sibling="\n\ndef (\n")

    with pytest.raises(LearnerError) as error, loaded(file):
        pass

    assert (error.value.file.name, error.value.line) == ("sibling.py", 3)


def test_an_encoding_that_the_file_declares_is_respected(tmp_path):
    file = tmp_path / "stub.py"
    file.write_bytes("# coding: latin-1\nword = 'é'\n".encode("latin-1"))

    with loaded(file) as module:
        assert module.word == "é"


@pytest.mark.parametrize(
    "server",
    [
        "Flask(__name__).run()",
        "from werkzeug.serving import run_simple\nrun_simple('localhost', 0, None)",
    ],
    ids=["Flask", "Werkzeug"],
)
def test_a_server_is_refused_and_its_line_named(write, server):
    file = write(stub=f"from flask import Flask\n{server}\n")

    with pytest.raises(LearnerError, match="starts the development server") as error, loaded(file):
        pass

    assert error.value.line == len(file.read_text().splitlines())


def test_a_server_below_the_main_guard_is_left_alone(write):
    file = write(
        stub="from flask import Flask\nif __name__ == '__main__':\n    Flask(__name__).run()\n"
    )

    with loaded(file) as module:
        assert module.Flask


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ("word = 1\n".encode("utf-16"), "UTF-16"),
        (b"# coding: foo\n", "name: unknown encoding: foo"),
        (b"# coding: rot13\n", "in the encoding that its first lines name"),
        (b"# coding: ascii\nword = '\xc3'\n", "in the encoding that its first lines name"),
        (b"word = " + b"-" * 100_000 + b"1\n", "nested too deeply"),
        (b"word = 1" + b" + 1" * 100_000 + b"\n", "nested too deeply"),
    ],
    ids=["UTF-16", "no encoding", "no text encoding", "another encoding", "signs", "a sum"],
)
def test_a_file_that_cannot_be_compiled_is_said_to_be_so(tmp_path, raw, words):
    file = tmp_path / "stub.py"
    file.write_bytes(raw)

    with pytest.raises(LearnerError) as error, loaded(file):
        pass

    assert words in error.value.sentence


def test_what_is_no_file_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "stub.py")

    with pytest.raises(LearnerError, match="it is a FIFO"), loaded(tmp_path / "stub.py"):
        pass


def test_a_name_is_missing_in_the_file_whatever_the_module_says_of_itself(write):
    file = write(stub="del __file__")

    with loaded(file) as module, pytest.raises(MissingName) as error:
        module.create_app()

    assert error.value.file == file
