"""What m02 asks for, step by step."""

import pytest
from flask import Blueprint, Flask
from werkzeug.exceptions import default_exceptions

READING = {"GET", "HEAD", "OPTIONS"}
NASTY = "  Salt & <b>Pepper</b> 100% {{ 1 }} "


@pytest.fixture
def shop(exercise):
    """Return the repository of the shop."""
    return exercise.Repository({1: "Tea", 2: "Milk"})


@pytest.fixture
def admin(exercise):
    """Return the repository of the admin's catalog, which has a number 1 of its own."""
    return exercise.Repository({7: "Sugar, wholesale", 1: "Tea, wholesale"})


@pytest.fixture
def client(exercise, shop, admin):
    """Return a client of the application with both catalogs."""
    return client_of(exercise.create_app(shop, admin))


@pytest.fixture
def market():
    """Return another application, which knows nothing of catalogs."""
    return Flask("market")


def client_of(app):
    """Return a client that lets errors through."""
    app.testing = True
    return app.test_client()


def statuses(client, *paths):
    """Return the status of each path."""
    return {path: client.get(path).status_code for path in paths}


class TestStep1OneBlueprintOnePrefix:
    @pytest.mark.parametrize(("number", "name"), [(1, "Tea"), (2, "Milk")], ids=["1", "2"])
    def test_a_product_is_shown_below_the_prefix(self, client, number, name):
        response = client.get(f"/shop/products/{number}")

        assert (response.status_code, response.json) == (200, {"name": name})

    @pytest.mark.parametrize(
        "name", [NASTY, "", "None", "茶"], ids=["nasty", "empty", "None", "tea"]
    )
    def test_a_name_is_shown_unchanged(self, client, shop, name):
        shop.products[3] = name

        response = client.get("/shop/products/3")

        assert (response.status_code, response.json) == (200, {"name": name})

    def test_a_number_that_is_not_in_the_repository_is_not_found(self, client):
        found = statuses(client, "/shop/products/1", "/shop/products/3", "/shop/products/0")
        assert found == {"/shop/products/1": 200, "/shop/products/3": 404, "/shop/products/0": 404}

    def test_a_page_shows_what_the_repository_holds_now(self, client, shop):
        assert client.get("/shop/products/1").json == {"name": "Tea"}
        shop.products[1] = "Green tea"
        assert client.get("/shop/products/1").json == {"name": "Green tea"}
        del shop.products[1]
        assert client.get("/shop/products/1").status_code == 404

    def test_the_rules_of_the_blueprint_do_not_know_the_prefix(self, exercise, shop, market):
        market.register_blueprint(exercise.make_catalog(shop), url_prefix="/stall")

        assert client_of(market).get("/stall/products/1").json == {"name": "Tea"}


class TestStep2OneFactoryTwoPlaces:
    def test_the_list_holds_names_and_addresses(self, client):
        response = client.get("/shop/products")

        assert response.json == {
            "products": [
                {"name": "Tea", "url": "/shop/products/1"},
                {"name": "Milk", "url": "/shop/products/2"},
            ]
        }

    def test_both_pages_show_the_repository_as_it_is_now(self, client, shop):
        shop.products = {3: NASTY, 2: ""}

        assert client.get("/shop/products/3").json == {"name": NASTY}
        assert client.get("/shop/products").json == {
            "products": [
                {"name": NASTY, "url": "/shop/products/3"},
                {"name": "", "url": "/shop/products/2"},
            ]
        }
        shop.products = {}
        assert client.get("/shop/products").json == {"products": []}

    def test_the_addresses_have_the_prefix_of_the_application(self, client):
        response = client.get("/shop/products", base_url="http://localhost/site")

        urls = [product["url"] for product in response.json["products"]]
        assert urls == ["/site/shop/products/1", "/site/shop/products/2"]

    def test_each_catalog_shows_its_own_products(self, client):
        paths = ["/shop/products/1", "/admin/shop/products/1"]

        products = [client.get(path).json for path in paths]
        assert products == [{"name": "Tea"}, {"name": "Tea, wholesale"}]

    def test_the_addresses_lead_into_the_same_catalog(self, client):
        response = client.get("/admin/shop/products")

        assert response.json == {
            "products": [
                {"name": "Sugar, wholesale", "url": "/admin/shop/products/7"},
                {"name": "Tea, wholesale", "url": "/admin/shop/products/1"},
            ]
        }

    def test_two_applications_share_nothing(self, exercise, client, admin):
        other = client_of(exercise.create_app(exercise.Repository({1: "Coffee"}), admin))

        products = [each.get("/shop/products/1").json for each in (client, other)]
        assert products == [{"name": "Tea"}, {"name": "Coffee"}]

    def test_two_catalogs_of_one_repository_share_nothing(self, exercise, shop, market):
        first, second = exercise.make_catalog(shop), exercise.make_catalog(shop)
        first.before_request(lambda: ("Ask at the desk", 418))
        market.register_blueprint(first, url_prefix="/first", name="first")
        market.register_blueprint(second, url_prefix="/second", name="second")

        found = statuses(client_of(market), "/first/products", "/second/products")
        assert found == {"/first/products": 418, "/second/products": 200}

    @pytest.mark.parametrize("prefix", ["/stalls/5", "/shop"])
    def test_a_catalog_works_under_any_prefix_and_name(self, exercise, market, prefix):
        catalog = exercise.make_catalog(exercise.Repository({1: "Coffee"}))
        market.register_blueprint(catalog, url_prefix=prefix, name="stall")
        response = client_of(market).get(f"{prefix}/products")
        assert response.json == {"products": [{"name": "Coffee", "url": f"{prefix}/products/1"}]}

    def test_a_catalog_works_inside_another_blueprint(self, exercise, market):
        hall = Blueprint("hall", __name__)
        catalog = exercise.make_catalog(exercise.Repository({1: "Coffee"}))
        hall.register_blueprint(catalog, url_prefix="/stall")
        market.register_blueprint(hall, url_prefix="/hall")

        response = client_of(market).get("/hall/stall/products")
        assert response.json == {"products": [{"name": "Coffee", "url": "/hall/stall/products/1"}]}


class TestStep3AHookThatStaysInside:
    @pytest.mark.parametrize("method", ["GET", "HEAD"])
    @pytest.mark.parametrize("path", ["/shop/products", "/shop/products/1", "/shop/products/99"])
    def test_each_page_of_a_closed_catalog_answers_503(self, client, shop, path, method):
        shop.closed = True
        assert client.open(path, method=method).status_code == 503

    def test_a_catalog_that_opens_answers_again(self, exercise, shop, admin):
        shop.closed = True
        client = client_of(exercise.create_app(shop, admin))
        assert client.get("/shop/products").status_code == 503

        shop.closed = False
        assert client.get("/shop/products").status_code == 200

    @pytest.mark.parametrize(
        ("closed", "open_"),
        [("/shop/products", "/admin/shop/products"), ("/admin/shop/products", "/shop/products")],
        ids=["shop", "admin"],
    )
    def test_all_other_pages_go_on(self, client, shop, admin, closed, open_):
        (shop if closed == "/shop/products" else admin).closed = True

        found = statuses(client, closed, open_, "/", "/nothing", f"{closed}/no/page")
        others = {open_: 200, "/": 200, "/nothing": 404, f"{closed}/no/page": 404}
        assert found == {closed: 503, **others}

    def test_the_hook_comes_with_the_blueprint(self, exercise, shop, market):
        shop.closed = True
        market.register_blueprint(exercise.make_catalog(shop), url_prefix="/market")
        hall = Blueprint("hall", __name__)
        hall.register_blueprint(exercise.make_catalog(shop), url_prefix="/stall")
        market.register_blueprint(hall, url_prefix="/hall")

        found = statuses(client_of(market), "/market/products", "/hall/stall/products")
        assert found == {"/market/products": 503, "/hall/stall/products": 503}


class TestStep4ErrorsBelowAPrefix:
    @pytest.mark.parametrize("prefix", ["/shop", "/admin/shop"])
    def test_an_unknown_product_is_answered_with_json(self, client, prefix):
        response = client.get(f"{prefix}/products/99")

        assert (response.status_code, response.json) == (404, {"error": "Not Found"})

    @pytest.mark.parametrize("method", ["GET", "POST"])
    @pytest.mark.parametrize("path", ["/", "/no/such/page", "/products/x", "/products/"])
    @pytest.mark.parametrize("prefix", ["/shop", "/admin/shop"])
    def test_an_unknown_address_is_answered_with_json(self, client, prefix, path, method):
        response = client.open(f"{prefix}{path}", method=method)
        mounted = client.open(f"{prefix}{path}", method=method, base_url="http://localhost/site")

        assert (response.status_code, response.json) == (404, {"error": "Not Found"})
        assert (mounted.status_code, mounted.json) == (404, {"error": "Not Found"})

    @pytest.mark.parametrize("path", ["/products", "/products/1"])
    @pytest.mark.parametrize("prefix", ["/shop", "/admin/shop"])
    def test_a_wrong_method_is_answered_with_json(self, client, prefix, path):
        response = client.delete(f"{prefix}{path}")

        assert (response.status_code, response.json) == (405, {"error": "Method Not Allowed"})
        assert set(response.allow) == READING

    @pytest.mark.parametrize("prefix", ["/shop", "/admin/shop"])
    def test_a_closed_catalog_is_answered_with_json(self, client, shop, admin, prefix):
        shop.closed = admin.closed = True
        response = client.get(f"{prefix}/products")

        assert (response.status_code, response.json) == (503, {"error": "Service Unavailable"})

    @pytest.mark.parametrize(
        ("method", "path", "status"),
        [
            ("GET", "/nothing", 404),
            ("GET", "/shop", 404),
            ("GET", "/shopping", 404),
            ("GET", "/Shop/nothing", 404),
            ("GET", "/admin/Shop/nothing", 404),
            ("GET", "/admin/shopping", 404),
            ("GET", "/help/shop/hours", 404),
            ("POST", "/", 405),
        ],
    )
    def test_an_error_elsewhere_is_a_page(self, client, method, path, status):
        assert client.get("/shop/nothing").mimetype == "application/json"

        response = client.open(path, method=method)
        assert (response.status_code, response.mimetype) == (status, "text/html")
        assert response.text == default_exceptions[status]().get_body(), (
            "This is not Flask's own page."
        )
        assert ("Allow" in response.headers) == (status == 405)
