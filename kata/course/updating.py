"""Bring the project to a newer version, with the learner's work in place.

First everything that is the learner's and that the version concerns is stored, then a plan is written, and
then the files change. Whatever interrupts that, the work is in its place or in the backup, and the update
can be completed.
"""

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from kata.course import carrying, git, incoming, locking, merging, newer_zip, progress, stored
from kata.course.carrying import Interfered, Plan
from kata.course.incoming import Change, Meeting
from kata.course.merging import Merged

_PATIENCE = 3.0


class CannotUpdate(Exception):
    """It is not possible this way; nothing has changed. The message is a sentence for the learner."""


class Stopped(Exception):
    """It could not be completed. The message is a sentence that says how to go on."""


@dataclass(frozen=True)
class _Version:
    """Where a version comes from, and what it changes."""

    source: str
    changes: list[Change]
    merged: Merged | None = None


def update(root: Path, file: Path | None = None) -> list[str]:
    """Update from a zip, or else by git or from a zip beside the project; return what is to be said.

    An update that was interrupted is completed first.

    Raises:
        CannotUpdate: there is no version to update to; nothing has changed.
        Stopped: it could not be completed; nothing of the learner's is lost.
    """
    try:
        with locking.held(carrying.lock_in(root), _PATIENCE):
            before = carrying.carry_out(root).report if carrying.is_under_way(root) else ()
            carrying.clear(root)
            return [*before, *_update(root, file)]
    except merging.Unreachable as error:
        raise Stopped(str(error)) from None
    except (git.GitError, newer_zip.NotNewer) as error:
        raise CannotUpdate(str(error)) from None
    except (OSError, subprocess.CalledProcessError, Interfered) as error:
        raise Stopped(carrying.reason(error)) from None


def _update(root: Path, file: Path | None) -> list[str]:
    version = _find(root, file)
    if version is None:
        return ["There is no newer version."]
    met = incoming.meet(root, version.changes, lambda *texts: merging.merge_texts(root, *texts))
    merged = version.merged
    if not met.steps and merged is None:
        return [f"There is nothing new in {version.source}.", *_said_of_kept(met)]
    backup = _store(root, met, merged.staged if merged else {})
    plan = Plan(
        steps=tuple(met.steps),
        check=tuple(sorted(incoming.changed_tests(version.changes) & progress.load(root).solved)),
        report=tuple(_said(root, version.source, met, backup)),
        backup=backup.relative_to(root).as_posix() if backup else ".kata/updates/0000",
        head=merged.head if merged else "",
        target=merged.target if merged else "",
        index=merged.index if merged else "",
        contents=met.contents,
    )
    carrying.prepare(root, plan)
    carrying.carry_out(root)
    _forget_seen(root, met)
    return list(plan.report)


def _find(root: Path, file: Path | None) -> _Version | None:
    """Return the version to update to; None if git knows no newer one."""
    if file is None:
        try:
            merged = merging.newest(root)
        except git.NoRepository:
            file = newer_zip.beside(root)
        else:
            return _Version(merged.source, merged.changes, merged) if merged else None
    return _Version(str(file), newer_zip.changes(root, file))


def _store(root: Path, met: Meeting, staged: dict[str, bytes]) -> Path | None:
    """Store what the learner wrote in files that the version concerns; complete, before any is changed."""
    alone = {path: text for path, text in staged.items() if met.before.get(path) != text}
    states = {**met.before, **{f"staged/{path}": text for path, text in alone.items()}}
    if not states:
        return None
    home = root / ".kata" / "updates"
    home.mkdir(parents=True, exist_ok=True)
    stored.clear(home)
    backup = stored.store(home, states, undoing=None)
    backup.finish()
    return backup.folder


def _said(root: Path, source: str, met: Meeting, backup: Path | None) -> Iterator[str]:
    count = len(met.steps)
    yield f"Updated from {source}: {count} {'file' if count == 1 else 'files'} changed."
    yield from _said_of_kept(met)
    for path in met.merged:
        yield f"Merged    {path}, with what you wrote in it"
    for change in met.replaced:
        what = "Replaced" if change.new is not None else "Removed "
        yield f"{what}  {change.path}, which you had changed"
    if backup:
        yield f"What was there before is stored in {backup.relative_to(root)}."


def _said_of_kept(met: Meeting) -> Iterator[str]:
    for change in met.kept:
        exercise = incoming.exercise_of(change.path)
        assert exercise is not None
        other = f"The new one: kata reset {exercise.number}"
        if change.new is None:
            other = "The new version has no such file."
        yield f"Kept      {change.path}, which is yours. {other}"


def _forget_seen(root: Path, met: Meeting) -> None:
    """Let no file that the update brought pass for a save of the learner's."""
    ids = {e.id for step in met.steps if step.own and (e := incoming.exercise_of(step.path))}

    def forget(state: progress.Progress) -> None:
        for each in ids:
            state.seen.pop(each, None)

    progress.update(root, forget)
