"""What e04 asks for, going further."""

import pytest
from werkzeug.datastructures import MultiDict

ITEMS = [
    {"name": "mug", "tags": ["red"], "in_stock": False},
    {"name": "fork", "tags": ["steel", "small"], "in_stock": False},
    {"name": "cup", "tags": ["small", "red"], "in_stock": True},
    {"name": "mug", "tags": ["blue"], "in_stock": True},
    {"name": "plate", "tags": ["red", "small"], "in_stock": False},
    {"name": "spoon", "tags": ["steel", "small"], "in_stock": True},
]


@pytest.fixture
def client(exercise):
    """Return a client of an application with six items, three of them in stock."""
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


class TestStep4WhatElseIntTakesForANumber:
    @pytest.mark.parametrize(
        "limit",
        [
            pytest.param("+5", id="a plus sign"),
            pytest.param("1_0", id="1_0"),
            pytest.param("5.0", id="5.0"),
            pytest.param("1e1", id="1e1"),
            pytest.param("0x5", id="0x5"),
            pytest.param(" 1", id="a space before it"),
            pytest.param("1 ", id="a space after it"),
            pytest.param("\t5", id="a tab"),
            pytest.param("5\n", id="a line break"),
            pytest.param("²", id="a superscript digit"),
            pytest.param("٣", id="an Arabic digit"),
            pytest.param("５", id="a wide digit"),
            pytest.param("9" * 5000, id="5000 digits"),
        ],
    )
    def test_only_the_ten_digits_are_a_number(self, client, limit):
        response = client.get("/items", query_string={"limit": limit})

        assert refusal(response) == (400, "limit")

    @pytest.mark.parametrize("digits", [1, 10, 13, 40])
    def test_the_maximum_may_have_any_number_of_digits(self, exercise, digits):
        maximum = 10**digits - 1
        args = MultiDict({"limit": "9" * digits})

        assert exercise.parse_limit(args, maximum=maximum) == maximum


class TestStep5YesOrNo:
    @pytest.mark.parametrize(
        ("query", "names"),
        [
            ("in_stock=true", ["cup", "mug", "spoon"]),
            ("in_stock=false", ["mug", "fork", "plate"]),
            ("limit=6", ["mug", "fork", "cup", "mug", "plate", "spoon"]),
        ],
        ids=["true", "false", "neither"],
    )
    def test_true_and_false_select_the_items(self, client, query, names):
        assert found(client.get(f"/items?{query}")) == (200, {"items": names})

    @pytest.mark.parametrize(
        "value",
        ["True", "FALSE", "1", "0", "yes", "no", "on", "%20true", "false%20", "true,false", ""],
    )
    def test_any_other_word_is_refused(self, client, value):
        assert refusal(client.get(f"/items?in_stock={value}")) == (400, "in_stock")

    def test_a_bad_word_is_refused_even_if_no_item_has_the_tags(self, client):
        response = client.get("/items?tag=red&tag=steel&in_stock=maybe")

        assert refusal(response) == (400, "in_stock")

    def test_the_limit_counts_the_items_that_in_stock_leaves(self, client):
        response = client.get("/items?in_stock=true&limit=2")

        assert found(response) == (200, {"items": ["cup", "mug"]})

    def test_without_a_limit_ten_of_the_items_in_stock_come(self, exercise):
        names = [f"cup {number}" for number in range(12)]
        cups = [{"name": name, "tags": [], "in_stock": True} for name in names]

        response = exercise.create_app(cups).test_client().get("/items?in_stock=true")

        assert found(response) == (200, {"items": names[:10]})

    @pytest.mark.parametrize(
        ("query", "names"),
        [
            ("tag=small&in_stock=false&limit=2", ["fork", "plate"]),
            ("limit=1&in_stock=true&tag=steel", ["spoon"]),
        ],
    )
    def test_all_parameters_work_together(self, client, query, names):
        assert found(client.get(f"/items?{query}")) == (200, {"items": names})
