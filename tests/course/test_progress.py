"""The progress file is whole at any moment, belongs to all who save it, and a bad one is never fatal."""

import errno
import itertools
import os
import resource
import signal
import socket
import sys
from pathlib import Path

import pytest

from kata.course import locking, progress
from kata.course.progress import Progress
from kata.judge.lifetime import fork

GOOD = '{"solved": ["e01"], "seen": {}}'


def solve(root: Path, *ids: str) -> Progress:
    """Note that exercises are solved, and return the progress."""
    return progress.update(root, lambda state: state.solved.update(ids))


def put(root: Path, content: bytes | str) -> Path:
    file = progress.file_in(root)
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return file


def names(root: Path) -> list[str]:
    """List what is in the folder of the progress."""
    return sorted(path.name for path in progress.file_in(root).parent.iterdir())


def test_what_is_saved_is_loaded(tmp_path: Path):
    def change(state: Progress) -> None:
        state.solved, state.mastered = {"e02", "e01"}, {"e01"}
        state.seen, state.failing, state.hints = {"e01": "state"}, {"e02": 2}, {"e02/1": 3}
        state.reached, state.current = {"e02": (3, 9)}, "e02"

    progress.update(tmp_path, change)

    assert progress.load(tmp_path) == Progress(
        solved={"e01", "e02"},
        mastered={"e01"},
        seen={"e01": "state"},
        failing={"e02": 2},
        reached={"e02": (3, 9)},
        hints={"e02/1": 3},
        current="e02",
    )


def test_a_missing_file_is_an_empty_progress(tmp_path: Path):
    assert progress.load(tmp_path) == Progress()


def test_nothing_is_written_where_nothing_changes(tmp_path: Path):
    assert progress.update(tmp_path, lambda state: None) == Progress()
    assert not progress.file_in(tmp_path).parent.exists()


DAMAGED = {
    "nothing": b"",
    "half": b'{"solved": ["e0',
    "a list": b"[]",
    "null": b"null",
    "a number for the solved": b'{"solved": 3}',
    "a text for the solved": b'{"solved": "e01", "seen": {}}',
    "a list for the seen": b'{"solved": [], "seen": []}',
    "an infinite step": b'{"solved": [], "seen": {}, "failing": {"e01": 1e999}}',
    "no number for a step": b'{"solved": [], "seen": {}, "failing": {"e01": "two"}}',
    "NUL": b"\0" * 4096,
    "no UTF-8": b'{"solved": ["\xff"], "seen": {}}',
    "deep": b"[" * 200_000,
    "a long number": b"1" * 10_000,
    "a picture": bytes(range(256)) * 16,
}


@pytest.mark.parametrize("content", DAMAGED.values(), ids=DAMAGED)
def test_a_damaged_file_is_put_aside_whole_and_said(tmp_path: Path, content):
    file = put(tmp_path, content)

    found = progress.recover(tmp_path)

    assert found.solved == set()
    assert str(found.message).startswith(
        ".kata/progress.json was damaged and is now progress.broken-1.json: progress starts from zero."
    )
    assert file.with_name("progress.broken-1.json").read_bytes() == content
    assert not file.exists()


@pytest.mark.parametrize("content", DAMAGED.values(), ids=DAMAGED)
def test_looking_at_a_damaged_file_says_so_and_leaves_it(tmp_path: Path, content):
    file = put(tmp_path, content)

    assert str(progress.load(tmp_path).message).startswith(".kata/progress.json is damaged")
    assert file.read_bytes() == content


def test_a_file_of_any_size_is_put_aside_without_being_read_whole(tmp_path: Path):
    file = put(tmp_path, "")
    os.truncate(file, 1 << 40)

    assert "was damaged" in str(progress.recover(tmp_path).message)
    assert file.with_name("progress.broken-1.json").stat().st_size == 1 << 40


def test_each_damaged_file_gets_a_name_of_its_own(tmp_path: Path):
    for n in (1, 2, 3):
        put(tmp_path, f"broken {n}")
        progress.recover(tmp_path)

    kept = [tmp_path / f".kata/progress.broken-{n}.json" for n in (1, 2, 3)]
    assert [file.read_text() for file in kept] == ["broken 1", "broken 2", "broken 3"]
    assert progress.load(tmp_path) == Progress()


def test_a_save_after_damage_says_it_and_keeps_what_is_new(tmp_path: Path):
    put(tmp_path, "{")

    saved = solve(tmp_path, "e02")

    assert "was damaged" in str(saved.message)
    assert progress.load(tmp_path) == Progress({"e02"})


def a_folder(file: Path) -> None:
    file.mkdir()


def a_full_folder(file: Path) -> None:
    file.mkdir()
    (file / "mine").touch()


def a_fifo(file: Path) -> None:
    os.mkfifo(file)


def a_socket(file: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        descriptor = os.open(file.parent, os.O_RDONLY)  # A path of a socket has to be short.
        server.bind(f"/proc/self/fd/{descriptor}/{file.name}" if sys.platform == "linux" else file)
        os.close(descriptor)


def a_link_to_a_device(file: Path) -> None:
    file.symlink_to("/dev/zero")


def a_dangling_link(file: Path) -> None:
    file.symlink_to("nowhere")


def a_link_to_itself(file: Path) -> None:
    file.symlink_to(file.name)


IN_THE_WAY = [
    (a_folder, "it is a folder"),
    (a_full_folder, "it is a folder"),
    (a_fifo, "it is a FIFO"),
    (a_socket, "it is a socket"),
    (a_link_to_a_device, "it is a device"),
    (a_dangling_link, "it is a link that leads nowhere"),
    (a_link_to_itself, os.strerror(errno.ELOOP)),
]


@pytest.mark.parametrize(("make", "reason"), IN_THE_WAY, ids=[m.__name__ for m, _ in IN_THE_WAY])
def test_what_is_no_file_is_said_and_left_as_it_is(tmp_path: Path, make, reason):
    file = progress.file_in(tmp_path)
    file.parent.mkdir()
    make(file)
    before = file.lstat()

    for state in (progress.load(tmp_path), progress.recover(tmp_path), solve(tmp_path, "e01")):
        assert state.unreadable
        assert state.message == (
            f".kata/progress.json cannot be read ({reason}), so progress is unknown and nothing is saved. "
            "To see what stands there: ls -la .kata"
        )
    after = file.lstat()
    assert (after.st_ino, after.st_mode, after.st_mtime_ns) == (
        before.st_ino,
        before.st_mode,
        before.st_mtime_ns,
    )
    assert names(tmp_path) == [file.name]


@pytest.mark.parametrize("code", [errno.EACCES, errno.EIO, errno.EMFILE], ids=errno.errorcode.get)
def test_a_file_that_the_system_does_not_let_read_is_never_written_over(tmp_path: Path, code):
    file = put(tmp_path, GOOD)
    pid = fork()
    if pid == 0:  # A hook cannot be taken away again.

        def refuse(event: str, arguments: tuple) -> None:
            if event == "open" and Path(str(arguments[0])) == file:
                raise OSError(code, os.strerror(code), str(file))

        sys.addaudithook(refuse)
        state = solve(tmp_path, "e02")
        os._exit(0 if state.unreadable and os.strerror(code) in str(state.message) else 1)

    assert os.waitpid(pid, 0)[1] == 0
    assert file.read_text() == GOOD
    assert progress.load(tmp_path).solved == {"e01"}


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_a_file_without_the_right_to_read_it_is_never_written_over(tmp_path: Path):
    file = put(tmp_path, GOOD)
    file.chmod(0)

    assert solve(tmp_path, "e02").unreadable
    file.chmod(0o600)
    assert file.read_text() == GOOD


def test_a_link_to_a_file_elsewhere_stays_one(tmp_path: Path):
    elsewhere = tmp_path / "elsewhere.json"
    put(tmp_path, GOOD).rename(elsewhere)
    progress.file_in(tmp_path).symlink_to(elsewhere)

    solve(tmp_path, "e02")

    assert progress.file_in(tmp_path).is_symlink()
    assert '"e02"' in elsewhere.read_text()


@pytest.mark.parametrize("name", [".kata", ".kata/progress.lock"])
def test_what_stands_in_the_way_of_a_save_is_said(tmp_path: Path, name):
    if name == ".kata":
        (tmp_path / name).symlink_to("nowhere")
    else:
        (tmp_path / name).mkdir(parents=True)

    saved = solve(tmp_path, "e01")

    assert str(saved.message).startswith("Progress could not be saved in .kata/progress.json (")
    assert str(saved.message).endswith("To see why: kata doctor")
    assert saved.solved == {"e01"}


@pytest.mark.parametrize(
    "code", [errno.ENOSPC, errno.EROFS, errno.EACCES, errno.EDQUOT], ids=errno.errorcode.get
)
@pytest.mark.parametrize("content", [None, GOOD, "{"], ids=["no file", "a file", "a damaged file"])
def test_a_disk_that_takes_nothing_costs_a_sentence(tmp_path: Path, failures, code, content):
    if content is not None:
        put(tmp_path, content)
    points = 0

    def save() -> bool:
        return os.strerror(code) in str(solve(tmp_path, "e02").message)

    for said in failures(save, code):
        points += 1
        assert said
        kept = [file.read_text() for file in tmp_path.glob(".kata/progress.*json")]
        assert kept == ([] if content is None else [content])
        if content == "{" and not progress.file_in(tmp_path).exists():
            next(tmp_path.glob(".kata/progress.*json")).rename(progress.file_in(tmp_path))

    assert points > 2
    assert progress.load(tmp_path).solved == ({"e01", "e02"} if content == GOOD else {"e02"})


def test_a_disk_that_fills_up_while_writing_leaves_the_old_file_whole(tmp_path: Path):
    file = put(tmp_path, GOOD)
    pid = fork()
    if pid == 0:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (10, 10))
        os._exit(0 if os.strerror(errno.EFBIG) in str(solve(tmp_path, "e02").message) else 1)

    assert os.waitpid(pid, 0)[1] == 0
    assert file.read_text() == GOOD
    assert names(tmp_path) == ["journal.jsonl", "progress.json", "progress.lock"]


def test_killed_at_any_file_operation_it_is_the_old_or_the_new_one(tmp_path: Path, kills):
    solve(tmp_path, "e01")
    found = []

    for _ in kills(lambda: solve(tmp_path, "e02")):
        state = progress.load(tmp_path)
        assert state.message is None
        assert {"e01"} <= state.solved
        found.append(state.solved)
        progress.update(tmp_path, lambda state: state.solved.discard("e02"))
        solve(tmp_path, "e03")
        assert progress.load(tmp_path).solved == {"e01", "e03"}
        assert names(tmp_path) == ["journal.jsonl", "progress.json", "progress.lock"]
        progress.update(tmp_path, lambda state: state.solved.discard("e03"))

    assert len(found) > 4
    assert progress.load(tmp_path).solved == {"e01", "e02"}


def test_a_save_between_reading_and_writing_is_not_lost(tmp_path: Path):
    calls = itertools.count()

    def change(state: Progress) -> None:
        if next(calls) == 0:
            solve(tmp_path, "e03")
        state.solved.add("e02")

    saved = progress.update(tmp_path, change)

    assert saved.solved == {"e02", "e03"}
    assert progress.load(tmp_path).solved == {"e02", "e03"}


def test_processes_that_save_at_the_same_moment_lose_nothing(tmp_path: Path):
    start, go = os.pipe()
    children = []
    for n in range(4):
        pid = fork()
        if pid == 0:
            os.close(go)
            os.read(start, 1)
            said = [solve(tmp_path, f"e{n}{m}").message for m in range(5)]
            os._exit(any(said))
        children.append(pid)
    os.close(start)
    os.close(go)

    assert [os.waitpid(pid, 0)[1] for pid in children] == [0] * 4
    assert progress.load(tmp_path).solved == {f"e{n}{m}" for n in range(4) for m in range(5)}


def test_a_lock_that_is_never_released_is_not_waited_for_without_end(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(progress, "_PATIENCE", 0.05)
    with locking.held(tmp_path / ".kata/progress.lock", 0):
        saved = solve(tmp_path, "e01")

    assert saved.message == (
        "Progress could not be saved in .kata/progress.json (another process keeps its lock). "
        "To see why: kata doctor"
    )
    assert solve(tmp_path, "e01").message is None


def test_the_lock_of_a_process_that_was_killed_is_free(tmp_path: Path):
    pid = fork()
    if pid == 0:
        with locking.held(tmp_path / "lock", 0):
            os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(pid, 0)

    with locking.held(tmp_path / "lock", 0):
        assert (tmp_path / "lock").exists()


def test_without_any_locks_progress_is_saved_all_the_same(tmp_path: Path, monkeypatch):
    monkeypatch.setitem(sys.modules, "fcntl", None)

    assert solve(tmp_path, "e01").message is None
    assert progress.load(tmp_path).solved == {"e01"}
