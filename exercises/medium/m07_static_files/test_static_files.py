"""What m07 asks for, step by step."""

import os
import shutil
from functools import partial
from html.parser import HTMLParser
from urllib.parse import parse_qs, urlsplit

import pytest

KEPT_FOR_A_YEAR = {"public": None, "max-age": "31536000", "immutable": None}
ASKED_EACH_TIME = {"no-cache": None}
CSS = "/* The colors of the shop. */\n" * 500 + "a { color: red }"
PNG = b"\x89PNG\r\n\x1a\n\x00\xff"
OTHER = {
    "the last word": CSS.replace("red", "der"),
    "a space": CSS.replace("a {", "a{") + " ",
    "the end of a line": CSS[:-1] + "\r",
    "a letter in the middle": f"{CSS[:7_500]}X{CSS[7_501:]}",
    "capitals": CSS.replace("shop", "Shop"),
    "nothing left": "",
}


@pytest.fixture
def assets(tmp_path):
    """Return a folder of static files whose name is not `static`."""
    folder = tmp_path / "assets"
    (folder / "icons").mkdir(parents=True)
    (folder / "app.css").write_text(CSS)
    (folder / "logo.svg").write_text("<svg>Logo</svg>")
    (folder / "icons/c#.svg").write_text("<svg>C#</svg>")
    (folder / "icons/logo.png").write_bytes(PNG)
    return folder


@pytest.fixture
def app(exercise, assets, tmp_path):
    """Return an application that serves the folder."""
    app = exercise.create_app(assets, tmp_path)
    app.testing = True
    return app


@pytest.fixture
def client(app):
    """Return a client that reads each file to its end and closes it."""
    client = app.test_client()
    client.open = partial(client.open, buffered=True)
    return client


@pytest.fixture
def url_of(exercise, app):
    """Return a function that calls `static_url` during a request."""

    def static_url(filename, prefix=""):
        with app.test_request_context(base_url=f"http://localhost{prefix}"):
            address = exercise.static_url(filename)
        assert isinstance(address, str), f"static_url({filename!r}) returned {address!r}."
        return address

    return static_url


def addresses_in(page, tag, attribute, **others):
    """Return the attribute of each such tag in a page that has these other attributes as well."""
    found, parser = [], HTMLParser()
    parser.handle_starttag = lambda name, values: found.append((name, dict(values)))
    parser.feed(page)
    return [has.get(attribute) for name, has in found if (name, has) == (tag, has | others)]


def several_rules(app):
    """Return what to look at if the learner's own rule is never asked."""
    endpoints = [rule.endpoint for rule in app.url_map.iter_rules() if "/static/" in rule.rule]
    return f"Of the rules below /static/, {endpoints}, only the first is used." * (
        len(endpoints) > 1
    )


class TestStep1TheFilesOfThePages:
    def test_a_file_is_found_below_static(self, client):
        response = client.get("/static/icons/c%23.svg")
        assert (response.status_code, response.text) == (200, "<svg>C#</svg>")
        assert client.get("/static/icons/logo.png").data == PNG

    @pytest.mark.parametrize("prefix", ["", "/shop"], ids=["at the root", "below a prefix"])
    def test_the_page_shows_the_logo(self, client, prefix):
        page = client.get("/", base_url=f"http://localhost{prefix}").text

        paths = [urlsplit(address or "").path for address in addresses_in(page, "img", "src")]
        assert f"{prefix}/static/logo.svg" in paths

    def test_a_client_that_has_the_file_gets_304_without_a_body(self, client):
        etag = client.get("/static/app.css").headers.get("ETag", "")
        response = client.get("/static/app.css", headers={"If-None-Match": etag})
        assert (response.status_code, response.text) == (304, "")

    def test_a_range_of_bytes_comes_with_206(self, client):
        response = client.get("/static/logo.svg", headers={"Range": "bytes=5-8"})
        assert (response.status_code, response.text) == (206, "Logo")


class TestStep2AnAddressThatChangesWithTheContent:
    @pytest.mark.parametrize("prefix", ["", "/shop"], ids=["at the root", "below a prefix"])
    def test_the_address_has_a_fingerprint(self, url_of, prefix):
        address = urlsplit(url_of("app.css", prefix))

        assert address.path == f"{prefix}/static/app.css"
        assert list(parse_qs(address.query)) == ["v"]

    @pytest.mark.parametrize("text", OTHER.values(), ids=OTHER)
    def test_other_bytes_give_another_address(self, url_of, assets, text):
        before, date = url_of("app.css"), (assets / "app.css").stat().st_mtime_ns
        (assets / "app.css").write_bytes(text.encode())
        os.utime(assets / "app.css", ns=(date, date))

        assert url_of("app.css") != before

    def test_a_hundred_contents_have_a_hundred_addresses(self, url_of, assets):
        addresses = set()
        for number in range(100):
            (assets / "app.css").write_text(f"a {{ width: {number}px }}")
            addresses.add(url_of("app.css"))

        assert len(addresses) == 100

    def test_another_date_keeps_the_address(self, url_of, assets):
        before = url_of("app.css")
        os.utime(assets / "app.css", (0, 0))

        assert url_of("app.css") == before

    def test_every_process_gives_a_file_the_same_address(
        self, url_of, another_worker, assets, tmp_path
    ):
        other, copy = another_worker(), shutil.copytree(assets, tmp_path / "copy")

        with other.create_app(copy, tmp_path).test_request_context():
            assert other.static_url("app.css") == url_of("app.css")

    def test_each_application_has_a_folder_of_its_own(self, exercise, url_of, tmp_path):
        before = url_of("app.css")
        exercise.create_app(tmp_path, tmp_path)

        assert url_of("app.css") == before

    def test_an_address_leads_to_its_file_whatever_the_name(self, url_of, client):
        assert client.get(url_of("icons/c#.svg")).text == "<svg>C#</svg>"
        assert client.get(url_of("icons/logo.png")).data == PNG

    def test_a_file_that_is_not_there_is_an_error(self, url_of):
        with pytest.raises(FileNotFoundError):
            url_of("ap.css")

    @pytest.mark.parametrize("prefix", ["", "/shop"], ids=["at the root", "below a prefix"])
    def test_the_page_links_to_the_address_with_the_fingerprint(self, url_of, client, prefix):
        page = client.get("/", base_url=f"http://localhost{prefix}").text

        assert url_of("app.css", prefix) in addresses_in(page, "link", "href", rel="stylesheet")


class TestStep3AYearWithoutAsking:
    @pytest.mark.parametrize("name", ["app.css", "icons/c#.svg", "icons/logo.png"])
    def test_the_current_fingerprint_lets_a_file_be_kept_for_a_year(
        self, app, url_of, client, name
    ):
        response = client.get(url_of(name))

        assert response.status_code == 200
        assert dict(response.cache_control) == KEPT_FOR_A_YEAR, several_rules(app)

    def test_a_304_says_how_long_as_well(self, url_of, client):
        etag = client.get(url_of("app.css")).headers.get("ETag", "")
        response = client.get(url_of("app.css"), headers={"If-None-Match": etag})

        assert (response.status_code, dict(response.cache_control)) == (304, KEPT_FOR_A_YEAR)

    def test_a_part_and_the_headers_alone_say_how_long_as_well(self, url_of, client):
        part = client.get(url_of("app.css"), headers={"Range": "bytes=5-8"})
        head = client.head(url_of("app.css"))

        assert (part.status_code, dict(part.cache_control)) == (206, KEPT_FOR_A_YEAR)
        assert (head.status_code, dict(head.cache_control)) == (200, KEPT_FOR_A_YEAR)

    @pytest.mark.parametrize("query", ["no", "v", "v=", "v=1", "v=%C3%A9", "{}0", "w={}", "V={}"])
    def test_a_file_is_not_kept_without_its_fingerprint(self, app, url_of, client, query):
        current = urlsplit(url_of("app.css")).query
        kept = client.get(f"/static/app.css?{current}")
        assert dict(kept.cache_control) == KEPT_FOR_A_YEAR, several_rules(app)

        response = client.get(f"/static/app.css?{query.format(current)}")

        assert (response.status_code, dict(response.cache_control)) == (200, ASKED_EACH_TIME)

    @pytest.mark.parametrize("query", ["", "?v=1"], ids=["without one", "with another one"])
    def test_a_304_a_part_and_the_headers_alone_are_not_kept_either(self, client, query):
        address = f"/static/app.css{query}"
        etag = client.get(address).headers.get("ETag", "")
        same = client.get(address, headers={"If-None-Match": etag})
        part = client.get(address, headers={"Range": "bytes=5-8"})

        found = [(r.status_code, dict(r.cache_control)) for r in (same, part, client.head(address))]
        assert found == [(status, ASKED_EACH_TIME) for status in (304, 206, 200)]

    @pytest.mark.parametrize("other", ["app.css", "logo.svg"], ids=["outdated", "of another file"])
    def test_the_fingerprint_of_other_content_keeps_nothing(self, url_of, client, assets, other):
        query = urlsplit(url_of(other)).query
        (assets / "app.css").write_text("New")

        response = client.get(f"/static/app.css?{query}")

        assert (response.text, dict(response.cache_control)) == ("New", ASKED_EACH_TIME)

    @pytest.mark.parametrize("name", ["ap.css", "icons"], ids=["no file", "a folder"])
    def test_what_is_not_found_is_never_kept(self, url_of, client, name):
        query = urlsplit(url_of("app.css")).query
        response = client.get(f"/static/{name}?{query}")
        assert (response.status_code, "immutable" in response.cache_control) == (404, False)
