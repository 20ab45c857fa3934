"""An update brings the new version, and what a learner wrote is in its place or in the backup."""

import os
import shutil
import subprocess
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from kata.course import carrying, updating, workspace
from kata.course.carrying import Plan
from kata.course.updating import CannotUpdate, Stopped

NEW_HOLE = "\n\ndef farewell() -> str:\n    # TODO: Say goodbye.\n    raise NotImplementedError\n"
EDITED = "# my own work\n"


@pytest.fixture(autouse=True)
def as_anybody(monkeypatch, tmp_path):
    """Let git have a name to commit under, and no settings of this machine's."""
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    for part in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{part}_NAME", "A")
        monkeypatch.setenv(f"GIT_{part}_EMAIL", "a@example.org")


def git(root: Path, *arguments: str) -> str:
    run = subprocess.run(["git", *arguments], cwd=root, capture_output=True, text=True, check=True)
    return run.stdout.strip()


@dataclass
class Desk:
    """A learner's project, and the one that it came from."""

    mine: Any
    theirs: Any

    @property
    def root(self) -> Path:
        return self.mine.root

    def read(self, path: str) -> str:
        return (self.root / path).read_text()

    def write(self, path: str, text: str) -> None:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    def commit(self) -> None:
        git(self.root, "add", "--all")
        git(self.root, "commit", "-q", "-m", "Mine")

    def publish(self) -> None:
        """Give the other project a new version: stubs, tests, texts, a new exercise, the engine."""
        for n in (1, 2, 3, 4):
            exercise = self.theirs.exercises[n - 1]
            _append(exercise.stub, NEW_HOLE)
            _append(exercise.test_file, "\n# A newer test.\n")
            _append(exercise.readme, "\nA newer text.\n")
        _append(self.theirs.root / "tox.ini", "\n# newer\n")
        (self.theirs.root / "kata/old.py").unlink()
        (self.theirs.root / "kata/new.py").write_text("# newer\n")
        shutil.copytree(
            self.theirs.root / STUBS[5], self.theirs.root / "exercises/easy/e06_sample6"
        )
        new = self.theirs.root / "exercises/easy/e06_sample6"
        for name in ("sample{}.py", "test_sample{}.py"):
            (new / name.format(5)).rename(new / name.format(6))
        pack(self.theirs.root)
        git(self.theirs.root, "add", "--all")
        git(self.theirs.root, "commit", "-q", "-m", "Newer")

    def update(self, file: Path | None = None) -> str:
        return "\n".join(updating.update(self.root, file))

    def backups(self) -> dict[str, str]:
        """Return what all backups of updates hold, by path."""
        home = self.root / ".kata/updates"
        return {
            path.relative_to(backup).as_posix(): path.read_text(errors="replace")
            for backup in home.glob("*")
            for path in backup.rglob("*")
            if path.is_file() and path.name != ".kata-backup.json"
        }

    def is_newer(self) -> bool:
        """Say whether everything that no learner wrote in is as in the new version."""
        return all(
            (self.root / path).read_bytes() == (self.theirs.root / path).read_bytes()
            for path in git(self.theirs.root, "ls-files").splitlines()
            if path not in self.written
        )

    written: tuple[str, ...] = ()


STUBS = [""] + [f"exercises/easy/e0{n}_sample{n}" for n in range(1, 7)]
FILES = [""] + [f"{STUBS[n]}/sample{n}.py" for n in range(1, 7)]


def _append(file: Path, text: str) -> None:
    file.write_text(file.read_text() + text)


def pack(root: Path) -> None:
    (root / "kata/course/shipped.zip").write_bytes(workspace.pack(root))


@pytest.fixture
def desk(tmp_path, make_project) -> Desk:
    theirs = make_project(5)
    (theirs.root / "kata/course").mkdir(parents=True)
    for name in ("kata/__main__.py", "kata/old.py", "README.md"):
        (theirs.root / name).write_text("# shipped\n")
    (theirs.root / "pyproject.toml").write_text('[project]\nversion = "1.0"\n')
    (theirs.root / ".gitignore").write_text(".kata/\n__pycache__/\n")
    pack(theirs.root)
    git(theirs.root, "init", "-q", "-b", "main")
    git(theirs.root, "add", "--all")
    git(theirs.root, "commit", "-q", "-m", "First")
    git(tmp_path, "clone", "-q", str(theirs.root), "mine")
    return Desk(type(theirs)(tmp_path / "mine"), theirs)


def zipped(desk: Desk, name: str = "flask-katas.zip") -> Path:
    """Return a zip of the other project, as a hosting site makes it."""
    file = desk.root.parent / name
    git(desk.theirs.root, "archive", "--prefix=flask-katas-main/", "-o", str(file), "HEAD")
    return file


def test_own_work_in_three_exercises_stays_and_all_else_is_new(desk):
    desk.write(FILES[1], EDITED)
    desk.write(FILES[2], EDITED)
    desk.commit()
    desk.write(FILES[3], EDITED)
    git(desk.root, "add", FILES[3])
    desk.write(f"{STUBS[3]}/helper.py", "mine")
    desk.write(FILES[3], EDITED + "# and more\n")
    desk.publish()

    said = desk.update()

    assert [desk.read(FILES[n]) for n in (1, 2)] == [EDITED, EDITED]
    assert desk.read(FILES[3]) == EDITED + "# and more\n"
    assert desk.read(f"{STUBS[3]}/helper.py") == "mine"
    assert desk.read(FILES[4]).endswith(NEW_HOLE)
    desk.written = (FILES[1], FILES[2], FILES[3])
    assert desk.is_newer()
    assert not (desk.root / "kata/old.py").exists()
    for n in (1, 2, 3):
        assert f"Kept      {FILES[n]}, which is yours. The new one: kata reset e0{n}" in said
    assert desk.backups()[f"staged/{FILES[3]}"] == EDITED
    assert {desk.backups()[FILES[n]] for n in (1, 2)} == {EDITED}


def test_the_branch_has_both_histories_and_only_own_work_differs(desk):
    desk.write(FILES[1], EDITED)
    desk.commit()
    own = git(desk.root, "rev-parse", "HEAD")
    desk.write(FILES[2], EDITED)
    desk.publish()

    desk.update()

    parents = git(desk.root, "rev-parse", "HEAD^1", "HEAD^2").split()
    assert parents == [own, git(desk.theirs.root, "rev-parse", "HEAD")]
    assert git(desk.root, "status", "--porcelain") == f"M {FILES[2]}"
    assert git(desk.root, "diff", "--name-only", "origin/main", "HEAD") == FILES[1]


def test_without_own_commits_the_branch_moves_on(desk):
    desk.publish()

    desk.update()

    assert git(desk.root, "rev-parse", "HEAD") == git(desk.theirs.root, "rev-parse", "HEAD")
    assert git(desk.root, "status", "--porcelain") == ""


def test_the_archive_has_the_new_stub_for_a_reset(desk, monkeypatch):
    desk.write(FILES[1], EDITED)
    desk.publish()
    desk.update()
    monkeypatch.setattr(workspace, "ARCHIVE", desk.root / "kata/course/shipped.zip")

    shipped = workspace.shipped(desk.mine.exercises[0])

    assert shipped["sample1.py"].decode().endswith(NEW_HOLE)


@pytest.mark.parametrize("committed", [True, False])
def test_an_edited_test_makes_room_and_is_stored(desk, committed):
    test = f"{STUBS[1]}/test_sample1.py"
    desk.write(test, EDITED)
    if committed:
        desk.commit()
    desk.publish()

    said = desk.update()

    assert f"Replaced  {test}, which you had changed" in said
    assert desk.is_newer()
    assert desk.backups() == {test: EDITED}


@pytest.mark.parametrize("committed", [True, False])
def test_an_edit_elsewhere_is_merged_where_that_is_possible(desk, committed):
    desk.write("tox.ini", "# mine\n" + desk.read("tox.ini"))
    if committed:
        desk.commit()
    desk.publish()

    desk.update()

    assert desk.read("tox.ini").startswith("# mine\n")
    assert desk.read("tox.ini").endswith("# newer\n")


def test_an_edit_that_contradicts_the_new_version_makes_room_and_is_stored(desk):
    desk.write("kata/new.py", EDITED)
    desk.commit()
    desk.publish()

    desk.update()

    assert desk.read("kata/new.py") == "# newer\n"
    assert desk.backups() == {"kata/new.py": EDITED}


def test_untracked_files_in_the_way_are_kept_or_stored(desk):
    desk.write(FILES[6], EDITED)
    desk.write(f"{STUBS[6]}/README.md", EDITED)
    desk.publish()

    desk.update()

    assert desk.read(FILES[6]) == EDITED
    assert desk.read(f"{STUBS[6]}/README.md") != EDITED
    assert desk.backups() == {FILES[6]: EDITED, f"{STUBS[6]}/README.md": EDITED}


@pytest.mark.parametrize("path", [FILES[6], STUBS[6]], ids=["a folder", "a file"])
def test_what_cannot_make_room_stops_the_update_before_it_begins(desk, path):
    desk.write(f"{path}/mine.txt" if path.endswith(".py") else path, EDITED)
    desk.publish()
    before = git(desk.root, "rev-parse", "HEAD")

    with pytest.raises(Stopped, match=r"the new version has a f.* there: .*e06_sample6"):
        desk.update()

    assert git(desk.root, "rev-parse", "HEAD") == before
    assert git(desk.root, "diff", "HEAD") == ""


def test_a_deleted_stub_comes_back(desk):
    (desk.root / FILES[1]).unlink()
    desk.publish()

    desk.update()

    assert desk.read(FILES[1]).endswith(NEW_HOLE)


def test_a_stub_that_is_a_link_stays_one(desk):
    desk.write("elsewhere.py", EDITED)
    (desk.root / FILES[1]).unlink()
    (desk.root / FILES[1]).symlink_to(desk.root / "elsewhere.py")
    desk.publish()

    desk.update()

    assert (desk.root / FILES[1]).readlink() == desk.root / "elsewhere.py"


def test_line_ends_of_another_system_are_no_work_of_the_learner(desk):
    stub = desk.root / FILES[1]
    stub.write_bytes(stub.read_bytes().replace(b"\n", b"\r\n"))
    desk.publish()

    said = desk.update()

    assert "Kept" not in said
    assert desk.read(FILES[1]).endswith(NEW_HOLE)


def test_an_exercise_that_is_gone_leaves_own_work(desk):
    desk.write(FILES[5], EDITED)
    shutil.rmtree(desk.theirs.root / STUBS[5])
    pack(desk.theirs.root)
    git(desk.theirs.root, "commit", "-q", "-a", "-m", "Fewer")

    said = desk.update()

    assert f"Kept      {FILES[5]}, which is yours. The new version has no such file." in said
    assert [path.name for path in (desk.root / STUBS[5]).iterdir()] == ["sample5.py"]


def test_what_is_gone_and_was_edited_is_removed_and_stored(desk):
    desk.write("kata/old.py", EDITED)
    desk.publish()

    said = desk.update()

    assert "Removed   kata/old.py, which you had changed" in said
    assert desk.backups() == {"kata/old.py": EDITED}


def test_a_branch_that_was_moved_meanwhile_is_left_alone(desk):
    desk.publish()
    git(desk.root, "commit", "-q", "--allow-empty", "-m", "Meanwhile")
    (desk.root / ".kata").mkdir(exist_ok=True)
    first = git(desk.root, "rev-parse", "HEAD~1")
    carrying.prepare(desk.root, Plan((), head=first, target=first))
    own = git(desk.root, "rev-parse", "HEAD")

    with pytest.raises(Stopped, match="The branch has moved during the update"):
        desk.update()

    assert git(desk.root, "rev-parse", "HEAD") == own
    desk.update()
    assert desk.is_newer()


def test_a_damaged_plan_is_said(desk):
    desk.write(".kata/update/plan.json", "{")

    with pytest.raises(Stopped, match=r"\.kata/update is damaged"):
        desk.update()


def test_a_second_update_has_nothing_to_do(desk):
    desk.write(FILES[1], EDITED)
    desk.publish()
    desk.update()

    assert desk.update() == "There is no newer version."
    assert desk.read(FILES[1]) == EDITED


def test_a_fork_is_updated_from_upstream(desk):
    git(desk.root, "remote", "rename", "origin", "upstream")
    git(desk.root, "remote", "add", "origin", str(desk.root))
    desk.publish()

    assert "Updated from upstream/main" in desk.update()
    assert desk.is_newer()


def test_no_branch_need_be_checked_out(desk):
    git(desk.root, "switch", "-q", "--detach")
    desk.publish()

    desk.update()

    assert desk.is_newer()
    assert git(desk.root, "status", "--porcelain") == ""


def test_a_solved_exercise_whose_tests_changed_is_to_be_checked_again(desk):
    desk.write(
        ".kata/progress.json",
        '{"solved": ["e01_sample1", "e05_sample5"], "seen": {"e04_sample4": "x", "e01_sample1": "y"}}',
    )
    desk.write(FILES[1], EDITED)
    desk.publish()

    desk.update()

    assert carrying.to_check(desk.root) == ["e01_sample1"]
    assert desk.mine.progress["solved"] == ["e01_sample1", "e05_sample5"]
    assert desk.mine.progress["seen"] == {"e01_sample1": "y"}


@pytest.mark.parametrize(
    ("begin", "sentence"),
    [
        (["remote", "remove", "origin"], "git remote add upstream ADDRESS"),
        (["switch", "-q", "-c", "solutions"], "The branch solutions is checked out"),
        (["update-ref", "MERGE_HEAD", "HEAD"], "git merge --abort"),
    ],
    ids=["no remote", "the branch solutions", "a merge"],
)
def test_what_git_cannot_do_now_is_said_in_a_sentence(desk, begin, sentence):
    desk.publish()
    git(desk.root, *begin)

    with pytest.raises(CannotUpdate, match=sentence):
        desk.update()

    assert not desk.is_newer()


def test_other_projects_have_no_commit_in_common(desk):
    git(desk.root, "checkout", "-q", "--orphan", "other")
    git(desk.root, "commit", "-q", "-m", "Other")

    with pytest.raises(CannotUpdate, match=r"no commit in common.*kata update FILE\.zip"):
        desk.update()


def test_a_remote_that_does_not_answer_changes_nothing(desk):
    git(desk.root, "remote", "set-url", "origin", "/nowhere")

    with pytest.raises(Stopped, match=r"git fetch failed: .*To try again: kata update"):
        desk.update()


@pytest.fixture
def without_git(desk) -> Desk:
    """Return a desk whose project came as a zip."""
    shutil.rmtree(desk.root / ".git")
    return desk


@pytest.mark.parametrize("named", [True, False], ids=["named", "beside it"])
def test_a_zip_brings_the_new_version_too(without_git, named):
    desk = without_git
    for n in (1, 2, 3):
        desk.write(FILES[n], EDITED)
    desk.write(f"{STUBS[3]}/test_sample3.py", EDITED)
    desk.write("solutions/own.py", EDITED)
    desk.publish()
    file = zipped(desk)

    said = desk.update(file if named else None)

    assert [desk.read(FILES[n]) for n in (1, 2, 3)] == [EDITED] * 3
    assert desk.read("solutions/own.py") == EDITED
    desk.written = (FILES[1], FILES[2], FILES[3])
    assert desk.is_newer()
    assert not (desk.root / "kata/old.py").exists()
    assert f"Kept      {FILES[1]}, which is yours. The new one: kata reset e01" in said
    assert desk.backups()[f"{STUBS[3]}/test_sample3.py"] == EDITED
    assert "There is nothing new" in desk.update(file)


def test_a_zip_of_a_folder_in_which_somebody_solved_something_brings_the_shipped_stubs(without_git):
    desk = without_git
    desk.publish()
    stub = desk.theirs.root / FILES[4]
    new = stub.read_text()
    stub.write_text("solved by somebody")
    git(desk.theirs.root, "commit", "-q", "-a", "-m", "Solved")

    desk.update(zipped(desk))

    assert desk.read(FILES[4]) == new


def test_a_stub_that_the_new_version_leaves_alone_is_not_spoken_of(without_git):
    without_git.write(FILES[5], EDITED)
    without_git.publish()

    assert FILES[5] not in without_git.update(zipped(without_git))
    assert without_git.read(FILES[5]) == EDITED


def broken(file: Path) -> None:
    file.write_bytes(b"PK" + file.read_bytes()[:2000])


def damaged(file: Path) -> None:
    data = bytearray(file.read_bytes())
    data[300:2000] = bytes(1700)
    file.write_bytes(data)


def leading_out(file: Path) -> None:
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr("flask-katas-main/../../out.py", "out")


def a_link(file: Path) -> None:
    entry = zipfile.ZipInfo("flask-katas-main/exercises/link")
    entry.external_attr = 0o120777 << 16
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr(entry, "/etc")


def another(file: Path) -> None:
    file.unlink()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("thesis/README.md", "mine")


def missing(file: Path) -> None:
    file.unlink()


def a_folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (broken, "is no zip, or is damaged"),
        (damaged, "is no zip, or is damaged"),
        (leading_out, "leads out of its folder"),
        (a_link, "leads out of its folder"),
        (another, "holds no Flask Katas"),
        (missing, "There is no file"),
        (a_folder, "is a folder"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_what_is_no_version_is_refused_in_a_sentence(without_git, make, sentence):
    without_git.publish()
    file = zipped(without_git)
    make(file)

    with pytest.raises(CannotUpdate, match=sentence):
        without_git.update(file)

    assert not without_git.is_newer()
    assert not list(without_git.root.parent.glob("**/out.py"))


def test_an_older_version_is_refused(without_git):
    without_git.write("pyproject.toml", '[project]\nversion = "1.1"\n')

    with pytest.raises(CannotUpdate, match=r"has version 1\.0, and here is 1\.1: it is older"):
        without_git.update(zipped(without_git))


def test_without_git_and_without_a_zip_it_says_what_to_do(without_git):
    with pytest.raises(CannotUpdate, match=r"no git repository here.*kata update FILE\.zip"):
        without_git.update()


def test_of_two_zips_beside_it_one_has_to_be_named(without_git):
    zipped(without_git, "a.zip")
    zipped(without_git, "b.zip")

    with pytest.raises(CannotUpdate, match=r"more than one newer zip: .*a\.zip, .*b\.zip"):
        without_git.update()


def test_a_folder_in_a_larger_repository_is_no_clone(without_git):
    git(without_git.root.parent, "init", "-q")
    without_git.publish()
    zipped(without_git)

    without_git.update()

    assert without_git.is_newer()
