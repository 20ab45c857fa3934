"""`kata specify`: the conversation about the tests that a learner writes."""

from collections.abc import Sequence
from pathlib import Path

from rich.progress import Progress
from rich.text import Text

from kata.course import progress, reading
from kata.course.command import as_typed
from kata.course.exercise import Exercise
from kata.practice.specs import specifying
from kata.practice.specs.judgement import Alive, Judgement
from kata.terminal import specified
from kata.terminal.prompt import ENTER, Left, Prompt

# A file of tests that is longer, in bytes, was not written by hand.
_LIMIT = 1_000_000


def converse(exercise: Exercise, root: Path, prompt: Prompt, *, hint: bool, keys: bool) -> bool:
    """Run the learner's tests, or begin the file; with ``keys``, again and with hints until they leave.

    Returns:
        Whether nothing is left to do.

    Raises:
        NothingToJudge: there is nothing to judge tests by, or pytest could not run.
        OSError: the file cannot be made or read.
    """
    specifying.require_answers(exercise, root)
    judgement = None
    if specifying.begin(exercise, root):
        prompt.show(specified.begun(exercise, root))
    else:
        judgement = _run(exercise, root, prompt, hint=hint)
    try:
        while keys:
            more = judgement is not None and bool(_not_hinted(exercise, root, judgement))
            offered = {ENTER: "run the tests", **({"h": "a hint"} if more else {})}
            if prompt.choose(offered) == "h" and judgement is not None:
                _hint(exercise, root, prompt, judgement)
            else:
                judgement = _run(exercise, root, prompt, hint=False)
    except Left:
        pass
    return judgement is None or judgement.is_complete


def _run(exercise: Exercise, root: Path, prompt: Prompt, *, hint: bool) -> Judgement:
    content = reading.content(specifying.place(exercise, root), _LIMIT)
    total = specifying.candidates(exercise, root)
    console = prompt.console
    # Without a thread that redraws the bar: this process forks.
    with Progress(
        console=console,
        auto_refresh=False,
        transient=True,
        redirect_stdout=False,
        redirect_stderr=False,
        disable=not console.is_terminal,
    ) as bar:
        task = bar.add_task("Running your tests", total=total)

        def advance() -> None:
            bar.advance(task)
            bar.refresh()

        bar.refresh()
        judgement = specifying.judge(exercise, root, content, advance)
    hinted = specifying.hinted(exercise, root)
    prompt.show(specified.page(exercise, root, judgement, hinted))
    if judgement.is_tried and judgement.tests:
        if hint:
            _hint(exercise, root, prompt, judgement)
        else:
            _write_down(exercise, root, prompt, judgement, hinted)
    return judgement


def _hint(exercise: Exercise, root: Path, prompt: Prompt, judgement: Judgement) -> None:
    """Show the cause of one more wrong answer that is alive, and write down that it was shown."""
    left = _not_hinted(exercise, root, judgement)
    if not left:
        prompt.show(Text("There is no hint left: each wrong answer that is alive has had its own."))
        return
    first, more = left[0], len(left) - 1
    prompt.show(Text("A wrong answer that is alive:"), specified.cause(first))
    prompt.show(Text(f"Without a hint so far: {more}.", "dim"))
    shown = [*specifying.hinted(exercise, root), first.name]
    _write_down(exercise, root, prompt, judgement, shown)


def _write_down(
    exercise: Exercise, root: Path, prompt: Prompt, judgement: Judgement, shown: Sequence[str]
) -> None:
    said = progress.note(root, specifying.note(exercise, judgement, shown))
    if said:
        prompt.show(Text(as_typed(said), "yellow"))


def _not_hinted(exercise: Exercise, root: Path, judgement: Judgement) -> list[Alive]:
    hinted = specifying.hinted(exercise, root) if judgement.tests else []
    return [each for each in judgement.alive if each.name not in hinted and judgement.tests]
