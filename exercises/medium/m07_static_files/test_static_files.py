"""What m07 asks for, step by step."""

import os
from functools import partial
from html.parser import HTMLParser
from itertools import count
from urllib.parse import parse_qs, urlsplit

import pytest
from werkzeug.http import parse_options_header

KEPT_FOR_A_YEAR = {"public": None, "max-age": "31536000", "immutable": None}
ASKED_EACH_TIME = {"no-cache": None}
CSS = "/* The colors of the shop. */\n" * 500 + "a { color: red }"
SECRET = "The key is hunter2."
ATTACHED = ["may.txt", "報告.html", 'a "good" May.svg', "may..2025.pdf"]


def make_files(folder, files):
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


@pytest.fixture
def assets(tmp_path):
    """Return a folder of static files whose name is not `static`."""
    icons = {"icons/c#.svg": "<svg>C#</svg>", "logo.svg": "<svg>Logo</svg>"}
    return make_files(tmp_path / "assets", {"app.css": CSS} | icons)


@pytest.fixture
def downloads(tmp_path):
    """Return a folder with a download; there are secrets above it and next to it."""
    make_files(tmp_path, {"secret.txt": SECRET, "downloads-private/secret.txt": SECRET})
    return make_files(tmp_path / "downloads", {"reports/may.txt": "May"})


@pytest.fixture
def app(exercise, assets, downloads):
    """Return an application that serves the two folders."""
    app = exercise.create_app(assets, downloads)
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


def outcome(response):
    """Return the status, and whether the body has the secret."""
    return response.status_code, "secret" if SECRET in response.text else "no secret"


class TestStep1TheFilesOfThePages:
    def test_a_file_is_found_below_static(self, client):
        response = client.get("/static/icons/c%23.svg")
        assert (response.status_code, response.text) == (200, "<svg>C#</svg>")

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

    def test_other_bytes_give_another_address(self, url_of, assets):
        before, date = url_of("app.css"), (assets / "app.css").stat().st_mtime_ns
        (assets / "app.css").write_text(CSS.replace("red", "der"))
        os.utime(assets / "app.css", ns=(date, date))

        assert url_of("app.css") != before, "The last word in the file has changed."

    def test_the_same_bytes_keep_their_address(self, exercise, url_of, assets):
        before = url_of("app.css")
        os.utime(assets / "app.css", (0, 0))
        assert url_of("app.css") == before, "Only the date of the file has changed."
        vars(exercise).setdefault("hash", partial(next, count()))  # Differs in each process.
        assert url_of("app.css") == before, "Another process gives the same file another address."

    def test_an_address_leads_to_its_file_whatever_the_name(self, url_of, client):
        assert client.get(url_of("icons/c#.svg")).text == "<svg>C#</svg>"

    def test_a_file_that_is_not_there_is_an_error(self, url_of):
        with pytest.raises(FileNotFoundError):
            url_of("ap.css")

    def test_the_page_links_to_the_address_with_the_fingerprint(self, url_of, client):
        page = client.get("/").text
        assert url_of("app.css") in addresses_in(page, "link", "href", rel="stylesheet")


class TestStep3AYearWithoutAsking:
    @pytest.mark.parametrize("name", ["app.css", "icons/c#.svg"])
    def test_the_current_fingerprint_lets_a_file_be_kept_for_a_year(self, url_of, client, name):
        response = client.get(url_of(name))
        assert dict(response.cache_control) == KEPT_FOR_A_YEAR

    def test_a_304_says_how_long_as_well(self, url_of, client):
        etag = client.get(url_of("app.css")).headers.get("ETag", "")
        response = client.get(url_of("app.css"), headers={"If-None-Match": etag})
        assert (response.status_code, dict(response.cache_control)) == (304, KEPT_FOR_A_YEAR)

    @pytest.mark.parametrize("query", ["no", "v", "v=", "v=1", "v=%C3%A9"])
    def test_a_file_is_not_kept_without_its_fingerprint(self, url_of, client, query):
        assert "immutable" in client.get(url_of("app.css")).cache_control

        response = client.get(f"/static/app.css?{query}")

        assert (response.status_code, dict(response.cache_control)) == (200, ASKED_EACH_TIME)

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


class TestStep4FilesThatUsersName:
    @pytest.mark.parametrize("name", ATTACHED, ids=["Latin", "Japanese", "quotes", "dots"])
    def test_a_file_is_sent_as_an_attachment_with_its_name(self, client, downloads, name):
        make_files(downloads, {f"reports/{name}": "Report"})

        response = client.get(f"/downloads/reports/{name}")

        header = response.headers.get("Content-Disposition", "").encode("ascii", "replace").decode()
        assert (response.status_code, response.text) == (200, "Report")
        assert parse_options_header(header) == ("attachment", {"filename": name})

    def test_a_browser_must_not_guess_the_type(self, client):
        headers = client.get("/downloads/reports/may.txt").headers
        assert headers.get("X-Content-Type-Options") == "nosniff"

    @pytest.mark.parametrize("name", ["june.txt", "reports"], ids=["no file", "folder"])
    def test_a_name_without_a_file_is_not_found(self, client, name):
        assert client.get("/downloads/reports/may.txt").status_code == 200
        assert client.get(f"/downloads/{name}").status_code == 404


class TestStep5NamesToRefuse:
    @pytest.fixture(autouse=True)
    def _a_good_name_works(self, client):
        assert client.get("/downloads/reports/may.txt").text == "May"

    @pytest.mark.parametrize("path", ["..", "reports/../..", "../downloads-private", "..../"])
    def test_dots_do_not_lead_out(self, client, path):
        assert outcome(client.get(f"/downloads/{path}/secret.txt")) == (404, "no secret")

    @pytest.mark.parametrize("dots", ["%2e%2e/", "..%2f", "%252e%252e%252f"])
    def test_encoded_dots_do_not_lead_out(self, client, dots):
        assert outcome(client.get(f"/downloads/{dots}secret.txt")) == (404, "no secret")

    def test_an_absolute_path_does_not_lead_out(self, client, tmp_path):
        name = f"../{tmp_path}/secret.txt"  # Without the "../", this is an absolute path.

        assert outcome(client.get(f"/downloads/{name}")) == (404, "no secret")

    @pytest.mark.parametrize("name", ["link.txt", "up/secret.txt"], ids=["file", "folder"])
    def test_a_link_does_not_lead_out(self, client, downloads, tmp_path, name):
        (downloads / "link.txt").symlink_to(tmp_path / "secret.txt")
        (downloads / "up").symlink_to(tmp_path)

        assert outcome(client.get(f"/downloads/{name}")) == (404, "no secret")

    def test_a_link_to_a_file_inside_is_served(self, client, downloads):
        (downloads / "latest.txt").symlink_to(downloads / "reports/may.txt")
        assert client.get("/downloads/latest.txt").text == "May"

    @pytest.mark.parametrize("name", [".may.txt", "reports/../reports/may.txt"])
    def test_a_bad_name_is_refused_wherever_it_leads(self, client, downloads, name):
        (downloads / ".may.txt").symlink_to(downloads / "reports/may.txt")
        assert client.get(f"/downloads/{name}").status_code == 404

    def test_the_folder_may_be_a_link_itself(self, exercise, assets, downloads, tmp_path):
        (tmp_path / "current").symlink_to(downloads)
        client = exercise.create_app(assets, tmp_path / "current").test_client()

        assert client.get("/downloads/reports/may.txt", buffered=True).text == "May"

    def test_the_folder_may_be_below_a_hidden_one(self, exercise, assets, tmp_path):
        folder = make_files(tmp_path / ".shop/downloads", {"may.txt": "May"})
        client = exercise.create_app(assets, folder).test_client()

        assert client.get("/downloads/may.txt", buffered=True).text == "May"

    @pytest.mark.parametrize("name", [".env", "a/.git/config", "a/.key", "../secret.txt"])
    @pytest.mark.parametrize("place", ["downloads", "static"])
    def test_a_hidden_name_is_not_found(self, client, assets, downloads, place, name):
        make_files(assets, {name: SECRET})
        make_files(downloads, {name: SECRET})

        assert outcome(client.get(f"/{place}/{name}")) == (404, "no secret")

    @pytest.mark.parametrize("name", ["may.txt%00.pdf", "a" * 300], ids=["NUL", "too long"])
    def test_a_name_that_no_file_can_have_is_not_found(self, client, name):
        assert client.get(f"/downloads/{name}").status_code == 404
