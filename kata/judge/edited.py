"""The files of tests that somebody has edited: what they are, and the words for it.

The shipped version of such a file runs in its place: see `kata.judge.collection`, which pytest has to
import first and nobody else may.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

EDITED = pytest.StashKey[dict[Path, bytes]]()
"""The files of tests that differ from the shipped ones, each with what was shipped."""


def said_of_edited(config: pytest.Config) -> Iterator[str]:
    """Yield a sentence for each edited file of tests among those collected."""
    for file in config.stash.get(EDITED, {}):
        name = file.relative_to(config.rootpath)
        yield (
            f"{name} is not as it was shipped: the shipped tests ran in its place. "
            f"To have them back: git restore {name}. For authors: --as-edited, and kata pack"
        )
