"""What m09 asks for beyond its core."""

import sqlite3
from contextlib import closing
from datetime import date
from itertools import chain, pairwise

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

    def start_app(secret_key=KEY, module=exercise):
        app = module.create_app(f"sqlite:///{tmp_path}/items.db", secret_key)
        app.testing = True
        apps.append((module.db, app))
        return app

    yield start_app
    for db, app in apps:
        with app.app_context():
            db.engine.dispose()


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


def read_on(client, cursor=None, **query):
    """Return the ids of each page of the feed, from a cursor or the beginning to the end."""
    pages = []
    while len(pages) <= len(ROWS) and (cursor or not pages):
        response = client.get("/feed", query_string={**query, "after": cursor})
        pages.append(ids(response))
        cursor = response.json["next"]
    return pages


class TestStep3PagesByKey:
    def test_the_feed_begins_with_the_newest_items(self, exercise, client):
        response = client.get("/feed?per_page=3")
        assert ids(response) == NEWEST_FIRST[:3]
        last = response.json["items"][-1]
        made_for = (date.fromisoformat(last["added"]), last["id"])
        assert exercise.decode_cursor(response.json["next"], KEY) == made_for

    def test_an_empty_feed_has_no_next_page(self, client):
        assert client.get("/feed?category=none").json == {"items": [], "next": None}

    def test_a_cursor_gives_back_what_it_was_made_of(self, exercise):
        for place in [(date(2025, 5, 4), 17), (date(1999, 12, 31), 10**12)]:
            cursor = exercise.encode_cursor(*place, KEY)
            assert (type(cursor), exercise.decode_cursor(cursor, KEY)) == (str, place)

    @pytest.mark.parametrize("size", [3, 1, 5, 25])
    def test_reading_to_the_end_gives_each_item_once(self, client, size):
        pages = read_on(client, per_page=size)
        assert pages == [NEWEST_FIRST[start : start + size] for start in range(0, 25, size)]

    def test_the_filter_holds_on_every_page(self, client):
        assert read_on(client, category="map", per_page=3) == [MAPS[:3], MAPS[3:6], MAPS[6:]]

    def test_a_page_of_the_feed_has_the_same_bounds(self, client):
        good, bad = ["1", "50", "007"], ["0", "51", "", "x", "1.5", "1_0", "+5", " 5", "٣"]

        answers = {
            text: client.get("/feed", query_string={"per_page": text}) for text in good + bad
        }

        statuses = {text: answer.status_code for text, answer in answers.items()}
        assert statuses == {**dict.fromkeys(good, 200), **dict.fromkeys(bad, 400)}

    def test_a_page_of_the_feed_has_ten_items_unless_asked(self, client):
        assert ids(client.get("/feed")) == NEWEST_FIRST[:10]

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

    @pytest.mark.parametrize("read", [0, 1, 10, 20], ids="{} read".format)
    def test_reading_on_costs_two_statements_and_few_rows(self, client, database, statements, read):
        after = {"after": client.get(f"/feed?per_page={read}").json["next"]} if read else {}
        statements.clear()

        page = client.get("/feed", query_string={**after, "per_page": 5})

        assert ids(page) == NEWEST_FIRST[read : read + 5]
        assert len(statements) in (1, 2)
        assert rows(database, statements) <= 5 + 2, TOO_MANY_ROWS


class TestStep4ACursorThatNobodyElseCanMake:
    def test_a_cursor_is_good_in_every_process_that_has_the_key(
        self, client, start, another_worker
    ):
        after = client.get("/feed?per_page=3").json["next"]
        other = start(module=another_worker()).test_client()

        response = other.get("/feed", query_string={"after": after, "per_page": 3})

        assert ids(response) == NEWEST_FIRST[3:6]

    def test_a_cursor_made_with_another_key_is_refused(self, client, start):
        forger = start("the key of somebody else").test_client()
        after = forger.get("/feed?per_page=3").json["next"]
        assert forger.get("/feed", query_string={"after": after}).status_code == 200

        assert client.get("/feed", query_string={"after": after}).status_code == 400

    def test_a_changed_cursor_leads_nowhere_else(self, client):
        after = client.get("/feed?per_page=3").json["next"]
        page = ids(client.get("/feed", query_string={"after": after}))

        # Flip the lowest bit of each character: a digit becomes another digit. Swap neighbors, too.
        changed = [f"{after[:i]}{chr(ord(c) ^ 1)}{after[i + 1 :]}" for i, c in enumerate(after)]
        changed += [
            f"{after[:i]}{d}{c}{after[i + 2 :]}" for i, (c, d) in enumerate(pairwise(after))
        ]
        answers = {text: client.get("/feed", query_string={"after": text}) for text in changed}
        accepted = [text for text, answer in answers.items() if answer.status_code != 400]
        # The last character of base64 may have unused bits: then it is the same page.
        assert [text for text in accepted if ids(answers[text]) != page] == []

    @pytest.mark.parametrize(
        "change",
        [str.upper, str.lower, "{}x".format, "x{}".format, "{0}{0}".format, lambda c: c[:-8]],
        ids=["upper", "lower", "end", "start", "twice", "cut"],
    )
    def test_a_cursor_in_other_letters_or_with_more_or_less_of_them_is_refused(
        self, client, change
    ):
        after = client.get("/feed?per_page=3").json["next"]

        changed = change(after)
        if changed != after:
            assert client.get("/feed", query_string={"after": changed}).status_code == 400

    @pytest.mark.parametrize(
        "text", ["", "x", "é", "17", "2025-05-04.17", "a.b.c", SIGNED], ids=repr
    )
    def test_any_other_text_is_refused(self, client, exercise, text):
        with pytest.raises(BadRequest):
            exercise.decode_cursor(text, KEY)

        assert client.get("/feed", query_string={"after": text}).status_code == 400
