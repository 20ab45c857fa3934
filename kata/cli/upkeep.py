"""The commands that keep the project in order."""

import subprocess
import sys
from pathlib import Path

import click

from kata.cli import words
from kata.course import progress


@click.command()
@click.argument("file", required=False, type=click.Path(path_type=Path))
def update(file: Path | None) -> None:
    """Get a newer version, with your work in place: by git, or from a zip, FILE."""
    from kata.course import carrying, updating

    try:
        lines = updating.update(words.ROOT, file)
    except updating.CannotUpdate as reason:
        words.stop(str(reason))
    except updating.Stopped as reason:
        words.stop(str(reason), code=1)
    for line in lines:
        click.echo(line)
    if carrying.to_check(words.ROOT):
        sys.stdout.flush()
        # The engine that this process runs is the old one.
        sys.exit(
            subprocess.run([sys.executable, "-m", "kata", "check-again"], cwd=words.ROOT).returncode
        )


@click.command("check-again", hidden=True)
def check_again() -> None:
    """Run the solved exercises whose tests an update has changed."""
    from kata.course import carrying

    ids = set(carrying.to_check(words.ROOT))
    exercises = [exercise for exercise in words.exercises() if exercise.id in ids]
    if exercises:
        # Only a run that passes makes them solved again.
        progress.update(words.ROOT, lambda state: state.solved.difference_update(ids))
        folders = [str(exercise.folder) for exercise in exercises]
        command = [sys.executable, "-m", "pytest", "-q", *folders]
        subprocess.run(command, cwd=words.ROOT, stdin=subprocess.DEVNULL, capture_output=True)
    solved = words.recovered_progress().solved
    for exercise in exercises:
        verdict = "still solved."
        if exercise.id not in solved:
            verdict = f"no longer solved. To see what fails: kata run {exercise.number}"
        click.echo(f"{exercise.number}: its tests have changed. Checked again: {verdict}")
    carrying.forget_to_check(words.ROOT)


@click.command()
def doctor() -> None:
    """Check the set-up, and say what to do."""
    from kata.course import doctor as checks

    findings = checks.examine(words.ROOT)
    for finding in findings:
        click.echo(f"{'✓' if finding.fine else '✗'} {finding.sentence}")
    sys.exit(0 if all(finding.fine for finding in findings) else 1)
