"""Practice for the interview: questions to rehearse, bugs to hunt, tests to write, interviews, the schedule.

It knows no terminal: data in, data out. The rooms that show it call it; it calls ``kata.judge`` and ``kata.course``.
"""
