"""What e06 asks for beyond its core, step by step."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo
from enum import Enum
from json import loads
from math import inf, nan
from pathlib import PurePath
from types import MappingProxyType

import pytest
from flask import Flask


@dataclass
class Room:
    name: str
    seats: float


class Account:
    def __init__(self, password_hash):
        self.password_hash = password_hash


class Kind(Enum):
    TEA = "tea"


class Unknown(tzinfo):
    """A time zone that does not know its offset."""

    def utcoffset(self, moment):
        return None


@pytest.fixture
def listing(exercise):
    """Return a function that makes an event of its arguments and lists it by GET /events."""

    def get(**event):
        app = exercise.create_app(events=[event])
        app.testing = True
        return app.test_client().get("/events")

    return get


class TestStep3WhatIsNotSent:
    @pytest.mark.parametrize("value", [nan, inf, -inf], ids=["NaN", "infinity", "minus infinity"])
    def test_a_float_that_is_not_finite_is_a_value_error(self, listing, value):
        with pytest.raises(ValueError):  # noqa: PT011
            listing(rating=value)

    @pytest.mark.parametrize(
        "value",
        [[4.5, {"mean": nan}], {nan}, Room("Blue", inf)],
        ids=["list", "set", "dataclass"],
    )
    def test_a_float_inside_another_value_is_checked_too(self, listing, value):
        with pytest.raises(ValueError):  # noqa: PT011
            listing(ratings=value)

    def test_dumps_takes_options_and_refuses_nan_all_the_same(self, exercise):
        dumps = exercise.ApiJSONProvider(Flask("cafe")).dumps

        assert list(loads(dumps({"b": 1, "a": 2}, sort_keys=False))) == ["b", "a"]
        with pytest.raises(ValueError):  # noqa: PT011
            dumps({"b": nan, "a": 2}, sort_keys=False)

    def test_a_text_that_says_nan_is_sent(self, listing):
        assert listing(title="NaN, Infinity").json == [{"title": "NaN, Infinity"}]

    @pytest.mark.parametrize("zone", [None, Unknown()], ids=["no tzinfo", "tzinfo without offset"])
    def test_a_datetime_without_an_offset_is_a_value_error(self, listing, zone):
        with pytest.raises(ValueError):  # noqa: PT011
            listing(starts=datetime(2026, 5, 1, 18, 30, tzinfo=zone))

    def test_a_datetime_inside_another_value_is_checked_too(self, listing):
        with pytest.raises(ValueError):  # noqa: PT011
            listing(shows=[{"starts": {datetime.fromisoformat("2026-05-01T18:30")}}])

    @pytest.mark.parametrize(
        "value",
        [
            *(1 + 2j, b"tea", time(18, 30), timedelta(hours=1), PurePath("tea"), Kind.TEA),
            *(Account("pbkdf2:4f1c"), range(3), iter([1]), {}.keys(), MappingProxyType({})),
        ],
        ids=lambda value: type(value).__name__,
    )
    def test_a_value_of_an_unknown_type_is_a_type_error(self, listing, value):
        with pytest.raises(TypeError):
            listing(value=value)
