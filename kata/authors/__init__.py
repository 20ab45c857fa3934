"""For who writes exercises: the rules that a program can check, their verification, a scaffold.

The ``kata`` command calls it; it calls ``kata.judge`` and ``kata.course``.
"""
