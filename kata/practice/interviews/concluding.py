"""Conclude an interview: its report as data and as a page, and the note in the journal."""

from collections.abc import Sequence
from pathlib import Path

from kata.course import progress, replacing
from kata.course.exercise import Exercise
from kata.practice.interviews import interview_page, interview_report, interviewing, past
from kata.practice.interviews.interview_report import Report
from kata.practice.interviews.interviewing import Interview
from kata.practice.terms import INTERVIEWED

PAGE = "report.html"


def conclude(
    root: Path, interview: Interview, exercises: Sequence[Exercise]
) -> tuple[Report, str | None]:
    """Write the report of an interview whose rounds are done, and return it.

    It may be done again after it was interrupted: the journal has the interview once. The text that comes
    with the report is a sentence for the learner if the journal could not be written.

    Raises:
        OSError: the report could not be written.
    """
    report = interview_report.make(interview, exercises, progress.load(root).solved)
    interview_report.write(report, interview.folder)
    page = interview_page.html(report).encode("utf-8", "replace")
    replacing.replace(interview.folder / PAGE, page)
    said = None
    if not any(
        entry.what == INTERVIEWED and entry.data.get("interview") == interview.id
        for entry in past.entries(root)
    ):
        said = progress.note(root, report.note)
    interview.close(interviewing.FINISHED)
    return report, said
