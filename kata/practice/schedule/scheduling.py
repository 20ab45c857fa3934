"""When a card is due: FSRS says it, by the library `fsrs`; here it is only told what was reviewed.

It is told days, as midnights, and answers with days: what is due is due from the morning of the learner's
own day, and two reviews on one day are no day apart, whatever the hour. Chance is turned off, so that the
same journal gives the same days. There are no steps of minutes, which are for vocabulary: what was solved
or said comes back after days, and after a lapse on the next day. A question takes minutes, and comes back
when one in ten would be forgotten; what takes longer, when one in seven would.

Practice beyond the schedule never harms it. The library takes each early review for a full one, which
was measured: a card that was easy is due after 8 days, and after 248 when it is said to be easy ten times more on
the same evening; ``hard``, four days into an interval of eleven, puts the day off by fourteen; and
ten lapses in an evening leave nothing of what was learned before. So before a card is due,
``hard``, ``good`` and ``easy`` change nothing. ``again`` says that something was forgotten: it counts at any
time, and once a day.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import fsrs

from kata.practice.schedule.cards import HUNT, REHEARSE, SOLVE, Card, Review
from kata.practice.terms import RATINGS

_RATINGS = dict(
    zip(
        RATINGS,
        (fsrs.Rating.Again, fsrs.Rating.Hard, fsrs.Rating.Good, fsrs.Rating.Easy),
        strict=True,
    )
)

# With which chance a card should still be known when it comes back.
_RETENTION = {REHEARSE: 0.9, HUNT: 0.85, SOLVE: 0.85}

_SCHEDULERS = {
    kind: fsrs.Scheduler(
        desired_retention=retention,
        learning_steps=(),
        relearning_steps=(timedelta(days=1),),
        enable_fuzzing=False,
    )
    for kind, retention in _RETENTION.items()
}


@dataclass(frozen=True)
class Scheduled:
    """A card with the day from which it is due, and those of its reviews that counted."""

    card: Card
    due: date
    counted: tuple[Review, ...]


def scheduled(card: Card) -> Scheduled:
    """Return when a card is due next."""
    state = fsrs.Card(card_id=0, due=_midnight(card.first))
    counted: list[Review] = []
    for review in card.reviews:
        day = max(review.day, counted[-1].day) if counted else review.day
        if counted and not _counts(review.rating, day, state.due.date(), counted[-1]):
            continue
        state, _ = _SCHEDULERS[card.kind].review_card(
            state, _RATINGS[review.rating], _midnight(day)
        )
        counted.append(Review(day, review.rating))
    return Scheduled(card, state.due.date(), tuple(counted))


def _counts(rating: str, day: date, due: date, before: Review) -> bool:
    """Say whether a review says more than that somebody practised."""
    return day >= due or (rating == "again" and (before.rating, before.day) != ("again", day))


def _midnight(day: date) -> datetime:
    """Return a day as the library wants it: the zone has no meaning."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
