"""Pull requests to review, made of the answers that are kept.

Nothing in one gives away what is wrong with it: it has no name, and of comments and docstrings only those that
the stub or the reference has, too. The code is that of the answer, and so is the verdict on it.
"""

import difflib
import random
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from kata.course.exercise import Exercise
from kata.practice.hunts import faults
from kata.practice.hunts.faults import Code, Place
from kata.practice.hunts.kept import REFERENCE, Answer, Kept

CAUSES = 4

_Lines = list[tuple[int, str]]

# So many words in a row that a comment shares with the cause would tell it.
_RUN = 5

# Of so many others by chance, those are taken that are least alike.
_DRAWN = 12


@dataclass(frozen=True)
class File:
    """A file of a pull request: the lines of the stub, and those that the colleague made of it."""

    name: str
    before: tuple[str, ...]
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Case:
    """A pull request to review, and what is known of it.

    ``right`` says that nothing is wrong. Otherwise ``cause`` says what is, ``at_fault`` in which lines, by file
    and number, and ``caught_by`` which tests tell so; ``others`` are causes of other cases, by the tests that
    tell those. ``laid_over`` has the files as they are shown, to be laid over the reference; ``better`` is the
    nearest right code, which may be the reference.
    """

    exercise: Exercise
    name: str
    right: bool
    files: tuple[File, ...]
    laid_over: Mapping[str, str]
    about: str
    caught_by: tuple[str, ...]
    others: Mapping[str, tuple[str, ...]]
    at_fault: frozenset[Place]
    better: Mapping[str, tuple[str, ...]]
    is_reference: bool

    def causes(self, seed: object) -> list[str]:
        """Return up to four causes, its own among them if it has one, in an order that depends on the seed.

        The others are those of cases that other tests catch, if there are enough, and little alike.
        """
        chance = random.Random(f"{seed}/{self.name}")
        apart = [about for about, tests in self.others.items() if not {*tests} & {*self.caught_by}]
        pool = apart if len(apart) >= CAUSES - 1 else list(self.others)
        drawn = chance.sample(pool, min(_DRAWN, len(pool)))
        chosen: list[str] = [] if self.right else [self.about]
        while drawn and len(chosen) < CAUSES:
            farthest = min(
                drawn, key=lambda each: sum(_alike(each, other) ** 2 for other in chosen)
            )
            drawn.remove(farthest)
            chosen.append(farthest)
        chance.shuffle(chosen)
        return chosen


class Requests:
    """The pull requests that the answers to one exercise make."""

    def __init__(self, exercise: Exercise, root: Path) -> None:
        self._kept = Kept(exercise, root)
        self.exercise = exercise

    @cached_property
    def names(self) -> list[str]:
        """List the cases by name; none where no answers are kept, or no reference to compare with."""
        names = self._kept.names
        return names if names != [REFERENCE] else []

    def case(self, name: str) -> Case:
        """Make a pull request of the answer of this name."""
        kept = self._kept
        answer = kept.answers[name]
        sources = kept.whole(answer)
        said = self._said(answer)
        whole = {file: source.without(said[file]) for file, source in sources.items()}
        better = answer if answer.right else self._nearest(answer)
        return Case(
            exercise=self.exercise,
            name=name,
            right=answer.right,
            files=tuple(self._files(said, whole)),
            laid_over={
                file: "".join(f"{line}\n" for _, line in whole[file]) for file in answer.files
            },
            about=answer.about,
            caught_by=answer.caught_by,
            others={
                each.about: each.caught_by for each in kept.wrong if each.about != answer.about
            },
            at_fault=frozenset() if answer.right else self._at_fault(answer, better, whole),
            better={
                file: tuple(line for _, line in source.without(said.get(file, ())))
                for file, source in kept.whole(better).items()
            },
            is_reference=better.name == REFERENCE,
        )

    def _said(self, answer: Answer) -> dict[str, set[str]]:
        """Return the remarks in each file that may be shown: others have them, and they tell nothing."""
        tells = _runs(answer.about) if not answer.right else set()
        may = {text for text in self._kept.known_remarks if not tells & _runs(text)}
        return {
            file: {remark.text for remark in source.remarks} & may
            for file, source in self._kept.whole(answer).items()
        }

    def _files(self, said: Mapping[str, set[str]], whole: Mapping[str, _Lines]) -> Iterator[File]:
        """Yield what the colleague changed, and what the exercise asks to change; the stub comes first.

        A difference in remarks alone is not worth a line.
        """
        stub, reference = self._kept.stub, self._kept.reference.files
        folder = self.exercise.folder
        edited = {file.relative_to(folder).as_posix() for file in self.exercise.files_to_edit}
        for name in sorted(whole, key=lambda each: (each != self.exercise.stub.name, each)):
            before = stub[name].without(said[name]) if name in stub else []
            file = File(name, *(tuple(text for _, text in side) for side in (before, whole[name])))
            is_asked = name in edited and stub.get(name) != reference.get(name)
            if is_asked or file.before != file.lines:
                yield file

    def _nearest(self, answer: Answer) -> Answer:
        right = self._kept.right
        return right[faults.nearest(self._code(answer), [self._code(each) for each in right])]

    def _at_fault(
        self, answer: Answer, right: Answer, whole: Mapping[str, _Lines]
    ) -> frozenset[Place]:
        sources = self._kept.whole(answer)
        others = [
            self._code(each)
            for each in self._kept.wrong
            if not {*each.caught_by} & {*answer.caught_by}
        ]
        places = faults.at_fault(self._code(answer), self._code(right), self._usual, others)
        shown = {
            file: {at: number for number, (at, _) in enumerate(lines, 1)}
            for file, lines in whole.items()
        }
        return frozenset(
            (file, shown[file][[*sources[file].code][index]]) for file, index in places
        )

    def _code(self, answer: Answer) -> Code:
        if answer.name not in self._codes:
            sources = self._kept.whole(answer).items()
            self._codes[answer.name] = {name: [*source.code.values()] for name, source in sources}
        return self._codes[answer.name]

    @cached_property
    def _codes(self) -> dict[str, Code]:
        return {}

    @cached_property
    def _usual(self) -> faults.Usual:
        return faults.Usual([self._code(answer) for answer in self._kept.wrong])


def _runs(text: str) -> set[str]:
    """Return each five words that follow each other in a text; of a shorter one, all its words."""
    words = re.findall(r"[\w']+", text.lower())
    return {" ".join(words[start : start + _RUN]) for start in range(max(1, len(words) - _RUN + 1))}


def _alike(one: str, other: str) -> float:
    return difflib.SequenceMatcher(None, one.lower().split(), other.lower().split()).ratio()
