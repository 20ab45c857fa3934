"""What e04 asks for, step by step."""

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

OFFER = " <b>pan</b> & lid, 100% "
ITEMS = [
    {"name": "mug", "tags": ["red"], "in_stock": False},
    {"name": "whisk", "tags": [], "in_stock": False},
    {"name": "fork", "tags": ["steel", "small"], "in_stock": False},
    {"name": OFFER, "tags": ["steel", "half price, 50% + more & now"], "in_stock": True},
    {"name": "cup", "tags": ["small", "red", "new"], "in_stock": True},
    {"name": "bowl", "tags": ["blue"], "in_stock": True},
    {"name": "mug", "tags": ["blue"], "in_stock": False},
    {"name": "plate", "tags": ["red", "small"], "in_stock": False},
    {"name": "lid", "tags": ["steel", "new"], "in_stock": False},
    {"name": "pot", "tags": ["steel"], "in_stock": True},
    {"name": "spoon", "tags": ["steel", "small", "Red"], "in_stock": True},
    {"name": "jug", "tags": ["red,small"], "in_stock": False},
]
NAMES = [item["name"] for item in ITEMS]


@pytest.fixture
def client(exercise):
    """Return a client of an application with twelve items."""
    app = exercise.create_app(ITEMS)
    app.testing = True
    return app.test_client()


def found(response):
    """Return the status, and the JSON if there is any."""
    return response.status_code, response.get_json(silent=True)


def refusal(response):
    """Return the status, and the parameter that the JSON names."""
    body = response.json if response.is_json else {}
    return response.status_code, body.get("parameter")


class TestStep1ALimitWithADefault:
    @pytest.mark.parametrize("limit", [2, 1, 5])
    def test_the_limit_says_how_many_items_come(self, client, limit):
        response = client.get(f"/items?limit={limit}")

        assert found(response) == (200, {"items": NAMES[:limit]})

    def test_without_a_limit_ten_items_come(self, client):
        assert found(client.get("/items")) == (200, {"items": NAMES[:10]})

    @pytest.mark.parametrize(("limit", "count"), [(11, 11), (100, 12)], ids=["11", "100"])
    def test_a_limit_may_be_greater_than_the_default(self, client, limit, count):
        response = client.get(f"/items?limit={limit}")

        assert found(response) == (200, {"items": NAMES[:count]})

    def test_each_application_lists_its_own_items(self, exercise, client):
        empty = exercise.create_app([]).test_client()

        assert found(empty.get("/items?limit=3")) == (200, {"items": []})
        assert found(client.get("/items?limit=3")) == (200, {"items": NAMES[:3]})

    @pytest.mark.parametrize("default", [25, 3, 500])
    def test_the_caller_chooses_the_default(self, exercise, default):
        with Flask("elsewhere").test_request_context("/?limit=7"):
            limit = exercise.parse_limit(MultiDict(), default=default)

        assert limit == default, "The limit of the request is 7: parse_limit reads only its `args`."

    @pytest.mark.parametrize("limit", [20, 5000])
    def test_the_limit_comes_back_as_a_number(self, exercise, limit):
        with Flask("elsewhere").test_request_context("/?limit=7"):
            number = exercise.parse_limit(MultiDict({"limit": str(limit)}), maximum=limit)

        assert (number, type(number)) == (limit, int)


class TestStep2ABadLimitIsRefused:
    @pytest.mark.parametrize(
        "limit",
        [
            pytest.param("abc", id="abc"),
            pytest.param("1.5", id="1.5"),
            pytest.param("5 cups", id="a number and a word"),
            pytest.param("0", id="0"),
            pytest.param("-1", id="-1"),
            pytest.param("101", id="101"),
            pytest.param("9" * 20, id="twenty digits"),
            pytest.param("", id="empty"),
        ],
    )
    def test_a_bad_limit_gets_400_with_the_name_of_the_parameter(self, client, limit):
        response = client.get("/items", query_string={"limit": limit})

        assert refusal(response) == (400, "limit")

    @pytest.mark.parametrize(("limit", "maximum"), [("21", 20), ("101", 100), ("5001", 5000)])
    def test_a_limit_above_the_maximum_of_the_caller_is_refused(self, exercise, limit, maximum):
        with pytest.raises(exercise.InvalidParameter) as refused:
            exercise.parse_limit(MultiDict({"limit": limit}), maximum=maximum)

        assert refused.value.parameter == "limit"


class TestStep3AParameterThatComesMoreThanOnce:
    @pytest.mark.parametrize(
        ("tags", "names"),
        [
            pytest.param(["red"], ["mug", "cup", "plate"], id="one"),
            pytest.param(["red", "small"], ["cup", "plate"], id="two"),
            pytest.param(["small", "red"], ["cup", "plate"], id="two the other way"),
            pytest.param(["red", "new", "small"], ["cup"], id="three"),
            pytest.param(["red", "steel"], [], id="no item has both"),
            pytest.param(["red", "red"], ["mug", "cup", "plate"], id="one twice"),
            pytest.param(["ste"], [], id="part of a tag"),
            pytest.param(["Red"], ["spoon"], id="a capital letter"),
            pytest.param([" red "], [], id="spaces beside it"),
            pytest.param([" "], [], id="a space alone"),
            pytest.param(["red,small"], ["jug"], id="a comma"),
            pytest.param(["half price, 50% + more & now"], [OFFER], id="signs"),
        ],
    )
    def test_an_item_must_have_every_tag(self, client, tags, names):
        response = client.get("/items", query_string={"tag": tags})

        assert found(response) == (200, {"items": names})

    @pytest.mark.parametrize("limit", [1, 2])
    def test_the_limit_counts_the_items_that_the_tags_leave(self, client, limit):
        response = client.get(f"/items?tag=new&limit={limit}")

        assert found(response) == (200, {"items": ["cup", "lid"][:limit]})

    def test_without_a_limit_ten_of_the_items_with_the_tags_come(self, exercise):
        names = [f"cup {number}" for number in range(12)]
        cups = [{"name": name, "tags": ["red"], "in_stock": True} for name in names]

        response = exercise.create_app(cups).test_client().get("/items?tag=red")

        assert found(response) == (200, {"items": names[:10]})

    def test_a_filter_does_not_outlast_its_request(self, client):
        client.get("/items?tag=red")

        assert found(client.get("/items?limit=12")) == (200, {"items": NAMES})

    @pytest.mark.parametrize("query", ["tag=", "tag=red&tag=", "tag=steel&tag=red&tag="])
    def test_an_empty_tag_is_refused(self, client, query):
        assert refusal(client.get(f"/items?{query}")) == (400, "tag")

    def test_a_bad_limit_is_refused_even_if_no_item_has_the_tags(self, client):
        assert refusal(client.get("/items?tag=red&tag=steel&limit=maybe")) == (400, "limit")
