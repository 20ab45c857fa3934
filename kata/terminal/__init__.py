"""All that a terminal shows: the screen of a run, pages of text, the watcher and its keys.

The ``kata`` command calls it, and pytest loads ``kata.terminal.plugin``; it calls ``kata.judge`` and ``kata.course``.
"""
