"""What m09 asks for, step by step."""

import re
import sqlite3
from contextlib import closing
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit

import pytest
from sqlalchemy import event

# Id, name, category and day: five items a day, and the ids do not follow the days.
ROWS = [
    (n, f"item {n}", "book" if n % 3 else "map", f"2025-05-0{1 + n * 7 % 5}") for n in range(1, 26)
]
NEWEST_FIRST = [row[0] for row in sorted(ROWS, key=lambda row: (row[3], row[0]), reverse=True)]
MAPS = [number for number in NEWEST_FIRST if number % 3 == 0]
ARABIC = pytest.param("٣", id="Arabic digit 3")
HUGE = pytest.param("9" * 5000, id="5000 digits")
NASTY = "  Ada & <b>Z</b>, 100% #1 "
TOO_MANY_ROWS = "The statements return more rows than the page needs: use LIMIT and COUNT."


@pytest.fixture
def app(exercise, tmp_path):
    """Return an application on an empty database."""
    app = exercise.create_app(f"sqlite:///{tmp_path}/items.db", "the key of the tests")
    app.testing = True
    yield app
    with app.app_context():
        exercise.db.engine.dispose()


@pytest.fixture
def database(tmp_path):
    """Return a separate connection to the database."""
    with closing(sqlite3.connect(tmp_path / "items.db")) as connection:
        yield connection


@pytest.fixture
def client(app, database):
    """Return a client of an application with 25 items."""
    with database:
        database.executemany("INSERT INTO item VALUES (?, ?, ?, ?)", ROWS)
    return app.test_client()


@pytest.fixture
def statements(exercise, client):
    """Return the list of the SQL statements that the application sends, with their parameters."""
    sent = []
    with client.application.app_context():
        engine = exercise.db.engine
    event.listen(engine, "before_cursor_execute", lambda *args: sent.append(args[2:4]))
    return sent


def rows(database, statements):
    """Return how many rows the statements return, all together."""
    return sum(len(database.execute(*statement).fetchall()) for statement in statements)


def ids(response):
    assert response.status_code == 200
    return [item["id"] for item in response.json["items"]]


def links(response):
    """Return the absolute URLs in the header ``Link`` by their relation."""
    assert response.status_code == 200
    found = re.findall(r'<([^>]*)>; *rel="?(\w+)', ", ".join(response.headers.getlist("Link")))
    return {relation: urljoin(response.request.url, target) for target, relation in found}


class TestStep1PagesWithATotal:
    def test_without_parameters_it_is_the_first_page_with_ten_items(self, client):
        response = client.get("/items")

        assert ids(response) == NEWEST_FIRST[:10]
        others = {name: value for name, value in response.json.items() if name != "items"}
        assert others == {"page": 1, "per_page": 10, "total": 25}

    def test_a_page_has_its_items_and_the_total(self, client):
        response = client.get("/items?page=5&per_page=1")

        items = [{"id": 2, "name": "item 2", "added": "2025-05-05"}]
        assert (response.status_code, response.json) == (
            200,
            {"items": items, "page": 5, "per_page": 1, "total": 25},
        )

    @pytest.mark.parametrize("size", [4, 5, 25])
    def test_the_pages_together_hold_each_item_once_in_order(self, client, size):
        starts = range(0, 25, size)
        pages = [
            ids(client.get(f"/items?page={n}&per_page={size}")) for n, _ in enumerate(starts, 1)
        ]

        assert pages == [NEWEST_FIRST[start : start + size] for start in starts]

    def test_the_total_counts_the_items_that_the_filter_leaves(self, client):
        response = client.get("/items?category=map&page=2&per_page=5")

        assert (ids(response), response.json["total"]) == (MAPS[5:], 8)
        assert client.get("/items?category=map&category=book").json["total"] == 25

    def test_an_item_added_meanwhile_comes_first_and_counts(self, client, database):
        client.get("/items?per_page=2")
        with database:
            database.execute("INSERT INTO item VALUES (26, 'new', 'map', '2025-05-06')")

        response = client.get("/items?per_page=2")

        assert (ids(response), response.json["total"]) == ([26, NEWEST_FIRST[0]], 26)

    @pytest.mark.parametrize("page", [6, 7, 1000])
    def test_a_page_past_the_end_has_no_items(self, client, page):
        response = client.get(f"/items?page={page}&per_page=5")

        assert (response.status_code, response.json) == (
            200,
            {"items": [], "page": page, "per_page": 5, "total": 25},
        )

    @pytest.mark.parametrize(
        "query",
        ["per_page=5", "page=3&per_page=5", "page=9&per_page=5", "category=book&per_page=5"],
        ids=["first", "third", "past the end", "filtered"],
    )
    def test_a_page_costs_two_statements_and_few_rows(self, client, database, statements, query):
        response = client.get(f"/items?{query}")

        assert (response.status_code, response.json["per_page"]) == (200, 5)
        assert len(statements) in (1, 2)
        assert rows(database, statements) <= 5 + 2, TOO_MANY_ROWS


class TestStep2BoundsAndLinksThatKeepTheFilters:
    def test_there_are_at_most_1000_pages_of_at_most_50_items(self, client):
        expected = {"page=1000": 200, "page=1001": 400, "per_page=50": 200, "per_page=51": 400}

        assert {asked: client.get(f"/items?{asked}").status_code for asked in expected} == expected

    @pytest.mark.parametrize("name", ["page", "per_page"])
    @pytest.mark.parametrize(
        "text", ["0", "000", "-1", "1.5", "1_0", "", "x", "+5", " 5", "5 ", "5\n", ARABIC, HUGE]
    )
    def test_anything_but_a_whole_number_from_1_is_refused(self, client, name, text):
        assert client.get("/items", query_string={name: text}).status_code == 400

    @pytest.mark.parametrize("text", ["07", "0000000007"])
    def test_leading_zeros_are_allowed(self, client, text):
        response = client.get("/items", query_string={"page": text, "per_page": text})

        assert response.status_code == 200
        assert (response.json["page"], response.json["per_page"]) == (7, 7)

    @pytest.mark.parametrize(
        ("asked", "pages"),
        [
            ("", {"first": 1, "next": 2, "last": 3}),
            ("page=1", {"first": 1, "next": 2, "last": 3}),
            ("page=2", {"first": 1, "prev": 1, "next": 3, "last": 3}),
            ("page=3", {"first": 1, "prev": 2, "last": 3}),
            ("page=4", {"first": 1, "prev": 3, "last": 3}),
            ("page=5", {"first": 1, "last": 3}),
            ("page=9", {"first": 1, "last": 3}),
            ("category=none&page=2", {"first": 1, "prev": 1, "last": 1}),
            ("category=none", {"first": 1, "last": 1}),
            ("page=5&per_page=5", {"first": 1, "prev": 4, "last": 5}),
        ],
        ids=str,
    )
    def test_the_links_lead_to_the_pages_that_exist(self, client, asked, pages):
        targets = links(client.get(f"/items?{asked}"))

        found = {relation: client.get(url).json["page"] for relation, url in targets.items()}
        assert found == pages

    @pytest.mark.parametrize("asked", ["", "page=2", "p%61ge=2", "sub-page=7", "page_size=4"])
    def test_every_link_names_its_page(self, client, asked):
        targets = links(client.get(f"/items?{asked}")).values()

        named = [parse_qs(urlsplit(target).query).get("page") for target in targets]
        assert [page is not None and len(page) for page in named] == [1] * len(targets)
        assert len(targets) >= 3

    @pytest.mark.parametrize(
        "kept",
        [
            "category=map&category=book",
            "a%26b=R%26D&q=",
            "endpoint=x&_anchor=top&_external=1&_scheme=ftp",
            "sub-page=7&page_size=3&my.page=8&Page=9",
            urlencode({"q": NASTY, "ü": "€"}),
            "x=1&x=1&x=",
        ],
        ids=["twice", "ampersand", "names of url_for", "names like page", "nasty", "same value"],
    )
    def test_the_links_keep_every_other_parameter(self, client, kept):
        targets = links(client.get(f"/items?{kept}&page=2&per_page=4"))

        for relation, page in [("first", 1), ("prev", 1), ("next", 3), ("last", 7)]:
            expected = parse_qs(f"{kept}&page={page}&per_page=4", keep_blank_values=True)
            query = urlsplit(targets.get(relation, "")).query
            assert parse_qs(query, keep_blank_values=True) == expected

    def test_the_links_stay_on_the_host_and_below_the_prefix(self, client):
        response = client.get(
            "/items?page=2",
            base_url="http://shop.example/shop",
            headers={"X-Forwarded-Host": "other.example", "X-Forwarded-Proto": "https"},
        )

        addresses = {rel: url.partition("?")[0] for rel, url in links(response).items()}
        here = "http://shop.example/shop/items"
        assert addresses == dict.fromkeys(["first", "prev", "next", "last"], here)
