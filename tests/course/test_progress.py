"""The progress file is whole at any moment, and a bad one is never fatal."""

import os
import signal
from pathlib import Path

import pytest

from kata.course import progress
from kata.course.progress import Progress
from kata.judge.lifetime import fork


def test_what_is_saved_is_loaded(tmp_path: Path):
    progress.save(tmp_path, Progress({"e02", "e01"}, {"e01"}, {"e01": "state"}))

    assert progress.load(tmp_path) == Progress({"e01", "e02"}, {"e01"}, {"e01": "state"})


def test_a_missing_file_is_an_empty_progress(tmp_path: Path):
    assert progress.load(tmp_path) == Progress()


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", '{"solved": 3}', '{"solved": [], "seen": []}', "\0"]
)
def test_a_damaged_file_is_put_aside_and_said(tmp_path: Path, text):
    file = progress.file_in(tmp_path)
    file.parent.mkdir()
    file.write_text(text)

    loaded = progress.load(tmp_path)

    assert loaded.solved == set()
    assert "progress.broken.json" in str(loaded.message)
    assert file.with_name("progress.broken.json").read_text() == text
    assert not file.exists()


def test_a_file_that_is_not_text_is_put_aside(tmp_path: Path):
    file = progress.file_in(tmp_path)
    file.parent.mkdir()
    file.write_bytes(b"\xff\xfe")

    assert "progress.broken.json" in str(progress.load(tmp_path).message)


def test_a_killed_write_leaves_the_old_file_whole(tmp_path: Path):
    progress.save(tmp_path, Progress({"e01"}))
    pid = fork()
    if pid == 0:
        os.fsync = lambda descriptor: os.kill(os.getpid(), signal.SIGKILL)
        progress.save(tmp_path, Progress({"e01", "e02"}))
        os._exit(0)
    _, status = os.waitpid(pid, 0)

    assert os.WTERMSIG(status) == signal.SIGKILL
    assert progress.load(tmp_path).solved == {"e01"}


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path):
    (tmp_path / ".kata").write_text("in the way")

    assert "could not be saved" in str(progress.save(tmp_path, Progress()))
