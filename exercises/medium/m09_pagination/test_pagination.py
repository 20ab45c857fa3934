"""What m09 asks for, step by step."""

import re
import sqlite3
from contextlib import closing
from datetime import date
from itertools import chain
from urllib.parse import parse_qs, urljoin, urlsplit

import pytest
from itsdangerous import URLSafeSerializer
from sqlalchemy import event
from werkzeug.exceptions import BadRequest

# Id, name, category and day: five items a day, and the ids do not follow the days.
ROWS = [
    (n, f"item {n}", "book" if n % 3 else "map", f"2025-05-0{1 + n * 7 % 5}") for n in range(1, 26)
]
NEWEST_FIRST = [row[0] for row in sorted(ROWS, key=lambda row: (row[3], row[0]), reverse=True)]
MAPS = [number for number in NEWEST_FIRST if number % 3 == 0]
KEY = "the key of the tests"
ARABIC = pytest.param("٣", id="Arabic digit 3")
HUGE = pytest.param("9" * 5000, id="5000 digits")
SIGNED = URLSafeSerializer(KEY).dumps({"user": 7})  # With this key, and no cursor.
TOO_MANY_ROWS = "The statements return more rows than the page needs: use LIMIT and COUNT."


@pytest.fixture
def start(exercise, tmp_path):
    """Return a function that starts one more application on the same database."""
    apps = []

    def start_app(secret_key=KEY):
        app = exercise.create_app(f"sqlite:///{tmp_path}/items.db", secret_key)
        app.testing = True
        apps.append(app)
        return app

    yield start_app
    for app in apps:
        with app.app_context():
            exercise.db.engine.dispose()


@pytest.fixture
def database(tmp_path):
    """Return a separate connection to the database."""
    with closing(sqlite3.connect(tmp_path / "items.db")) as connection:
        yield connection


@pytest.fixture
def client(start, database):
    """Return a client of an application with 25 items."""
    app = start()
    add(database, ROWS)
    return app.test_client()


@pytest.fixture
def statements(exercise, client):
    """Return the list of the SQL statements that the application sends, with their parameters."""
    sent = []
    with client.application.app_context():
        engine = exercise.db.engine
    event.listen(engine, "before_cursor_execute", lambda *args: sent.append(args[2:4]))
    return sent


def add(database, rows):
    with database:
        database.executemany("INSERT INTO item VALUES (?, ?, ?, ?)", rows)


def rows(database, statements):
    """Return how many rows the statements return, all together."""
    return sum(len(database.execute(*statement).fetchall()) for statement in statements)


def ids(response):
    assert response.status_code == 200
    return [item["id"] for item in response.json["items"]]


def links(response):
    """Return the absolute URLs in the header ``Link`` by their relation."""
    found = re.findall(r'<([^>]*)>; *rel="?(\w+)', ", ".join(response.headers.getlist("Link")))
    return {relation: urljoin(response.request.url, target) for target, relation in found}


def read_on(client, cursor=None, **query):
    """Return the ids of each page of the feed, from a cursor or the beginning to the end."""
    pages = []
    while len(pages) <= len(ROWS) and (cursor or not pages):
        response = client.get("/feed", query_string={**query, "after": cursor})
        pages.append(ids(response))
        cursor = response.json["next"]
    return pages


class TestStep1PagesWithATotal:
    def test_a_page_has_its_items_and_the_total(self, client):
        response = client.get("/items?page=5&per_page=1")
        items = [{"id": 2, "name": "item 2", "added": "2025-05-05"}]
        assert response.json == {"items": items, "page": 5, "per_page": 1, "total": 25}

    def test_without_parameters_it_is_the_first_page_with_ten_items(self, client):
        assert ids(client.get("/items")) == NEWEST_FIRST[:10]

    def test_the_total_counts_the_items_that_the_filter_leaves(self, client):
        response = client.get("/items?category=map&page=2&per_page=5")
        assert (ids(response), response.json["total"]) == (MAPS[5:], 8)

    def test_a_page_past_the_end_has_no_items(self, client):
        response = client.get("/items?page=7&per_page=5")
        assert response.json == {"items": [], "page": 7, "per_page": 5, "total": 25}

    def test_a_page_costs_two_statements_and_few_rows(self, client, database, statements):
        assert ids(client.get("/items?page=3&per_page=5")) == NEWEST_FIRST[10:15]

        assert len(statements) in (1, 2)
        assert rows(database, statements) <= 5 + 2, TOO_MANY_ROWS


class TestStep2BoundsAndLinksThatKeepTheFilters:
    def test_there_are_at_most_1000_pages_of_at_most_50_items(self, client):
        expected = {"page=1000": 200, "page=1001": 400, "per_page=50": 200, "per_page=51": 400}

        assert {asked: client.get(f"/items?{asked}").status_code for asked in expected} == expected

    @pytest.mark.parametrize("name", ["page", "per_page"])
    @pytest.mark.parametrize("text", ["0", "-1", "1.5", "1_0", "", "+5", " 5", "5\n", ARABIC, HUGE])
    def test_anything_but_a_whole_number_from_1_is_refused(self, client, name, text):
        assert client.get("/items", query_string={name: text}).status_code == 400

    @pytest.mark.parametrize(
        ("asked", "pages"),
        [
            ("page=1", {"first": 1, "next": 2, "last": 3}),
            ("page=2", {"first": 1, "prev": 1, "next": 3, "last": 3}),
            ("page=3", {"first": 1, "prev": 2, "last": 3}),
            ("page=4", {"first": 1, "prev": 3, "last": 3}),
            ("page=9", {"first": 1, "last": 3}),
            ("category=none&page=2", {"first": 1, "prev": 1, "last": 1}),
            ("page=5&per_page=5", {"first": 1, "prev": 4, "last": 5}),
        ],
        ids=["first", "middle", "last", "one past", "far past", "no items", "last one full"],
    )
    def test_the_links_lead_to_the_pages_that_exist(self, client, asked, pages):
        targets = links(client.get(f"/items?{asked}"))
        found = {relation: client.get(url).json["page"] for relation, url in targets.items()}
        assert found == pages

    @pytest.mark.parametrize(
        "kept",
        ["category=map&category=book", "a%26b=R%26D&q=", "endpoint=x&_anchor=top"],
        ids=["one that came twice", "one with an ampersand", "names that url_for uses"],
    )
    def test_the_links_keep_every_other_parameter(self, client, kept):
        targets = links(client.get(f"/items?{kept}&page=2&per_page=4"))
        for relation, page in [("first", 1), ("prev", 1), ("next", 3), ("last", 7)]:
            expected = parse_qs(f"{kept}&page={page}&per_page=4", keep_blank_values=True)
            query = urlsplit(targets.get(relation, "")).query
            assert parse_qs(query, keep_blank_values=True) == expected


class TestStep3PagesByKey:
    def test_the_feed_begins_with_the_newest_items(self, exercise, client):
        response = client.get("/feed?per_page=3")
        assert ids(response) == NEWEST_FIRST[:3]
        assert exercise.decode_cursor(response.json["next"], KEY)[1] == NEWEST_FIRST[2]

    def test_an_empty_feed_has_no_next_page(self, client):
        assert client.get("/feed?category=none").json == {"items": [], "next": None}

    def test_a_cursor_gives_back_what_it_was_made_of(self, exercise):
        cursor = exercise.encode_cursor(date(2025, 5, 4), 17, KEY)
        assert exercise.decode_cursor(cursor, KEY) == (date(2025, 5, 4), 17)

    @pytest.mark.parametrize("size", [3, 1, 5, 25])
    def test_reading_to_the_end_gives_each_item_once(self, client, size):
        pages = read_on(client, per_page=size)
        assert pages == [NEWEST_FIRST[start : start + size] for start in range(0, 25, size)]

    def test_the_filter_holds_on_every_page(self, client):
        assert read_on(client, category="map", per_page=3) == [MAPS[:3], MAPS[3:6], MAPS[6:]]

    def test_a_page_of_the_feed_has_the_same_bounds(self, client):
        expected = {"per_page=0": 400, "per_page=50": 200, "per_page=51": 400}

        assert {asked: client.get(f"/feed?{asked}").status_code for asked in expected} == expected

    def test_items_added_meanwhile_neither_repeat_nor_hide_another(self, client, database):
        first = client.get("/feed?per_page=7")
        add(database, [(26, "new", "map", "2025-05-06"), (27, "old", "map", "2025-04-30")])
        rest = read_on(client, first.json["next"], per_page=7)

        assert [*ids(first), *chain(*rest)] == [*NEWEST_FIRST, 27]

    def test_the_feed_goes_on_where_an_item_was_deleted(self, client, database):
        first = client.get("/feed?per_page=7")
        with database:
            database.execute("DELETE FROM item WHERE id = ?", [NEWEST_FIRST[6]])
        rest = read_on(client, first.json["next"], per_page=7)
        assert [*ids(first), *chain(*rest)] == NEWEST_FIRST

    def test_reading_on_costs_two_statements_and_few_rows(self, client, database, statements):
        after = client.get("/feed?per_page=10").json["next"]
        statements.clear()

        page = client.get("/feed", query_string={"after": after, "per_page": 5})

        assert ids(page) == NEWEST_FIRST[10:15]
        assert len(statements) in (1, 2)
        assert rows(database, statements) <= 5 + 2, TOO_MANY_ROWS


class TestStep4ACursorThatNobodyElseCanMake:
    def test_a_cursor_is_good_in_every_process_that_has_the_key(self, client, start):
        after = client.get("/feed?per_page=3").json["next"]
        response = start().test_client().get("/feed", query_string={"after": after, "per_page": 3})

        assert ids(response) == NEWEST_FIRST[3:6]

    def test_a_cursor_made_with_another_key_is_refused(self, client, start):
        forger = start("the key of somebody else").test_client()
        after = forger.get("/feed?per_page=3").json["next"]
        assert forger.get("/feed", query_string={"after": after}).status_code == 200

        assert client.get("/feed", query_string={"after": after}).status_code == 400

    def test_a_changed_cursor_leads_nowhere_else(self, client):
        after = client.get("/feed?per_page=3").json["next"]
        page = ids(client.get("/feed", query_string={"after": after}))

        # Flip the lowest bit of each character in turn: a digit becomes another digit.
        changed = [f"{after[:i]}{chr(ord(c) ^ 1)}{after[i + 1 :]}" for i, c in enumerate(after)]
        answers = {text: client.get("/feed", query_string={"after": text}) for text in changed}
        accepted = [text for text, answer in answers.items() if answer.status_code != 400]
        # The last character of base64 may have unused bits: then it is the same page.
        assert [text for text in accepted if ids(answers[text]) != page] == []

    @pytest.mark.parametrize(
        "text", ["", "x", "é", "17", "2025-05-04.17", "a.b.c", SIGNED], ids=repr
    )
    def test_any_other_text_is_refused(self, client, exercise, text):
        with pytest.raises(BadRequest):
            exercise.decode_cursor(text, KEY)

        assert client.get("/feed", query_string={"after": text}).status_code == 400
