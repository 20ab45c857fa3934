"""What m07 asks for beyond its core."""

from functools import partial
from urllib.parse import quote

import pytest
from werkzeug.http import parse_options_header

SECRET = "The key is hunter2."
ATTACHED = [
    "may.txt",
    "報告.html",
    'a "good" May.svg',
    "may..2025.pdf",
    " Mu\u0308ller & 100% #1+2.txt",
    "MAY.TXT",
    "LICENSE ",
    "notes.",
]
HIDDEN = [".env", "a/.git/config", "a/.key", "../secret.txt", ".-backup", ". secret", "...", ".é"]


def make_files(folder, files):
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


@pytest.fixture
def assets(tmp_path):
    """Return a folder of static files."""
    return make_files(tmp_path / "assets", {"app.css": ""})


@pytest.fixture
def downloads(tmp_path):
    """Return a folder with a download; there are secrets above it and next to it."""
    make_files(tmp_path, {"secret.txt": SECRET, "downloads-private/secret.txt": SECRET})
    return make_files(tmp_path / "downloads", {"reports/may.txt": "May"})


@pytest.fixture
def client(exercise, assets, downloads):
    """Return a client that reads each file to its end and closes it."""
    app = exercise.create_app(assets, downloads)
    app.testing = True
    client = app.test_client()
    client.open = partial(client.open, buffered=True)
    return client


def outcome(response):
    """Return the status, and whether the body has the secret."""
    return response.status_code, "secret" if SECRET in response.text else "no secret"


class TestStep4FilesThatUsersName:
    @pytest.mark.parametrize("name", ATTACHED)
    def test_a_file_is_sent_as_an_attachment_with_its_name(self, client, downloads, name):
        make_files(downloads, {f"reports/{name}": "Report"})

        response = client.get(f"/downloads/reports/{quote(name)}")

        header = response.headers.get("Content-Disposition", "").encode("ascii", "replace").decode()
        assert (response.status_code, response.text) == (200, "Report")
        assert parse_options_header(header) == ("attachment", {"filename": name})
        assert response.headers.get("X-Content-Type-Options") == "nosniff"

    def test_the_bytes_of_a_file_stay_as_they_are(self, client, downloads):
        (downloads / "logo.png").write_bytes(b"\x89PNG\r\n\x00\xff")

        assert client.get("/downloads/logo.png").data == b"\x89PNG\r\n\x00\xff"

    @pytest.mark.parametrize("name", ["june.txt", "reports"], ids=["no file", "folder"])
    def test_a_name_without_a_file_is_not_found(self, client, name):
        assert client.get("/downloads/reports/may.txt").status_code == 200
        assert client.get(f"/downloads/{name}").status_code == 404


class TestStep5NamesToRefuse:
    @pytest.fixture(autouse=True)
    def _a_good_name_works(self, client):
        assert client.get("/downloads/reports/may.txt").text == "May"

    @pytest.mark.parametrize(
        "path", ["..", "reports/../..", "../downloads-private", "..../", "..././."]
    )
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

    @pytest.mark.parametrize(
        "name",
        [
            *(".may.txt", "reports/../reports/may.txt", "../reports/may.txt"),
            *("reports/./may.txt", "./reports/may.txt"),
        ],
    )
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

    @pytest.mark.parametrize("name", HIDDEN)
    @pytest.mark.parametrize("place", ["downloads", "static"])
    def test_a_hidden_name_is_not_found(self, client, assets, downloads, place, name):
        make_files(assets, {name: SECRET})
        make_files(downloads, {name: SECRET})

        assert outcome(client.get(f"/{place}/{name}")) == (404, "no secret")

    @pytest.mark.parametrize(
        "name",
        ["may.txt%00.pdf", "a" * 300, "loop", "loop/may.txt"],
        ids=["NUL", "long", "loop", "in"],
    )
    def test_a_name_that_no_file_can_have_is_not_found(self, client, downloads, name):
        (downloads / "loop").symlink_to(downloads / "loop")

        assert client.get(f"/downloads/{name}").status_code == 404
