"""What a failed test leaves to look at, and which line of the learner's is to blame for an error."""

import re
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from kata.judge import frames
from kata.judge.loader import place_in
from kata.judge.reading import Place
from kata.judge.transcript import Transcript


@dataclass(frozen=True)
class Evidence:
    """What there is to explain an error from.

    ``folder`` holds the learner's files and ``stub`` is the one to edit; ``module`` is what was made of it.
    ``comparison`` is the one that failed, if one did, and ``printed`` is how many bytes were printed.
    """

    folder: Path
    transcript: Transcript
    comparison: dict[str, str] | None = None
    stub: Path | None = None
    module: ModuleType | None = None
    printed: int = 0

    def view_that_raised(self, error: BaseException) -> Place | None:
        """Return the view that the last request reached, if that request ended in this error."""
        last = self.transcript.last_exchange
        return last.view(self.folder) if last is not None and last.outcome is error else None

    def place_of(self, error: BaseException) -> Place | None:
        """Return the learner's innermost line that an error came through.

        What is around the application, such as a middleware, has only handed on what comes out of it.
        """
        through = error.__traceback__
        if self.view_that_raised(error):
            through = frames.since_flask(error)
        return place_in(self.folder, through)

    def wants(self, status: int) -> bool:
        """Say whether the failed comparison had this status on the side of what is expected."""
        wanted = self.comparison["right"] if self.comparison is not None else ""
        return re.search(rf"\b{status}\b", wanted) is not None


def is_hole(error: BaseException, place: Place | None) -> bool:
    """Say whether an error says that this line of the learner's is still to be replaced."""
    here = place is not None and frames.innermost_place(error) == place
    return isinstance(error, NotImplementedError) and here
