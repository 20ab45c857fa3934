"""Load the engine and the fixtures that the exercises share."""

pytest_plugins = ["kata.plugin", "kata.fixtures"]
