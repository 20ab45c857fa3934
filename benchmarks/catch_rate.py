"""Measure how often a wrong answer is caught: one that depends on a race has to fail every time.

Each answer is judged so many times by the tests that it names, in several processes at once:

    .venv/bin/python benchmarks/catch_rate.py [--runs 200] ANSWER …

ANSWER is a file or folder such as tests/answers/h04_scalability/wrong_get_then_set.py. A right answer
has to pass every time, and so does a solution, which is named by its exercise: h04.
"""

import argparse
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from kata.course import catalog  # noqa: E402
from kata.judge import parallel  # noqa: E402
from kata.judge.batch import Candidate  # noqa: E402
from kata.judge.verdict import Verdict, catchers  # noqa: E402


def is_as_expected(candidate: Candidate, verdict: Verdict) -> bool:
    """Say whether each test that an answer names failed, or all passed if it names none."""
    if candidate.tests is None:
        return verdict.passed
    return verdict.failed >= candidate.tests


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("answers", nargs="+", metavar="ANSWER")
    options = parser.parse_args()
    exercises = catalog.find_all(ROOT / "exercises")
    reliable = True
    for word in options.answers:
        path = Path(word).resolve()
        answer = path if path.exists() and path.parent.parent.name == "answers" else None
        exercise = catalog.find(answer.parent.name if answer else word, exercises)
        named = frozenset(catchers(answer)) if answer else None
        candidate = Candidate(ROOT / "solutions", answer, tests=named or None)
        verdicts = parallel.judge({exercise: [candidate] * options.runs})[exercise]
        count = sum(is_as_expected(candidate, verdict) for verdict in verdicts)
        reliable &= count == options.runs
        verb = "caught" if named else "passed"
        name = answer.stem if answer else "the solution"
        print(f"{exercise.number} {name}: {verb} {count} of {options.runs}", flush=True)
    return 0 if reliable else 1


if __name__ == "__main__":
    sys.exit(main())
