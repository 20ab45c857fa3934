"""The command of the mock interview."""

import click

from kata.cli import words
from kata.practice.interviews.rounds import LEVELS, LONGEST, SHORTEST


@click.command()
@click.option(
    "--minutes",
    type=click.IntRange(SHORTEST, LONGEST),
    default=45,
    show_default=True,
    help="How long it may take.",
)
@click.option(
    "--level",
    type=click.Choice(list(LEVELS)),
    default="middle",
    show_default=True,
    help="How hard the exercises are.",
)
@click.option(
    "--seed",
    type=click.IntRange(0),
    metavar="N",
    help="Choose by this number: the same interview comes again.",
)
@click.option("--history", is_flag=True, help="Show the way of your interviews, and hold none.")
@click.option(
    "--report",
    "wanted",
    is_flag=False,
    flag_value="",
    metavar="[ID]",
    help="Show the report of the last interview, or of ID, the name of its folder.",
)
def interview(
    minutes: int, level: str, seed: int | None, history: bool, wanted: str | None
) -> None:
    """Hold a mock interview: questions, a bug hunt and exercises under the clock.

    Leave at any time; the next call goes on, or begins anew. Your files stay as they are.
    """
    if history or wanted is not None:
        _look_back(wanted)
        return
    from kata.practice.interviews import interviewing, opening, rounds
    from kata.terminal import interview as sitting
    from kata.terminal.prompt import Left

    exercises = words.exercises()
    words.recovered_progress()
    try:
        found = interviewing.find_unfinished(words.ROOT)
        if found is not None:
            with found.taken():
                if not sitting.offer(found):
                    found.close(interviewing.LEFT)
                    found = None
        if found is None:
            found = opening.begin(words.ROOT, exercises, seed=seed, level=level, minutes=minutes)
        with found.taken():
            sitting.hold(words.ROOT, exercises, found)
    except rounds.NothingToAsk as reason:
        words.stop(str(reason))
    except Left:
        return
    except TimeoutError:
        words.stop("This interview is being held in another terminal.")
    except OSError as error:
        words.stop(
            f"The interview cannot be kept in .kata/interviews ({error.strerror}); what was kept before is there. "
            "To see why: kata doctor",
            code=1,
        )


def _look_back(wanted: str | None) -> None:
    from kata.practice.interviews import interview_report, interviewing
    from kata.practice.interviews.concluding import PAGE
    from kata.terminal import interview_pages

    reports = interview_report.find_all(words.ROOT)
    if not reports:
        words.stop("There is no finished interview yet. To hold one: kata interview", code=1)
    if wanted is None:
        words.show(interview_pages.history(reports))
        return
    found = [each for each in reports if each.id == wanted] if wanted else reports[-1:]
    if not found:
        ids = ", ".join(each.id for each in reports[-3:])
        raise click.UsageError(f"There is no finished interview {wanted}. The last ones are: {ids}")
    folder = interviewing.folder_of_all(words.ROOT) / found[0].id
    words.show(interview_pages.report(found[0], (folder / PAGE).relative_to(words.ROOT)))
