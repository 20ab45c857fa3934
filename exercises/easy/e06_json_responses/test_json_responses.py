"""What the core of e06 asks for, step by step."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from uuid import UUID

import pytest
from flask import Flask


@dataclass
class Room:
    name: str
    seats: float


class Snippet:
    def __html__(self):
        return "<b>tea</b>"


class Moment(datetime):
    """A datetime of a library of one's own."""


class Day(date):
    """A date of a library of one's own."""


class Money(Decimal):
    """A decimal of a library of one's own."""


class Tags(set):
    """A set of a library of one's own."""


class Labels(frozenset):
    """A frozenset of a library of one's own."""


# Text that is to stay as it is.
NASTY = "  Ada & <b>Zoë</b> 100% "


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
        client.post("/events", json={"title": "Quiz"})

        assert client.post("/events", json={"title": "Quiz"}).location == "/events/4"
        assert client.get("/events/4").json == {"title": "Quiz"}

    def test_the_location_is_built_by_url_for(self, client):
        response = client.post("/events", json={}, environ_overrides={"SCRIPT_NAME": "/cafe"})

        assert (response.status_code, response.location) == (201, "/cafe/events/3")

    def test_an_event_stays_as_it_was_sent(self, client):
        event = {"title": NASTY, "seats": 0, "tags": ["b", "a", "b"], "host": None, "fee": 2.5}

        response = client.post("/events", json=event)

        assert (response.status_code, response.json) == (201, event)
        assert client.get("/events").json[-1] == event

    def test_an_added_event_comes_last_in_the_list(self, client):
        client.post("/events", json={"title": "Reading"})

        response = client.get("/events")

        assert (response.status_code, response.mimetype) == (200, "application/json")
        assert response.json == [{"title": "Tasting"}, {"title": "Concert"}, {"title": "Reading"}]

    def test_each_application_has_a_list_of_its_own(self, exercise):
        first, second = (exercise.create_app(events=[]).test_client() for _ in range(2))

        assert first.post("/events", json={"title": "Reading"}).status_code == 201
        assert second.get("/events").json == []


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

    @pytest.mark.parametrize("digits", ["19.90", "0.1", "1E+3", "12345678901234567890.05", "-0.00"])
    def test_a_decimal_is_a_string_with_every_digit(self, listing, digits):
        assert listing(price=Decimal(digits)).json == [{"price": digits}]

    def test_the_prices_are_strings_with_every_digit(self, exercise):
        app = exercise.create_app(prices={"tea": Decimal("2.80"), "cake": Decimal("3.50")})
        app.testing = True

        assert app.test_client().get("/prices").json == {"tea": "2.80", "cake": "3.50"}

    @pytest.mark.parametrize(
        ("values", "written"),
        [
            ({10, 8, 0}, [0, 8, 10]),
            (frozenset({"tea", "coffee", "cake"}), ["cake", "coffee", "tea"]),
            ({date(2026, 5, 2), date(2026, 5, 1)}, ["2026-05-01", "2026-05-02"]),
            (set(), []),
        ],
        ids=["set", "frozenset", "dates", "empty"],
    )
    def test_a_set_is_a_sorted_list(self, listing, values, written):
        assert listing(values=values).json == [{"values": written}]

    @pytest.mark.parametrize(
        ("value", "written"),
        [
            (Moment(2026, 5, 1, 18, 30, tzinfo=UTC), "2026-05-01T18:30:00+00:00"),
            (Day(2026, 5, 1), "2026-05-01"),
            (Money("19.90"), "19.90"),
            (Tags({8, 1}), [1, 8]),
            (Labels({8, 1}), [1, 8]),
        ],
        ids=["datetime", "date", "Decimal", "set", "frozenset"],
    )
    def test_a_subclass_is_written_as_its_type(self, listing, value, written):
        assert listing(value=value).json == [{"value": written}]

    def test_a_value_inside_another_is_written_too(self, listing):
        fees = {"fees": [{"adults": Decimal("9.50"), "days": {date(2026, 5, 1)}}]}

        response = listing(**fees)

        assert response.json == [{"fees": [{"adults": "9.50", "days": ["2026-05-01"]}]}]

    @pytest.mark.parametrize(
        ("value", "written"),
        [
            (UUID(int=1), "00000000-0000-0000-0000-000000000001"),
            (Room("Blue", 12), {"name": "Blue", "seats": 12}),
            (Snippet(), "<b>tea</b>"),
        ],
        ids=["UUID", "dataclass", "__html__"],
    )
    def test_what_flask_can_write_stays_as_it_is(self, listing, value, written):
        assert listing(value=value).json == [{"value": written}]

    def test_text_stays_readable(self, client, listing):
        assert "The café is open" in client.get("/message").text
        assert "Žižkov" in listing(place="Žižkov").text
        assert listing(title="not é: \\u00e9").json == [{"title": "not é: \\u00e9"}]
        assert "日本" in client.post("/events", json={"title": "日本"}).text
