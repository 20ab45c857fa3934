"""From a learner's module to a verdict: loading, the process of an exercise, pytest's hooks, diagnosis.

Rooms that show or use verdicts call it; it calls ``kata.course`` alone.
"""
