"""What e03 asks for, step by step."""

from urllib.parse import urlsplit

import pytest
from flask import Flask, url_for


@pytest.fixture
def app(exercise):
    """Return a new application."""
    app = exercise.create_app()
    app.testing = True
    return app


@pytest.fixture
def client(app):
    """Return a client of the application."""
    return app.test_client()


@pytest.fixture
def shop():
    """Return another application, with no route but the one for static files."""
    return Flask("shop", static_url_path="/assets")


def view():
    """Answer for a route of the shop."""
    return "A page of the shop"


class TestStep1PagesAndTheSlashAtTheEnd:
    def test_the_team_page_answers(self, client):
        response = client.get("/team/")

        assert (response.status_code, response.text) == (200, "Our team")

    def test_joining_the_team_is_a_post_to_the_same_address(self, client):
        response = client.post("/team/")

        assert (response.status_code, response.text) == (200, "Welcome")

    def test_the_address_without_its_slash_leads_to_the_one_with_it(self, client):
        response = client.get("/team")

        assert (response.status_code, urlsplit(response.location or "").path) == (308, "/team/")

    def test_a_redirected_post_stays_a_post(self, client):
        response = client.post("/team", follow_redirects=True)

        assert (response.status_code, response.text) == (200, "Welcome")

    @pytest.mark.parametrize("address", ["/about/", "/About"])
    def test_a_similar_address_is_not_found(self, client, address):
        assert client.get("/about").text == "About us"

        assert client.get(address).status_code == 404

    def test_a_method_without_a_view_is_refused(self, client):
        response = client.post("/about")

        assert (response.status_code, set(response.allow)) == (405, {"GET", "HEAD", "OPTIONS"})


class TestStep2PartsThatVary:
    @pytest.mark.parametrize("number", [7, 2025])
    def test_a_user_is_found_by_number(self, client, number):
        assert client.get(f"/users/{number}").json == {"user": number}

    def test_the_view_receives_a_number_and_not_its_spelling(self, client):
        assert client.get("/users/007").json == {"user": 7}

    @pytest.mark.parametrize(
        "word",
        ["abc", "-1", "+7", "1_0", "1.5", "²"],
        ids=["abc", "-1", "plus 7", "1_0", "1.5", "squared"],
    )
    def test_a_user_is_not_found_by_anything_else(self, client, word):
        assert client.get("/users/7").status_code == 200

        assert client.get(f"/users/{word}").status_code == 404

    def test_me_is_a_page_of_its_own(self, client):
        assert client.get("/users/me").json == {"user": "me"}

    @pytest.mark.parametrize(
        "path",
        ["notes.txt", "reports/2025/may.txt", "reports/"],
        ids=["no slash", "two slashes", "a slash at the end"],
    )
    def test_a_path_keeps_its_slashes(self, client, path):
        assert client.get(f"/files/{path}").json == {"file": path}

    @pytest.mark.parametrize("address", ["/users/7", "/users/me", "/files/notes.txt"])
    def test_a_page_that_is_only_read_refuses_a_post(self, client, address):
        assert client.post(address).status_code == 405


class TestStep3TheTableOfRoutes:
    def test_a_row_is_a_rule_with_its_methods_and_its_endpoint(self, exercise, shop):
        shop.add_url_rule("/orders/<int:number>", "order", view, methods=["GET", "DELETE"])

        assert exercise.route_table(shop) == [
            ("/orders/<int:number>", frozenset({"GET", "DELETE"}), "order")
        ]

    def test_the_methods_are_a_frozenset(self, exercise, app):
        assert {type(methods) for _, methods, _ in exercise.route_table(app)} == {frozenset}

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

    def test_reading_the_table_leaves_the_routes_as_they_are(self, exercise, app, client):
        exercise.route_table(app)

        status = client.head("/about").status_code

        assert status == 200, "route_table removed HEAD from the methods of the route itself."

    @pytest.mark.parametrize(
        ("endpoint", "values", "address"),
        [
            ("about", {}, "/about"),
            ("team", {}, "/team/"),
            ("join_team", {}, "/team/"),
            ("user", {"user_id": 7}, "/users/7"),
            ("me", {}, "/users/me"),
            ("file", {"name": "reports/may 2025.txt"}, "/files/reports/may%202025.txt"),
        ],
        ids=["about", "team", "join_team", "user", "me", "file"],
    )
    def test_an_endpoint_leads_back_to_its_address(self, app, endpoint, values, address):
        with app.test_request_context():
            assert url_for(endpoint, **values) == address
