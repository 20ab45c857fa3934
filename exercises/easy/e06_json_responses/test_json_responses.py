"""What e06 asks for, step by step."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from math import inf, nan
from uuid import UUID

import pytest
from flask import Flask


@dataclass
class Room:
    name: str
    seats: float


class Account:
    def __init__(self, password_hash):
        self.password_hash = password_hash


@pytest.fixture
def client(exercise):
    """Return a client of an application with two events and two prices."""
    app = exercise.create_app(
        events=[{"title": "Tasting"}, {"title": "Concert"}], prices={"tea": 2, "cake": 3}
    )
    app.testing = True
    assert not isinstance(app.json, type), "app.json is a class: it should be an object of it."
    return app.test_client()


@pytest.fixture
def listing(exercise):
    """Return a function that makes an event of its arguments and lists it by GET /events."""

    def get(**event):
        app = exercise.create_app(events=[event])
        app.testing = True
        return app.test_client().get("/events")

    return get


class TestStep1DictsAndLists:
    def test_the_message_is_a_json_object(self, client):
        response = client.get("/message")

        assert (response.status_code, response.mimetype) == (200, "application/json")
        assert response.json == {"message": "The café is open"}

    def test_the_prices_are_a_json_object(self, client):
        response = client.get("/prices")

        assert (response.status_code, response.mimetype) == (200, "application/json")
        assert response.json == {"tea": 2, "cake": 3}

    def test_the_events_are_a_json_list(self, client):
        response = client.get("/events")

        assert (response.status_code, response.mimetype) == (200, "application/json")
        assert response.json == [{"title": "Tasting"}, {"title": "Concert"}]

    def test_adding_an_event_answers_201_with_the_event(self, client):
        response = client.post("/events", json={"title": "Reading", "seats": 12})

        assert (response.status_code, response.mimetype) == (201, "application/json")
        assert response.json == {"title": "Reading", "seats": 12}

    def test_the_location_is_the_path_of_the_new_event(self, client):
        client.post("/events", json={"title": "Reading"})

        assert client.post("/events", json={"title": "Quiz"}).location == "/events/4"
        assert client.get("/events/4").json == {"title": "Quiz"}

    def test_an_added_event_comes_last_in_the_list(self, client):
        client.post("/events", json={"title": "Reading"})

        titles = [event["title"] for event in client.get("/events").json]
        assert titles == ["Tasting", "Concert", "Reading"]


class TestStep2ValuesThatJSONDoesNotKnow:
    def test_the_application_uses_the_provider(self, exercise):
        provider = exercise.create_app().json

        assert isinstance(provider, exercise.ApiJSONProvider), (
            f"app.json should be an ApiJSONProvider object, but it is {provider!r}"
        )
        other = Flask("other").json.dumps("é")
        assert other == '"\\u00e9"', "create_app should not change other applications."

    @pytest.mark.parametrize(
        ("offset", "written"),
        [
            (timezone(timedelta(hours=2)), "2026-05-01T18:30:00+02:00"),
            (timezone(-timedelta(hours=3, minutes=30)), "2026-05-01T18:30:00-03:30"),
            (UTC, "2026-05-01T18:30:00+00:00"),
        ],
        ids=["east", "west", "utc"],
    )
    def test_a_datetime_is_written_in_its_own_offset(self, listing, offset, written):
        response = listing(starts=datetime(2026, 5, 1, 18, 30, tzinfo=offset))

        assert response.json == [{"starts": written}]

    def test_a_datetime_keeps_its_microseconds(self, listing):
        response = listing(starts=datetime(2026, 5, 1, 18, 30, 0, 250_000, tzinfo=UTC))

        assert response.json == [{"starts": "2026-05-01T18:30:00.250000+00:00"}]

    def test_a_date_is_written_without_a_time(self, listing):
        assert listing(starts=date(2026, 5, 1)).json == [{"starts": "2026-05-01"}]

    @pytest.mark.parametrize("digits", ["19.90", "0.1", "1E+3", "12345678901234567890.05"])
    def test_a_decimal_is_a_string_with_every_digit(self, listing, digits):
        assert listing(price=Decimal(digits)).json == [{"price": digits}]

    @pytest.mark.parametrize(
        ("values", "written"),
        [
            ({10, 8, 1}, [1, 8, 10]),
            (frozenset({"tea", "coffee", "cake"}), ["cake", "coffee", "tea"]),
        ],
        ids=["set", "frozenset"],
    )
    def test_a_set_is_a_sorted_list(self, listing, values, written):
        assert listing(values=values).json == [{"values": written}]

    @pytest.mark.parametrize(
        ("value", "written"),
        [
            (UUID(int=1), "00000000-0000-0000-0000-000000000001"),
            (Room("Blue", 12), {"name": "Blue", "seats": 12}),
        ],
        ids=["UUID", "dataclass"],
    )
    def test_what_flask_can_write_stays_as_it_is(self, listing, value, written):
        assert listing(value=value).json == [{"value": written}]

    def test_text_stays_readable(self, client, listing):
        assert "The café is open" in client.get("/message").text
        assert "Žižkov" in listing(place="Žižkov").text


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

    def test_a_text_that_says_nan_is_sent(self, listing):
        assert listing(title="NaN, Infinity").json == [{"title": "NaN, Infinity"}]

    def test_a_datetime_without_an_offset_is_a_value_error(self, listing):
        with pytest.raises(ValueError):  # noqa: PT011
            listing(starts=datetime.fromisoformat("2026-05-01T18:30"))

    @pytest.mark.parametrize(
        "value",
        [1 + 2j, b"tea", time(18, 30), Account("pbkdf2:4f1c")],
        ids=["complex", "bytes", "time", "object"],
    )
    def test_a_value_of_an_unknown_type_is_a_type_error(self, listing, value):
        with pytest.raises(TypeError):
            listing(value=value)
