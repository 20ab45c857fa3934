"""What a save is: a change of the content of a source, whatever else lies beside it."""

import os
import shutil
import socket
import zipfile

import pytest

from kata.course import sources


@pytest.fixture
def exercise(project, monkeypatch):
    """Return an exercise that was shipped with a style sheet."""
    archive = project.root / "shipped.zip"
    monkeypatch.setattr(sources, "ARCHIVE", archive)
    exercise = project.exercises[0]
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("easy/e01_sample1/static/style.css", "")
        packed.writestr("easy/e01_sample1/sample1.py", "")
    return exercise


def names(exercise) -> list[str]:
    return [path.relative_to(exercise.folder).as_posix() for path in exercise.learner_files()]


def save(exercise, name: str, content: str = "saved") -> None:
    file = exercise.folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(content)


@pytest.mark.parametrize(
    "name",
    [
        "sample1.py",
        "helpers.py",
        "package/module.py",
        "templates/page.html",
        "requirements.txt",
        "app.dockerfile",
        "app.dockerignore",
        ".dockerignore",
        "static/style.css",
    ],
)
def test_a_source_that_is_saved_gives_another_state(exercise, name):
    before = exercise.state()

    save(exercise, name)

    assert exercise.state() != before
    assert name in names(exercise)


@pytest.mark.parametrize(
    "name",
    [
        "requests.log",
        "database.sqlite",
        "instance/app.db",
        "static/other.css",
        "__pycache__/sample1.cpython-311.py",
        ".git/hook.py",
        ".sample1.py.swp",
        ".#sample1.py",
        "sample1.py~",
        "notes",
        "README.md",
        "test_sample1.py",
        "conftest.py",
    ],
)
def test_what_is_no_source_of_the_learners_leaves_the_state_as_it_is(exercise, name):
    before = exercise.state()

    save(exercise, name)

    assert exercise.state() == before
    assert name not in names(exercise)


def test_an_environment_in_the_folder_is_left_out(exercise):
    save(exercise, "env/pyvenv.cfg")
    save(exercise, "env/lib/module.py")

    assert names(exercise) == ["sample1.py"]


def test_the_same_content_saved_again_is_no_save(exercise):
    before = exercise.state()

    os.utime(exercise.stub, ns=(1, 1))

    assert exercise.state() == before


def test_another_content_of_the_same_time_and_size_is_a_save(exercise):
    save(exercise, "helpers.py", "a = 1")
    os.utime(exercise.folder / "helpers.py", ns=(1, 1))
    look = exercise.look()
    before = look.digests()

    save(exercise, "helpers.py", "a = 2")
    os.utime(exercise.folder / "helpers.py", ns=(1, 1))

    assert look.digests() != before


@pytest.mark.parametrize(
    "change",
    [
        lambda folder: (folder / "sample1.py").unlink(),
        lambda folder: (folder / "a.py").rename(folder / "b.py"),
        lambda folder: shutil.rmtree(folder / "templates"),
        lambda folder: (folder / "templates").rename(folder / "pages"),
    ],
    ids=["a removed file", "a renamed file", "a removed folder", "a renamed folder"],
)
def test_a_change_of_names_is_a_save(exercise, change):
    save(exercise, "a.py")
    save(exercise, "templates/page.html")
    look = exercise.look()
    before = look.digests()

    change(exercise.folder)

    assert look.digests() != before


def test_looking_again_finds_what_looking_afresh_finds(exercise):
    look = exercise.look()

    for step in range(20):
        save(exercise, f"package{step % 3}/module{step % 5}.py", str(step))
        if step % 4 == 3:
            shutil.rmtree(exercise.folder / f"package{step % 3}")
        assert look.digests() == exercise.look().digests()


def test_a_folder_that_was_read_long_ago_is_read_again_when_it_changes(exercise, monkeypatch):
    monkeypatch.setattr(sources, "SETTLED", 0.0)
    look = exercise.look()
    before = [look.digests() for _ in range(3)]

    save(exercise, "helpers.py")

    assert look.digests() not in before


def test_a_link_to_a_file_counts_as_that_file(exercise, tmp_path):
    original = tmp_path / "elsewhere"
    original.write_text("a = 1")
    (exercise.folder / "helpers.py").symlink_to(original)
    before = exercise.state()

    original.write_text("a = 2")

    assert names(exercise) == ["helpers.py", "sample1.py"]
    assert exercise.state() != before


@pytest.mark.parametrize("target", [".", "/", "loop.py", "missing.py", "../e02_sample2"])
def test_a_link_to_anything_else_is_passed_over(exercise, target):
    (exercise.folder / "loop.py").symlink_to(target)

    assert names(exercise) == ["sample1.py"]


def test_a_fifo_is_passed_over(exercise):
    os.mkfifo(exercise.folder / "pipe.py")

    assert names(exercise) == ["sample1.py"]
    assert exercise.state() == exercise.state()


def test_a_socket_is_passed_over(exercise, monkeypatch):
    monkeypatch.chdir(exercise.folder)  # The path of a socket may not be long.
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("socket.py")

        assert names(exercise) == ["sample1.py"]
        assert exercise.state() == exercise.state()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_a_file_that_may_not_be_read_is_known_by_its_time_and_size(exercise):
    save(exercise, "helpers.py", "a = 1")
    (exercise.folder / "helpers.py").chmod(0)
    before = exercise.state()

    (exercise.folder / "helpers.py").chmod(0o600)

    assert exercise.state() != before


def test_a_name_that_is_no_text_is_a_name(exercise):
    before = exercise.state()
    name = os.fsencode(exercise.folder) + b"/caf\xe9.py"
    with open(name, "w") as file:  # noqa: PTH123  Bytes are no Path.
        file.write("a = 1")

    assert exercise.state() != before
    assert [os.fsencode(path.name) for path in exercise.learner_files()] == [
        b"caf\xe9.py",
        b"sample1.py",
    ]


def test_a_file_too_large_to_be_read_is_known_by_its_time_and_size(exercise):
    with (exercise.folder / "data.txt").open("w") as data:
        data.truncate(10**12)
    before = exercise.state()

    os.utime(exercise.folder / "data.txt", ns=(1, 1))

    assert exercise.state() != before


def test_of_very_many_sources_the_shipped_ones_and_code_come_first(exercise):
    for n in range(sources.MOST):
        (exercise.folder / f"a{n}.txt").touch()
    save(exercise, "zebra.py")
    save(exercise, "static/style.css")

    found = names(exercise)

    assert len(found) == sources.MOST
    assert {"sample1.py", "static/style.css", "zebra.py"} <= set(found)


def test_a_folder_that_is_not_there_has_no_sources(exercise):
    shutil.rmtree(exercise.folder)

    assert exercise.learner_files() == []
    assert exercise.state() == exercise.state()


def test_the_latest_change_is_that_of_the_latest_source(exercise):
    os.utime(exercise.stub, ns=(10**18 * 3, 10**18 * 3))

    assert exercise.changed_at() == 10**18 * 3


def test_what_the_stub_writes_beside_itself_is_no_later_change(exercise):
    before = exercise.changed_at()
    save(exercise, "requests.log")
    os.utime(exercise.folder, ns=(10**18 * 3, 10**18 * 3))

    assert exercise.changed_at() == before


def test_a_removed_stub_was_changed_when_its_folder_was(exercise):
    exercise.stub.unlink()
    os.utime(exercise.folder, ns=(10**18 * 3, 10**18 * 3))

    assert exercise.changed_at() == 10**18 * 3


def test_a_folder_that_stands_still_is_listed_and_read_no_more(exercise, monkeypatch):
    monkeypatch.setattr(sources, "SETTLED", 0.0)
    look = exercise.look()
    before = [look.digests() for _ in range(2)]

    def refuse(*_: object) -> None:
        raise AssertionError("There was nothing to read.")

    for name in ("scandir", "open"):
        monkeypatch.setattr(os, name, refuse)

    assert [look.digests(), look.digests()] == before
