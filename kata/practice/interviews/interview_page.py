"""The report of an interview as one page of HTML that needs nothing from elsewhere."""

from datetime import datetime

from kata.course.command import as_typed
from kata.practice import documents
from kata.practice.interviews import marking
from kata.practice.interviews.interview_report import Report
from kata.practice.terms import clock


def html(report: Report) -> str:
    """Return the page: all that a learner typed is text in it."""
    environment = documents.environment()
    environment.filters.update(
        clock=clock,
        day=day,
        hunted=marking.hunted,
        number=number,
        spoken=marking.spoken,
        typed=as_typed,
    )
    return environment.get_template("interview.html").render(report=report)


def day(moment: datetime) -> str:
    """Return a day as one reads it: ``November 9, 2026``."""
    return f"{moment:%B} {moment.day}, {moment.year}"


def number(points: float) -> str:
    """Return points without a decimal that says nothing.

    >>> number(8.0), number(7.5)
    ('8', '7.5')
    """
    return f"{points:.1f}".removesuffix(".0")
