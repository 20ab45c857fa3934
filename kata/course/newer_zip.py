"""A newer version in a zip file, such as a hosting site makes of a branch."""

import io
import re
import tomllib
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from packaging.version import InvalidVersion, Version

from kata.course.incoming import Change

ARCHIVE = "kata/course/shipped.zip"

# Beyond so many bytes it is something else, or is made to fill a disk.
_LARGEST = 200_000_000

_NEEDED = ("kata/__main__.py", "pyproject.toml", "tox.ini", "README.md")
_LEFT_OUT = re.compile(r"^(\.git|\.venv|\.kata|\.tox|\.idea)/|(^|/)__pycache__/")


class NotNewer(Exception):
    """The file holds no newer version. The message is a sentence for the learner."""


def beside(root: Path) -> Path:
    """Return the zip with a version that lies beside the project, or in it.

    Raises:
        NotNewer: there is none, or more than one.
    """
    found = [
        file
        for folder in (root.parent, root)
        for file in sorted(folder.glob("*.zip"))
        if _looks_right(file)
    ]
    if len(found) == 1:
        return found[0]
    if found:
        raise NotNewer(
            f"There is more than one newer zip: {', '.join(map(str, found))}. "
            "To name one: kata update FILE.zip"
        )
    raise NotNewer(
        f"There is no git repository here, and no zip with a newer version in {root.parent}. "
        "To get one, download the zip as you did the first time; then: kata update FILE.zip"
    )


def changes(root: Path, file: Path) -> list[Change]:
    """Return what the version in a zip changes in the project.

    Raises:
        NotNewer: the file is no zip, is damaged, or holds another project or an older version.
    """
    files = _read(file)
    _refuse_older(root, file, {name: content for name, (content, _) in files.items()})
    shipped = _archived(file, files[ARCHIVE][0])
    # Whoever made the zip may have solved something: the archive has the stubs.
    files |= {name: (content, False) for name, content in shipped.items()}
    before = _shipped_before(root)
    # A module that is no longer there would still be imported. Other rooms may hold an author's work.
    left = {
        path.relative_to(root).as_posix()
        for path in (root / "kata").rglob("*.py")
        if path.is_file()
    }
    found = []
    for name in sorted(files.keys() | before.keys() | left):
        content, executable = files.get(name, (None, False))
        known = name.startswith("exercises/") and bool(before)
        found.append(Change(name, before.get(name), content, executable, known))
    return found


def _read(file: Path) -> dict[str, tuple[bytes, bool]]:
    """Return the content of each file by its path in the project, and whether it may be executed."""
    try:
        with zipfile.ZipFile(file) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            prefix = _prefix(file, [entry.filename for entry in entries])
            if sum(entry.file_size for entry in entries) > _LARGEST:
                raise NotNewer(f"{file} is too large to be a version of Flask Katas.")
            files = {}
            for entry in entries:
                name = entry.filename.removeprefix(prefix)
                if not entry.filename.startswith(prefix) or _LEFT_OUT.search(name):
                    continue
                kind = entry.external_attr >> 16
                _refuse_way_out(file, entry.filename, is_link=kind & 0o170000 == 0o120000)
                files[name] = (archive.read(entry), bool(kind & 0o100))
            return files
    except FileNotFoundError:
        raise NotNewer(f"There is no file {file}.") from None
    except IsADirectoryError:
        raise NotNewer(f"{file} is a folder; a zip is needed.") from None
    except OSError as error:
        raise NotNewer(f"{file} cannot be read ({error.strerror}).") from None
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError):
        raise NotNewer(f"{file} is no zip, or is damaged. To get it again: download it.") from None


def _prefix(file: Path, names: list[str]) -> str:
    """Return the folder in a zip that holds the project."""
    tops = [name.removesuffix(ARCHIVE) for name in names if name.endswith(ARCHIVE)]
    for top in sorted(tops, key=len):
        if all(f"{top}{name}" in names for name in _NEEDED):
            return top
    raise NotNewer(f"{file} holds no Flask Katas: {ARCHIVE} or {_NEEDED[0]} is missing in it.")


def _refuse_way_out(file: Path, name: str, *, is_link: bool) -> None:
    path = PurePosixPath(name)
    if is_link or path.is_absolute() or ".." in path.parts or "\\" in name or ":" in name:
        raise NotNewer(f"{file} holds {name}, which leads out of its folder: nothing was changed.")


def _refuse_older(root: Path, file: Path, files: Mapping[str, bytes]) -> None:
    theirs = _version(files["pyproject.toml"])
    try:
        ours = _version((root / "pyproject.toml").read_bytes())
    except OSError:
        return
    if ours and theirs and theirs < ours:
        raise NotNewer(f"{file} has version {theirs}, and here is {ours}: it is older.")


def _version(project: bytes) -> Version | None:
    try:
        return Version(tomllib.loads(project.decode())["project"]["version"])
    except (ValueError, KeyError, TypeError, InvalidVersion):
        return None


def _shipped_before(root: Path) -> dict[str, bytes]:
    try:
        return _archived(root / ARCHIVE, (root / ARCHIVE).read_bytes())
    except (OSError, NotNewer):
        return {}


def _archived(file: Path, archive: bytes) -> dict[str, bytes]:
    """Return what an archive of shipped files holds, by the paths in the project."""
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as shipped:
            for name in shipped.namelist():
                _refuse_way_out(file, name, is_link=False)
            return {f"exercises/{name}": shipped.read(name) for name in shipped.namelist()}
    except (zipfile.BadZipFile, zlib.error, EOFError):
        raise NotNewer(f"{file} is damaged: {ARCHIVE} in it cannot be read.") from None


def _looks_right(file: Path) -> bool:
    try:
        with zipfile.ZipFile(file) as archive:
            return bool(_prefix(file, archive.namelist()) or True)
    except (OSError, zipfile.BadZipFile, NotNewer):
        return False
