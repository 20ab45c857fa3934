"""All spoken answers and follow-ups as one document, in Markdown or as a page of HTML to print."""

import re
from collections.abc import Sequence
from itertools import groupby

from kata.practice import documents
from kata.practice.talks.rehearsing import Question

_TITLE = "Flask interview: what to say"


def markdown(questions: Sequence[Question]) -> str:
    """Return the document in Markdown, with a table of contents whose links work on hosting sites."""
    tiers = _by_tier(questions)
    lines = [f"# {_TITLE}", ""]
    for tier, members in tiers:
        lines.append(f"- [{tier.capitalize()}](#{_anchor(tier)})")
        lines += [f"  - [{_heading(each)}](#{_anchor(_heading(each))})" for each in members]
    for tier, members in tiers:
        lines += ["", f"## {tier.capitalize()}"]
        for each in members:
            lines += ["", f"### {_heading(each)}", "", *_body(each)]
    return "\n".join(lines) + "\n"


def html(questions: Sequence[Question]) -> str:
    """Return the document as one page of HTML that needs nothing from elsewhere."""
    template = documents.environment().get_template("cheatsheet.html")
    return template.render(title=_TITLE, tiers=_by_tier(questions))


def _by_tier(questions: Sequence[Question]) -> list[tuple[str, list[Question]]]:
    return [
        (tier, list(members)) for tier, members in groupby(questions, lambda q: q.exercise.tier)
    ]


def _heading(question: Question) -> str:
    return f"{question.exercise.number} · {question.exercise.title}"


def _anchor(heading: str) -> str:
    """Return the name that hosting sites give to a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def _body(question: Question) -> list[str]:
    said = question.spoken
    lines = [f"*{question.use_case}*", ""] if question.use_case else []
    lines.append(said.text)
    if said.follow_ups:
        lines += ["", *(f"- **{each.question}** {each.answer}" for each in said.follow_ups)]
    if said.documentation:
        lines += ["", f"Documentation: {said.documentation}"]
    return lines
