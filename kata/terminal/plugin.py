"""The pytest plugin that shows what was found: of a focused run the screen, of any other a summary."""

import pytest

from kata.course import catalog
from kata.judge.outcome import Outcome


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("focus"):
        return
    from kata.terminal import summary  # A focused run has no time for what it does not show.

    if summary.is_wanted(config):
        config.pluginmanager.register(summary.Summary(config), "kata-summary")


@pytest.hookimpl(trylast=True)
def pytest_kata_outcome(config: pytest.Config, outcome: Outcome) -> bool:
    """Show the screen of a run, unless another plugin has taken the outcome."""
    from kata.terminal.screen import Screen  # Rich takes long to import, and most runs need none.

    Screen(config.rootpath, catalog.find_all(config.rootpath / "exercises")).show(outcome)
    return True
