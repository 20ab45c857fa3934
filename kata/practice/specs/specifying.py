"""Judge a specification: tests that a learner wrote, by the right and the wrong answers that are kept.

The reference and every right answer are to pass, every wrong answer is to fail in a test.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from kata.course import journal, workspace
from kata.course.entries import Note
from kata.course.exercise import Exercise
from kata.judge.batch import Candidate
from kata.judge.parallel import Judges
from kata.judge.reading import MY_TESTS
from kata.judge.told import ERROR, Told
from kata.judge.verdict import catchers
from kata.judge.written import Written
from kata.practice.hunts.alternatives import RIGHT, WRONG, alternatives, difference
from kata.practice.specs import likely, remembered
from kata.practice.specs.first_tests import begun
from kata.practice.specs.judgement import Alive, Judgement, Refused
from kata.practice.terms import SPECIFIED


class NothingToJudge(Exception):
    """What is needed to judge tests is not there. The message is a sentence."""


def place(exercise: Exercise, root: Path) -> Path:
    """Return where a learner's tests for an exercise stand: no source of it, and never collected there."""
    return root / ".kata" / "specify" / exercise.id / MY_TESTS


def begin(exercise: Exercise, root: Path) -> bool:
    """Make the file, if there is none, with the fixtures and a test to replace; return whether it was made.

    Raises:
        OSError: it cannot be made.
    """
    file = place(exercise, root)
    file.parent.mkdir(parents=True, exist_ok=True)
    try:
        with file.open("x", encoding="utf-8") as new:
            new.write(begun(exercise))
    except FileExistsError:
        return False
    return True


def require_answers(exercise: Exercise, root: Path) -> None:
    """Look whether there is what tests are judged by.

    Raises:
        NothingToJudge: the solution or the answers are not in this tree.
    """
    number = exercise.number
    if not workspace.has_solution(exercise, root / "solutions"):
        raise NothingToJudge(f"There is no solution of {number} here to judge tests by.")
    if not alternatives(exercise, WRONG, root):
        raise NothingToJudge(f"There are no wrong answers to {number} here to judge tests by.")


def candidates(exercise: Exercise, root: Path) -> int:
    """Return how many answers tests are tried on: the reference, the right and the wrong ones."""
    return 1 + sum(len(alternatives(exercise, kind, root)) for kind in (RIGHT, WRONG))


def judge(
    exercise: Exercise,
    root: Path,
    content: bytes,
    after_each: Callable[[], object] = lambda: None,
) -> Judgement:
    """Run what the learner's file holds on every answer, and call ``after_each``.

    Raises:
        NothingToJudge: pytest could not run at all; the message is what it wrote.
    """
    with Judges(Written(place(exercise, root), content)) as judges:
        # They all start while the reference is judged.
        judges.prepare(exercise, candidates(exercise, root))
        return _judged(exercise, root, content, judges, after_each)


def _judged(
    exercise: Exercise,
    root: Path,
    content: bytes,
    judges: Judges,
    after_each: Callable[[], object],
) -> Judgement:
    solutions = root / "solutions"
    right, wrong = (alternatives(exercise, kind, root) for kind in (RIGHT, WRONG))
    [reference] = _told(exercise, [Candidate(solutions)], judges, after_each)
    tests = tuple(reference.outcomes)
    if reference.unread is not None:
        return Judgement(unread=reference.unread)
    if not tests:
        return Judgement(right=len(right), wrong=len(wrong), alive=tuple(_alive(exercise, wrong)))
    if failing := next(iter(reference.failures.values()), None):
        return Judgement(tests, failing=failing)
    memory = remembered.of(exercise, root, place(exercise, root).parent, content)
    order = likely.order_of(tests, content)
    told: dict[Path, Told] = {}
    left = []
    for each in [*right, *wrong]:
        known = memory.passed(each, tests)
        catcher = memory.caught(each, tests) if each in wrong else None
        if catcher is not None or len(known) == len(tests):
            told[each] = Told({catcher: "failed"} if catcher else {})
            after_each()
            continue
        words = f"{each.stem} {difference(each)} {' '.join(catchers(each))}"
        first = order(words) if each in wrong else ()
        left.append(Candidate(solutions, each, None, each in wrong, first, known))
    for candidate, verdict in zip(left, _told(exercise, left, judges, after_each), strict=True):
        assert candidate.answer is not None
        told[candidate.answer] = verdict
        memory.learn(candidate.answer, verdict.outcomes)
    memory.keep()
    by_right, by_wrong = [told[each] for each in right], [told[each] for each in wrong]
    refused = [
        Refused(difference(each), next(iter(found.failures.values())))
        for each, found in zip(right, by_right, strict=True)
        if found.failures
    ]
    spared = {each: found for each, found in zip(wrong, by_wrong, strict=True) if not found.failed}
    caught = Counter(_plain(name) for found in by_wrong for name in sorted(found.failed)[:1])
    return Judgement(
        tests,
        right=len(right),
        refused=tuple(refused),
        wrong=len(wrong),
        caught={name: caught[name] for name in dict.fromkeys(map(_plain, tests))},
        alive=tuple(_alive(exercise, list(spared), spared)),
    )


def hinted(exercise: Exercise, root: Path) -> list[str]:
    """Return the names of the wrong answers whose causes were shown, in the order in which they were."""
    names: dict[str, None] = {}
    for entry in journal.entries(root):
        if entry.what == SPECIFIED and entry.exercise == exercise.id:
            shown = entry.data.get("hinted")
            names |= dict.fromkeys(map(str, shown if isinstance(shown, list) else ()))
    return list(names)


def note(exercise: Exercise, judgement: Judgement, shown: Sequence[str]) -> Note:
    """Return what is to be written down; ``shown`` has the names of the answers whose causes were shown."""
    return Note(
        SPECIFIED,
        exercise.id,
        {
            "caught": judgement.caught_in_all,
            "wrong": judgement.wrong,
            "right": not judgement.refused,
            "hints": len(shown),
            "hinted": list(shown),
        },
    )


def _told(
    exercise: Exercise,
    candidates: Sequence[Candidate],
    judges: Judges,
    after_each: Callable[[], object],
) -> list[Told]:
    verdicts = judges.judge({exercise: candidates}, after_each)[exercise]
    told = [verdict for verdict in verdicts if isinstance(verdict, Told)]
    if len(told) < len(verdicts):
        lost = next(each for each in verdicts if not isinstance(each, Told))
        raise NothingToJudge(f"pytest could not run the tests:\n{lost.output.strip()[-2000:]}")
    return told


def _alive(
    exercise: Exercise, answers: Sequence[Path], told: Mapping[Path, Told] | None = None
) -> Iterator[Alive]:
    """Describe wrong answers, those of the core first."""
    classes = {test.partition("::")[2]: test for test in exercise.tests}
    found = []
    for each in answers:
        named = [classes[name] for name in catchers(each) if name in classes]
        further = bool(named) and all(exercise.is_further(test) for test in named)
        error = told is not None and ERROR in told[each].outcomes.values()
        found.append(Alive(each.stem, difference(each), further, error))
    yield from sorted(found, key=lambda each: each.further)


def _plain(test: str) -> str:
    return test.partition("[")[0]
