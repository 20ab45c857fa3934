"""Load the engine, the screen of a focused run and the fixtures that the exercises share."""

pytest_plugins = [
    "kata.judge.plugin",
    "kata.judge.collection",
    "kata.terminal.plugin",
    "kata.services.fixtures",
]
