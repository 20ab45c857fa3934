"""What e03 asks for, step by step."""

from urllib.parse import quote, urlsplit

import pytest
from flask import request, url_for


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

    @pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
    def test_the_team_answers_no_third_method(self, client, method):
        response = client.open("/team/", method=method)

        allowed = {"GET", "POST", "HEAD", "OPTIONS"}
        assert (response.status_code, set(response.allow)) == (405, allowed)

    @pytest.mark.parametrize(
        ("endpoint", "address"), [("about", "/about"), ("team", "/team/"), ("join_team", "/team/")]
    )
    def test_each_view_has_an_address(self, app, endpoint, address):
        with app.test_request_context():
            assert url_for(endpoint) == address

    @pytest.mark.parametrize(("method", "endpoint"), [("GET", "team"), ("POST", "join_team")])
    def test_each_method_has_a_view_of_its_own(self, app, method, endpoint):
        with app.test_request_context("/team/", method=method):
            assert request.endpoint == endpoint


class TestStep2PartsThatVary:
    @pytest.mark.parametrize("number", [7, 0, 2025, 10**20])
    def test_a_user_is_found_by_number(self, client, number):
        response = client.get(f"/users/{number}")

        assert (response.status_code, response.json) == (200, {"user": number})

    def test_the_view_receives_a_number_and_not_its_spelling(self, client):
        assert client.get("/users/007").json == {"user": 7}

    @pytest.mark.parametrize(
        "word",
        ["abc", "ME", "-1", "+7", "1_0", "1.5", "²", "7%20"],
        ids=["abc", "ME", "-1", "plus 7", "1_0", "1.5", "squared", "a space"],
    )
    def test_a_user_is_not_found_by_anything_else(self, client, word):
        assert client.get("/users/7").status_code == 200

        assert client.get(f"/users/{word}").status_code == 404

    def test_me_is_a_page_of_its_own(self, client):
        assert client.get("/users/me").json == {"user": "me"}

    @pytest.mark.parametrize(
        "path",
        [
            pytest.param("notes.txt", id="no slash"),
            pytest.param("reports/2025/may.txt", id="two slashes"),
            pytest.param("reports/", id="a slash at the end"),
            pytest.param("reports//2025/../may.txt", id="two slashes in a row, and dots"),
            pytest.param(" Ada & <b>/100%25 é+.TXT ", id="signs and spaces"),
        ],
    )
    def test_a_path_arrives_unchanged(self, client, path):
        assert client.get(f"/files/{quote(path)}").json == {"file": path}

    @pytest.mark.parametrize("address", ["/users/7", "/users/me", "/files/notes.txt"])
    @pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
    def test_a_page_that_is_only_read_refuses_other_methods(self, client, address, method):
        response = client.open(address, method=method)

        assert (response.status_code, set(response.allow)) == (405, {"GET", "HEAD", "OPTIONS"})

    @pytest.mark.parametrize(
        ("endpoint", "values", "address"),
        [
            ("user", {"user_id": 7}, "/users/7"),
            ("me", {}, "/users/me"),
            ("file", {"name": "reports/may 2025.txt"}, "/files/reports/may%202025.txt"),
        ],
        ids=["user", "me", "file"],
    )
    def test_each_varying_view_has_an_address(self, app, endpoint, values, address):
        with app.test_request_context():
            assert url_for(endpoint, **values) == address
