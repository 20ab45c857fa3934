"""What e07 asks for beyond its core, step by step."""

import pytest

GOOD = {"name": "Ada", "email": "ada@example.org", "password": "correct horse"}
URLENCODED = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"


@pytest.fixture
def client(exercise):
    """Return a client of a new application."""
    app = exercise.create_app()
    app.testing = True
    return app.test_client()


class TestStep4BodiesThatAreTooLargeOrNoForm:
    @pytest.mark.parametrize(
        "kind", [f"{URLENCODED}; charset=utf-8", MULTIPART], ids=["with a charset", "multipart"]
    )
    def test_both_kinds_of_form_are_read(self, client, kind):
        response = client.post("/signup", data=GOOD, content_type=kind)

        assert (response.status_code, response.location) == (303, "/members/1")

    @pytest.mark.parametrize(
        "kind",
        [
            *("application/json", "text/plain", "multipart/mixed; boundary=x"),
            *("application/vnd.formula", "text/x-www-form-urlencoded", "application/form-data"),
            *("multipart/form-data-2", "", None),
        ],
        ids=lambda kind: (kind or repr(kind)).replace("/", "_").partition(";")[0],
    )
    def test_a_body_that_is_not_a_form_is_refused_with_415(self, client, kind):
        response = client.post("/signup", data='{"name": "Ada"}', content_type=kind)

        assert response.status_code == 415

    @pytest.mark.parametrize(
        ("kind", "data"),
        [(URLENCODED, "name=".ljust(16_385, "a")), (MULTIPART, {"name": "a" * 16_384})],
        ids=["urlencoded", "multipart"],
    )
    def test_a_body_over_the_limit_is_refused_with_413(self, client, kind, data):
        response = client.post("/signup", data=data, content_type=kind)

        assert response.status_code == 413

    @pytest.mark.parametrize("factor", [2, 10, 100])
    def test_a_much_larger_body_is_refused_with_413(self, client, factor):
        data = GOOD | {"comment": "a" * 16_384 * factor}

        response = client.post("/signup", data=data)

        assert response.status_code == 413

    def test_a_body_of_exactly_the_limit_is_read(self, client):
        body = "name=".ljust(16_384, "a")

        response = client.post("/signup", data=body, content_type=URLENCODED)

        assert response.status_code == 422
        assert "too long" in response.text
