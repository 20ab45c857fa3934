"""What each key asks of the watcher."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console, RenderableType
from rich.text import Text

from kata.course import backups, progress, workspace
from kata.course.exercise import Exercise
from kata.terminal import editor, pages
from kata.terminal.chooser import Chooser

if TYPE_CHECKING:
    from kata.terminal.watcher import Watcher

KEYS = {
    "t": "the task: the step at hand; again: the whole README",
    "h": "the next hint",
    "n": "the next exercise",
    "p": "the previous exercise",
    "l": "the list of exercises, to choose from",
    "f": "go further with a solved exercise, for ★",
    "d": "the difference to the solution",
    "a": "the model answer",
    "e": "open in $EDITOR",
    "r": "run again",
    "x": "reset: bring the stub back, after storing your version",
    "u": "undo the last reset",
    "?": "these keys",
    "q": "quit",
}
_MOVES = "  ↑ ↓ PageUp PageDown Home End   move through a text; space and b page through it"


class Keys:
    """The actions of the keys, on the watcher that shows what they ask for."""

    def __init__(self, watcher: "Watcher", root: Path) -> None:
        self._watcher = watcher
        self._root = root
        self._solutions = root / "solutions"
        self.actions: dict[str, Callable[[], None]] = {
            "t": self._task,
            "h": self._hint,
            "n": lambda: self._move(1),
            "p": lambda: self._move(-1),
            "l": self._list,
            "f": self._further,
            "d": lambda: self._reveal(self._difference),
            "a": lambda: self._reveal(self._answer),
            "e": self._edit,
            "r": watcher.run_again,
            "x": self._reset,
            "u": lambda: self._change(backups.undo),
            "?": self._help,
        }

    @property
    def _at(self) -> Exercise:
        return self._watcher.current()

    def _say(self, text: str) -> None:
        self._watcher.front.open(lambda _: Text(text))

    def _task(self) -> None:
        exercise = self._at
        if self._watcher.front.title == "task":
            self._watcher.front.open(lambda _: pages.document(exercise.readme))
            return
        step = pages.step_at_hand(exercise, self._root)
        self._watcher.front.open(lambda _: pages.task(exercise, step), title="task")

    def _hint(self) -> None:
        page = pages.next_hint(self._at, self._root)
        self._watcher.front.open(lambda _: page)

    def _move(self, by: int) -> None:
        exercises = self._watcher.exercises
        number = exercises.index(self._at) + by
        if number in range(len(exercises)):
            self._watcher.go_to(exercises[number])
        else:
            self._say(f"{self._at.number} is the {'first' if by < 0 else 'last'} exercise.")

    def _list(self) -> None:
        state = progress.load(self._root)
        self._watcher.front.choose(
            Chooser(self._watcher.exercises, state, self._at, self._watcher.go_to)
        )

    def _further(self) -> None:
        state = progress.load(self._root)
        stars = state.stars(self._watcher.exercises)
        for exercise in (self._at, *self._watcher.just_solved()):
            if exercise.id in state.solved - stars:
                self._watcher.go_to(exercise)
                return
        why = "is mastered" if self._at.id in stars else "is not solved yet"
        self._say(
            f"{self._at.number} {why}. One goes further with an exercise that is solved and has further "
            "steps.\nTo choose one: l"
        )

    def _difference(self) -> None:
        exercise, solutions = self._at, self._solutions
        self._watcher.front.open(
            lambda console: pages.difference(exercise, solutions, console.width)
        )

    def _answer(self) -> None:
        page = pages.answer(self._at, self._solutions)
        self._watcher.front.open(lambda _: page)

    def _reveal(self, show: Callable[[], None]) -> None:
        """Show what gives the solution away; ask before that if the exercise is not solved."""
        if not workspace.has_solution(self._at, self._solutions):
            self._say(pages.no_solution(self._at))
        elif self._at.id in progress.load(self._root).solved:
            show()
        else:
            self._watcher.front.ask(pages.before_the_solution(self._at), show)

    def _reset(self) -> None:
        exercise = self._at
        self._watcher.front.ask(
            f"Bring the stub of {exercise.number} back? Your version is stored before; u undoes it.",
            lambda: self._change(backups.reset),
        )

    def _change(self, how: Callable[[Exercise, Path], backups.Change]) -> None:
        exercise = self._at
        try:
            change = how(exercise, self._root)
        except backups.NothingToDo as reason:
            self._say(str(reason))
            return
        stored = change.backup.relative_to(self._root)
        self._watcher.say(
            "\n".join(
                [
                    *change.told(self._root),
                    f"What was there is stored in {stored}. To have it back: u",
                ]
            )
        )

    def _help(self) -> None:
        lines = [f"  {key}  {what}" for key, what in KEYS.items()]
        self._say("\n".join([*lines, "", _MOVES]))

    def _edit(self) -> None:
        said = editor.edit(self._at.files_to_edit, self._watcher.terminal)
        if said:
            self._say(said)


def page_of_fault(error: Exception) -> Callable[[Console], RenderableType]:
    """Return the page that says that a key could not do what it says."""
    said = f"That could not be done: {type(error).__name__}: {error}"
    return lambda _: Text(said, "red")
