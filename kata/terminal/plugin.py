"""The pytest plugin that shows what a focused run found."""

import pytest

from kata.course import catalog
from kata.judge.outcome import Outcome


@pytest.hookimpl(trylast=True)
def pytest_kata_outcome(config: pytest.Config, outcome: Outcome) -> bool:
    """Show the screen of a run, unless another plugin has taken the outcome."""
    from kata.terminal.screen import Screen  # Rich takes long to import, and most runs need none.

    Screen(config.rootpath, catalog.find_all(config.rootpath / "exercises")).show(outcome)
    return True
