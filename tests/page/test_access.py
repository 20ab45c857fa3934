"""Nobody but this machine's own browser, on a page that it was given, reads or changes anything."""

import hashlib
import stat
import threading

import pytest
import socketio
from socketio.exceptions import ConnectionError as Refused

from kata.course import progress
from kata.page import gate
from kata.page.application import add_sockets
from kata.page.live import Live
from tests.page.conftest import HOME, PORT, ROOT, TOKEN

VIEWS = ["/", "/exercises/e01/", "/exercises/e01/now", "/exercises/list", "/exercises/e01/answer"]


@pytest.mark.parametrize("path", [*VIEWS, "/static/page.js"])
def test_without_the_token_nothing_is_shown(stranger, path):
    response = stranger.get(path, base_url=HOME)

    assert response.status_code == 403
    assert "e01" not in response.text


@pytest.mark.parametrize("token", ["", "wrong", TOKEN[:-1], f"{TOKEN}x", "é"])
def test_another_token_lets_nobody_in(stranger, token):
    assert stranger.get("/", query_string={"token": token}, base_url=HOME).status_code == 403
    assert stranger.get_cookie(f"kata_{PORT}") is None


def test_the_token_disappears_from_the_address_and_the_cookie_stays_with_this_site(stranger):
    response = stranger.get(f"/exercises/e01/?token={TOKEN}", base_url=HOME)

    assert (response.status_code, response.location) == (302, "/exercises/e01/")
    cookie = response.headers["Set-Cookie"]
    assert cookie.startswith(f"kata_{PORT}=")
    assert "SameSite=Strict" in cookie
    assert "HttpOnly" in cookie
    assert TOKEN not in cookie


@pytest.mark.parametrize(
    "host",
    ["evil.example", f"evil.example:{PORT}", "127.0.0.1", f"127.0.0.1.evil.example:{PORT}", ""],
)
def test_a_name_of_another_site_for_this_address_is_refused(client, host):
    response = client.get("/exercises/e01/", headers={"Host": host}, base_url=HOME)

    assert response.status_code == 403
    assert response.text == "This server is for its own address alone.\n"


@pytest.mark.parametrize(
    "origin",
    [
        *("http://evil.example", "null", "", "http://[", "http://127.0.0.1:1"),
        *(f"http://127.0.0.1:{PORT}.evil.example", f"http://localhost:{PORT}"),
    ],
)
def test_what_another_site_sends_is_refused(client, project, origin):
    project.solve(1)
    before = project.stub(1).read_bytes()

    response = client.post("/exercises/e01/reset", headers={"Origin": origin}, base_url=HOME)

    assert response.status_code == 403
    assert project.stub(1).read_bytes() == before


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_another_site_may_lead_here_and_load_nothing(client, site):
    def ask(shown_as: str) -> int:
        headers = {"Sec-Fetch-Site": site, "Sec-Fetch-Dest": shown_as}
        return client.get("/exercises/e01/", headers=headers, base_url=HOME).status_code

    assert [ask(each) for each in ("document", "iframe", "image", "empty")] == [200, 403, 403, 403]


def test_a_get_changes_nothing(client, project):
    project.solve(1)
    before = project.stub(1).read_bytes()

    codes = {
        client.get(f"/exercises/e01/{what}", base_url=HOME).status_code
        for what in ("reset", "undo", "hint", "run")
    }

    assert codes == {405}
    assert project.stub(1).read_bytes() == before
    assert progress.load(project.root).hints == {}


@pytest.mark.parametrize(
    "path",
    [
        "/exercises/../../etc/passwd/",
        "/exercises/%2e%2e%2fsolutions/",
        "/static/../gate.py",
        "/static/%2e%2e/gate.py",
        "/static/..%2f..%2fgate.py",
        "/static//etc/passwd",
        "/exercises/e99/",
    ],
)
def test_no_path_leads_out_of_the_project(client, path):
    response = client.get(path, base_url=HOME, follow_redirects=True)

    assert response.status_code == 404
    assert "root:" not in response.text


def test_each_page_may_show_only_what_this_server_gives_it(client):
    headers = client.get("/exercises/e01/", base_url=HOME).headers

    rules = dict(rule.split(" ", 1) for rule in headers["Content-Security-Policy"].split("; "))
    assert rules["default-src"] == rules["frame-ancestors"] == rules["base-uri"] == "'none'"
    assert rules["script-src"] == rules["style-src"] == rules["connect-src"] == "'self'"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"


def test_only_its_owner_may_read_the_key_of_the_cookies(client, project):
    key = project.root / ".kata/page.key"

    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert len(key.read_bytes()) == 32


def test_where_no_key_can_be_kept_the_page_is_there_all_the_same(tmp_path):
    (tmp_path / ".kata").write_text("no folder")

    assert len({gate.secret_key(tmp_path) for _ in range(2)}) == 2


@pytest.mark.parametrize(
    "headers",
    [{}, {"Origin": "http://evil.example"}, {"Host": "evil.example"}],
    ids=["no cookie", "another origin", "another host"],
)
@pytest.mark.parametrize("transport", ["polling", "websocket"])
def test_no_socket_for_who_was_not_let_in(serve, headers, transport):
    page = serve("--port", "0")

    with socketio.SimpleClient() as client, pytest.raises(Refused):
        client.connect(page.base, headers=headers, transports=[transport], wait_timeout=10)


def test_nothing_is_kept_for_a_socket_of_who_was_not_let_in(app, stranger, client, project):
    add_sockets(app, Live(project.root))
    before = threading.active_count()

    for path in ("/socket.io/?EIO=4&transport=polling", "/socket.io/?EIO=4&transport=websocket"):
        assert stranger.get(path, base_url=HOME).status_code == 403

    assert threading.active_count() == before
    unknown = client.get("/socket.io/?EIO=4&transport=pigeon", base_url=HOME)
    assert (unknown.status_code, unknown.text) == (400, '"Invalid transport"')


NASTY = '<script>alert(1)</script>"><img src=x onerror=alert(1)>{{ 7 * 7 }}'


def test_what_a_learner_wrote_is_text(client, project):
    project.stub(1).write_text(f"x = {NASTY!r}\n")
    progress.update(project.root, lambda state: state.solved.add("e01_sample1"))

    page = client.get("/exercises/e01/difference", base_url=HOME).text

    assert "<img" not in page
    assert page.count("<script") == 2
    assert "49" not in page.partition("<table")[2]


def test_the_library_of_others_is_the_one_that_is_named():
    folder = ROOT / "kata/page/static/vendor"

    named = dict(line.split()[::-1] for line in (folder / "SHA256SUMS").read_text().splitlines())

    assert named == {
        file.name: hashlib.sha256(file.read_bytes()).hexdigest()
        for file in folder.iterdir()
        if file.name != "SHA256SUMS"
    }
