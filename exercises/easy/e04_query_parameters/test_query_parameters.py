"""What e04 asks for, step by step."""

import pytest
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest

# name, tags, in stock
GOODS = [
    ("bowl", "blue", True),
    ("mug", "red", False),
    ("fork", "steel small", False),
    ("jug", "blue", False),
    ("knife", "steel", True),
    ("lid", "steel", False),
    ("cup", "red small", True),
    ("pan", "steel", True),
    ("plate", "red small", False),
    ("pot", "steel", True),
    ("spoon", "steel small", True),
    ("whisk", "wood", False),
]
NAMES = [name for name, _, _ in GOODS]


@pytest.fixture
def client(exercise):
    """Return a client of an application with twelve items."""
    items = [{"name": n, "tags": tags.split(), "in_stock": stock} for n, tags, stock in GOODS]
    app = exercise.create_app(items)
    app.testing = True
    return app.test_client()


def refusal(response):
    """Return the status, and the parameter that the JSON names."""
    body = response.json if response.is_json else {}
    return response.status_code, body.get("parameter")


class TestStep1ALimitWithADefault:
    @pytest.mark.parametrize("limit", [2, 1, 5])
    def test_the_limit_says_how_many_items_come(self, client, limit):
        assert client.get(f"/items?limit={limit}").json == {"items": NAMES[:limit]}

    def test_without_a_limit_ten_items_come(self, client):
        assert len(client.get("/items").json["items"]) == 10

    @pytest.mark.parametrize(("limit", "count"), [(11, 11), (100, 12)], ids=["11", "100"])
    def test_a_limit_may_be_greater_than_the_default(self, client, limit, count):
        assert len(client.get(f"/items?limit={limit}").json["items"]) == count

    def test_the_caller_chooses_the_default(self, exercise):
        assert exercise.parse_limit(MultiDict(), default=25) == 25

    @pytest.mark.parametrize("limit", [20, 5000])
    def test_the_limit_comes_back_as_a_number(self, exercise, limit):
        args = MultiDict({"limit": str(limit)})

        assert exercise.parse_limit(args, maximum=limit) == limit


class TestStep2ABadLimitIsRefused:
    @pytest.mark.parametrize(
        "limit",
        [
            pytest.param("abc", id="abc"),
            pytest.param("1.5", id="1.5"),
            pytest.param("0", id="0"),
            pytest.param("-1", id="-1"),
            pytest.param("101", id="101"),
            pytest.param("9" * 20, id="twenty digits"),
            pytest.param("9" * 5000, id="5000 digits"),
            pytest.param("", id="blank"),
            pytest.param("+5", id="a plus sign"),
            pytest.param("1_0", id="1_0"),
            pytest.param(" 1 ", id="spaces"),
            pytest.param("5\n", id="a line break"),
            pytest.param("²", id="a superscript digit"),
            pytest.param("٣", id="an Arabic digit"),
        ],
    )
    def test_a_bad_limit_gets_400_with_the_name_of_the_parameter(self, client, limit):
        response = client.get("/items", query_string={"limit": limit})

        assert refusal(response) == (400, "limit")

    def test_a_limit_above_the_maximum_of_the_caller_is_refused(self, exercise):
        with pytest.raises(BadRequest):
            exercise.parse_limit(MultiDict({"limit": "21"}), maximum=20)


class TestStep3AParameterThatComesMoreThanOnce:
    @pytest.mark.parametrize(
        ("query", "names"),
        [
            ("tag=red", ["mug", "cup", "plate"]),
            ("tag=red&tag=small", ["cup", "plate"]),
            ("tag=small&tag=red", ["cup", "plate"]),
            ("tag=red&tag=steel", []),
            ("tag=red&tag=red", ["mug", "cup", "plate"]),
            ("tag=ste", []),
        ],
        ids=["one", "two", "two the other way", "no item has both", "one twice", "part of a tag"],
    )
    def test_an_item_must_have_every_tag(self, client, query, names):
        assert client.get(f"/items?{query}").json == {"items": names}

    def test_the_limit_counts_the_items_that_the_tags_leave(self, client):
        response = client.get("/items?tag=red&limit=2")

        assert response.json == {"items": ["mug", "cup"]}

    def test_a_filter_does_not_outlast_its_request(self, client):
        client.get("/items?tag=red")

        assert client.get("/items?limit=12").json == {"items": NAMES}

    @pytest.mark.parametrize("query", ["tag=", "tag=red&tag="], ids=["alone", "second"])
    def test_a_blank_tag_is_refused(self, client, query):
        assert refusal(client.get(f"/items?{query}")) == (400, "tag")


class TestStep4YesOrNo:
    @pytest.mark.parametrize(
        ("query", "names"),
        [
            ("in_stock=true", ["bowl", "knife", "cup", "pan", "pot", "spoon"]),
            ("in_stock=false", ["mug", "fork", "jug", "lid", "plate", "whisk"]),
        ],
        ids=["true", "false"],
    )
    def test_true_and_false_select_the_items(self, client, query, names):
        assert client.get(f"/items?{query}").json == {"items": names}

    @pytest.mark.parametrize("value", ["True", "1", "0", "no", ""], ids=lambda v: v or "blank")
    def test_any_other_word_is_refused(self, client, value):
        assert refusal(client.get(f"/items?in_stock={value}")) == (400, "in_stock")

    @pytest.mark.parametrize("name", ["in_stock", "limit"])
    def test_a_bad_value_is_refused_even_if_no_item_has_the_tags(self, client, name):
        response = client.get(f"/items?tag=red&tag=steel&{name}=maybe")

        assert refusal(response) == (400, name)

    def test_all_parameters_work_together(self, client):
        response = client.get("/items?tag=small&in_stock=false&limit=1")

        assert response.json == {"items": ["fork"]}
