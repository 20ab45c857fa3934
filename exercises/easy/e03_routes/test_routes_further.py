"""What e03 asks for, going further."""

import pytest
from flask import Flask


@pytest.fixture
def shop():
    """Return another application, with no route but the one for static files."""
    return Flask("shop", static_url_path="/assets")


def view():
    """Answer for a route of the shop."""
    return "A page of the shop"


class TestStep3TheTableOfRoutes:
    def test_a_row_is_a_rule_with_its_methods_and_its_endpoint(self, exercise, shop):
        shop.add_url_rule("/orders/<int:number>", "order", view, methods=["GET", "DELETE"])

        assert exercise.route_table(shop) == [
            ("/orders/<int:number>", frozenset({"GET", "DELETE"}), "order")
        ]

    def test_the_methods_are_a_frozenset(self, exercise, shop):
        shop.add_url_rule("/orders", "orders", view)

        assert {type(methods) for _, methods, _ in exercise.route_table(shop)} == {frozenset}

    @pytest.mark.parametrize(
        ("methods", "listed"),
        [(["TRACE", "PROPFIND", "HEAD"], {"TRACE", "PROPFIND"}), (["HEAD", "OPTIONS"], set())],
        ids=["two others", "no other"],
    )
    def test_every_other_method_is_listed(self, exercise, shop, methods, listed):
        shop.add_url_rule("/orders", "orders", view, methods=methods)

        assert exercise.route_table(shop) == [("/orders", frozenset(listed), "orders")]

    def test_the_table_is_sorted_by_rule_and_then_by_endpoint(self, exercise, shop):
        shop.add_url_rule("/orders", "orders", view, methods=["GET"])
        shop.add_url_rule("/orders", "add_order", view, methods=["POST"])
        shop.add_url_rule("/carts", "carts", view)

        rows = [(rule, endpoint) for rule, _, endpoint in exercise.route_table(shop)]

        assert rows == [("/carts", "carts"), ("/orders", "add_order"), ("/orders", "orders")]

    def test_an_endpoint_may_have_several_rules(self, exercise, shop):
        shop.add_url_rule("/carts", "carts", view)
        shop.add_url_rule("/baskets", "carts", view)

        rows = [(rule, endpoint) for rule, _, endpoint in exercise.route_table(shop)]

        assert rows == [("/baskets", "carts"), ("/carts", "carts")]

    def test_one_endpoint_may_have_two_routes_for_one_rule(self, exercise, shop):
        shop.add_url_rule("/orders", "orders", view, methods=["GET"])
        shop.add_url_rule("/orders", "orders", view, methods=["POST"])

        methods = {methods for _, methods, _ in exercise.route_table(shop)}

        assert methods == {frozenset({"GET"}), frozenset({"POST"})}

    @pytest.mark.parametrize("endpoint", ["static_page", "admin.static"])
    @pytest.mark.parametrize("rule", ["/static/about", "/assets/about"])
    def test_only_the_endpoint_static_is_left_out(self, exercise, shop, endpoint, rule):
        shop.add_url_rule(rule, endpoint, view)

        assert exercise.route_table(shop) == [(rule, frozenset({"GET"}), endpoint)]

    def test_the_endpoint_static_is_left_out_whatever_its_rule_is(self, exercise):
        kiosk = Flask("kiosk", static_folder=None)
        kiosk.add_url_rule("/carts", "carts", view)
        assert exercise.route_table(kiosk) == [("/carts", frozenset({"GET"}), "carts")]

        kiosk.add_url_rule("/pictures/<name>", "static", view)
        assert exercise.route_table(kiosk) == [("/carts", frozenset({"GET"}), "carts")]

    def test_reading_the_table_leaves_the_routes_as_they_are(self, exercise, shop):
        shop.add_url_rule("/orders", "orders", view, methods=["GET", "POST"])
        before = [(rule.endpoint, set(rule.methods or ())) for rule in shop.url_map.iter_rules()]
        views = dict(shop.view_functions)

        exercise.route_table(shop)

        after = [(rule.endpoint, set(rule.methods or ())) for rule in shop.url_map.iter_rules()]
        assert after == before, "route_table changed the routes of the application themselves."
        assert shop.view_functions == views, "route_table changed the views of the application."
