"""What m10 asks for beyond its core."""

import re

import pytest
from werkzeug.http import HTTP_STATUS_CODES

CUP = {"name": "Cup", "price": 450}
STORED_CUP = {"id": 1, **CUP, "note": "", "approved": False}
WRITING = ["PUT", "PATCH", "DELETE"]
CHANGES = [{"name": "Pot"}, {"name": "puC"}, {"price": 540}, {"price": 0}, {"note": " "}]


@pytest.fixture
def client(exercise):
    """Return a client of a new application."""
    app = exercise.create_app()
    app.testing = True
    return app.test_client()


@pytest.fixture
def cup(client):
    """Return the address of an item."""
    return client.post("/items", json=CUP).location or "/there-was-no-location"


def tag_of(client, address):
    """Return the ETag of an item."""
    return client.get(address).headers.get("ETag", "no-tag")


def write(client, method, address, if_match=None):
    """Send a valid request that changes an item, with or without ``If-Match``."""
    headers = {} if if_match is None else {"If-Match": if_match}
    body = None if method == "DELETE" else {"name": "Bowl", "price": 900}
    return client.open(address, method=method, json=body, headers=headers)


class TestStep4NobodyOverwritesWhatTheyHaveNotSeen:
    def test_an_etag_is_in_double_quotes(self, client, cup):
        etag = tag_of(client, cup)

        assert re.fullmatch('"[^"]+"', etag), f"This ETag is not a text in double quotes: {etag}"

    @pytest.mark.parametrize(
        "tags",
        ["{}", "W/{}", '"other", {}', '"other", W/{}, "another"'],
        ids=["same", "weak", "list", "weak in a list"],
    )
    def test_what_the_client_has_already_is_not_sent_again(self, client, cup, tags):
        etag = tag_of(client, cup)

        response = client.get(cup, headers={"If-None-Match": tags.format(etag)})

        assert (response.status_code, response.data) == (304, b"")
        assert response.headers.get("ETag") == etag

    @pytest.mark.parametrize("tags", ['"other"', 'W/"other", "another"', '"1{}1"'], ids=str)
    def test_what_the_client_has_not_is_sent(self, client, cup, tags):
        etag = tag_of(client, cup)

        response = client.get(cup, headers={"If-None-Match": tags.format(etag.strip('"'))})

        assert (response.status_code, response.json) == (200, STORED_CUP)
        assert response.headers.get("ETag") == etag != "no-tag"

    @pytest.mark.parametrize("change", CHANGES, ids=str)
    @pytest.mark.parametrize("method", ["PUT", "PATCH"])
    def test_a_changed_item_is_sent_again_with_another_etag(self, client, cup, method, change):
        etag = tag_of(client, cup)
        client.open(cup, method=method, json={**CUP, **change}, headers={"If-Match": "*"})

        response = client.get(cup, headers={"If-None-Match": etag})

        assert (response.status_code, response.json) == (200, {**STORED_CUP, **change})
        assert response.headers.get("ETag") not in (None, etag)

    @pytest.mark.parametrize("method", WRITING)
    def test_without_if_match_nothing_is_changed(self, client, cup, method):
        response = write(client, method, cup)

        assert (response.status_code, response.json) == (428, {"error": HTTP_STATUS_CODES[428]})
        assert client.get(cup).json == STORED_CUP

    @pytest.mark.parametrize("method", WRITING)
    def test_with_an_empty_if_match_nothing_is_changed(self, client, cup, method):
        assert write(client, method, cup, if_match="").status_code in (412, 428)
        assert client.get(cup).json == STORED_CUP

    @pytest.mark.parametrize(
        "tags", ["{}", '"other",{}', '{}, W/"other"', "*"], ids=["same", "last", "first", "star"]
    )
    @pytest.mark.parametrize("method", WRITING)
    def test_who_knows_the_current_state_may_change_it(self, client, cup, method, tags):
        etag = tag_of(client, cup)

        response = write(client, method, cup, if_match=tags.format(etag))

        assert response.status_code == (204 if method == "DELETE" else 200)

    @pytest.mark.parametrize(
        "tags",
        ['"other"', '"other", "another"', "W/{}", '"other", W/{}', '"1{1}"', '"{1}1"'],
        ids=["other", "others", "weak", "weak in a list", "longer", "longer at the end"],
    )
    @pytest.mark.parametrize("method", WRITING)
    def test_any_other_tag_is_refused(self, client, cup, method, tags):
        etag = tag_of(client, cup)

        response = write(client, method, cup, if_match=tags.format(etag, etag.strip('"')))

        assert (response.status_code, response.json) == (412, {"error": HTTP_STATUS_CODES[412]})
        assert client.get(cup).json == STORED_CUP

    @pytest.mark.parametrize("tag", [None, "*", '"other"'], ids=["no tag", "star", "other"])
    @pytest.mark.parametrize("method", WRITING)
    def test_an_id_that_is_not_there_is_404_whatever_the_tag(self, client, cup, method, tag):
        assert write(client, method, "/items/2", tag).status_code == 404

    def test_the_second_of_two_writers_does_not_overwrite_the_first(self, client, cup):
        seen_by_both = {"If-Match": tag_of(client, cup)}

        first = client.patch(cup, json={"price": 500}, headers=seen_by_both)
        second = client.patch(cup, json={"price": 400}, headers=seen_by_both)

        assert (first.status_code, second.status_code) == (200, 412)
        assert client.get(cup).json["price"] == 500
