"""A clock that stands still until a test moves it."""


class Clock:
    """Tell the time in seconds when called, as `time.monotonic` does, and move only on command."""

    def __init__(self, start: float = 0.0) -> None:
        self._now = start

    def __call__(self) -> float:
        return self._now

    def advance(self, seconds: float) -> None:
        """Move the clock on by so many seconds; it never goes back.

        Raises:
            ValueError: `seconds` is negative.
        """
        if seconds < 0:
            raise ValueError(f"A clock does not go back, not even by {-seconds} s.")
        self._now += seconds
