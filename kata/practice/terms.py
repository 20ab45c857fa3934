"""What all of practice says in the same way: ratings, what the journal calls its parts, and a time on a clock."""

RATINGS = ("again", "hard", "good", "easy")
"""How well something went, by the learner's own word, the worst first."""

# What the journal says happened.
REHEARSED, HUNTED, SPECIFIED, INTERVIEWED = "rehearsed", "hunted", "specified", "interviewed"


def clock(seconds: float) -> str:
    """Return a time as minutes and seconds.

    >>> clock(754)
    '12:34'
    """
    return f"{int(seconds) // 60}:{int(seconds) % 60:02}"
