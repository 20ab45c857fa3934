"""Measure how often a wrong answer is caught: one that depends on a race has to fail every time.

Each answer is judged so many times by the tests that it names, in two processes at once:

    .venv/bin/python benchmarks/catch_rate.py [--runs 200] ANSWER …

ANSWER is a file or folder such as tests/answers/h04_scalability/wrong_get_then_set.py. A right answer
has to pass every time, and so does a solution, which is named by its exercise: h04.
"""

import argparse
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from kata.course import catalog  # noqa: E402
from kata.course.exercise import Exercise  # noqa: E402
from kata.judge.verdict import catchers, judge, laid_over  # noqa: E402


def is_as_expected(exercise: Exercise, answer: Path | None) -> bool:
    """Judge an answer once; say whether each test that it names failed, or all passed if it names none."""
    solutions = ROOT / "solutions"
    if answer is None:
        return judge(exercise, solutions).passed
    named = catchers(answer)
    options = ["-k", " or ".join(named)] if named else []
    with tempfile.TemporaryDirectory() as tree:
        verdict = judge(exercise, laid_over(answer, exercise, solutions, Path(tree)), options)
    return verdict.failed >= set(named) if named else verdict.passed


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("answers", nargs="+", metavar="ANSWER")
    options = parser.parse_args()
    exercises = catalog.find_all(ROOT / "exercises")
    reliable = True
    with ProcessPoolExecutor(2) as pool:
        for word in options.answers:
            path = Path(word).resolve()
            answer = path if path.exists() and path.parent.parent.name == "answers" else None
            exercise = catalog.find(answer.parent.name if answer else word, exercises)
            runs = [pool.submit(is_as_expected, exercise, answer) for _ in range(options.runs)]
            count = sum(run.result() for run in runs)
            reliable &= count == options.runs
            verb = "caught" if answer and catchers(answer) else "passed"
            name = answer.stem if answer else "the solution"
            print(f"{exercise.number} {name}: {verb} {count} of {options.runs}", flush=True)
    return 0 if reliable else 1


if __name__ == "__main__":
    sys.exit(main())
