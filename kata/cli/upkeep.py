"""The commands that keep the project in order."""

import sys

import click

from kata.cli.words import ROOT


@click.command()
def doctor() -> None:
    """Check the set-up, and say what to do."""
    from kata.course import doctor as checks

    findings = checks.examine(ROOT)
    for finding in findings:
        click.echo(f"{'✓' if finding.fine else '✗'} {finding.sentence}")
    sys.exit(0 if all(finding.fine for finding in findings) else 1)
