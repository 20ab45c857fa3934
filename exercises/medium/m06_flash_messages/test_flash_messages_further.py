"""What m06 asks for beyond its core."""

import re
from urllib.parse import urljoin

import pytest

SITE = "http://localhost"
TARGET = "/account?tab=orders&page=2&q=1%2B1#top"
FORM = {"name": "Ada", "password": "right"}

KEPT = [
    *("/", TARGET, "/account#orders//a:b", "/~ada/größe/Help:A//b;c=1,2/@d", "/a//b", "/Account/"),
    *("/search?q=//a.example#top", "/?u=https://a.example", "/search?q=C:\\O'Neil (50%)!"),
    *("/%2Fa.example", "/%5Ca.example", "/a%09b", "/%E2%82%AC", "/a\\b", "/:8080", "/["),
    *("/files/my report.pdf", "/compare/1..2", "/a/../b", "/./", "/?", "/x?next=/y&next=/z"),
    *("/login", "/@evil.example", "/.evil.example", "/javascript:alert(1)", "/<b>", "/日本 "),
    *("/a\u00a0b\x7f", "/ ", "/ /a.example", "/?q=" + "a" * 300),
]
CONTROL = [*(f"/a{chr(code)}b" for code in range(32)), f"/{'a' * 300}\n"]
ELSEWHERE = {
    "another site": "https://evil.example/",
    "another site in capitals": "HTTPS://EVIL.EXAMPLE/",
    "two slashes": "//evil.example/",
    "three slashes": "///evil.example/",
    "four slashes": "////evil.example/",
    "slash and backslash": "/\\evil.example/",
    "backslash and slash": "\\/evil.example/",
    "two backslashes": "\\\\evil.example/",
    "slash and two backslashes": "/\\\\evil.example/",
    "own name in front": "//localhost@evil.example/",
    "own name at the end": "//evil.example/localhost",
    "own address in front": "http://localhost.evil.example/",
    "no slash": "https:evil.example/",
    "no host": "http:///evil.example/",
    "tab inside": "/\t/evil.example/",
    "line break inside": "/\n/evil.example/",
    "carriage return inside": "/\r/evil.example/",
    "tab and backslash": "/\t\\evil.example/",
    "tab before": "\t//evil.example/",
    "space before": " //evil.example/",
    "control character before": "\x01//evil.example/",
    "line break at the end": "/account\n",
    "code": "javascript:alert(1)",
    "broken address": "//[evil.example/",
    "another broken address": "//[",
    "no host at all": "//",
    "space before the slash": " /account",
    "no path": "account",
    "a query alone": "?tab=orders",
    "a fragment alone": "#top",
    "a path from here": "./account",
    "a host alone": "evil.example",
    "empty": "",
}


def browser_goes_to(location):
    """Return where a browser goes from http://localhost/login, by the rules of the URL standard."""
    read = re.sub(r"[\t\r\n]", "", (location or "").strip("".join(map(chr, range(33)))))
    head, mark, tail = re.match(r"([^?#]*)([?#]?)(.*)", read, re.DOTALL).groups()
    read = head.replace("\\", "/") + mark + tail
    if outside := re.match(r"(https:)/*|(?:http:)?//+", read):
        return f"{outside[1] or 'http:'}//{read[outside.end() :]}"
    return urljoin(f"{SITE}/login", read)


def log_in(client, **fields):
    """Send the form, and return the response."""
    return client.post("/login", data={**FORM, **fields})


@pytest.fixture
def client(exercise):
    """Return a visitor's browser."""
    app = exercise.create_app("a key", lambda name, password: password == FORM["password"])
    app.testing = True
    return app.test_client()


class TestStep3BackToThePageTheyCameFor:
    def test_a_good_login_leads_to_the_page_that_asked_for_it(self, client):
        response = log_in(client, next=TARGET)

        assert (response.status_code, browser_goes_to(response.location)) == (303, SITE + TARGET)
        assert "Welcome, " in client.get(response.location).text

    @pytest.mark.parametrize("target", [TARGET, "/", "/q?  Ada & <b>Z</b> 100% ", "/größe;a=b+c"])
    def test_a_bad_login_keeps_the_page_for_the_second_try(self, client, target):
        response = log_in(client, password="wrong", next=target)
        assert response.status_code == 303

        request = client.get(response.location).request
        assert (request.path, request.args.get("next")) == ("/login", target)

    @pytest.mark.parametrize("fields", [{}, {"next": ""}, {"next": TARGET}], ids=str)
    @pytest.mark.parametrize("password", ["right", "wrong"])
    def test_every_login_is_answered_with_303(self, client, password, fields):
        response = log_in(client, password=password, **fields)

        assert response.status_code == 303

    def test_a_login_without_a_page_leads_home(self, client):
        bad = log_in(client, password="wrong", next=TARGET)
        good = log_in(client)

        assert (bad.status_code, good.status_code) == (303, 303)
        assert browser_goes_to(good.location) == f"{SITE}/"

    @pytest.mark.parametrize("target", KEPT, ids=lambda target: target[:40])
    def test_a_path_on_this_site_is_kept(self, exercise, target):
        assert exercise.safe_next(target) == target

    @pytest.mark.parametrize("target", ELSEWHERE.values(), ids=ELSEWHERE)
    def test_what_is_no_path_on_this_site_becomes_a_slash(self, exercise, target):
        assert exercise.safe_next(target) == "/"

    def test_no_control_character_is_kept(self, exercise):
        for target in CONTROL:
            assert (target, exercise.safe_next(target)) == (target, "/")

    def test_nothing_becomes_a_slash(self, exercise):
        assert exercise.safe_next(None) == "/"

    @pytest.mark.parametrize("target", ELSEWHERE.values(), ids=ELSEWHERE)
    def test_a_login_never_leads_off_the_site(self, client, target):
        bad = log_in(client, password="wrong", next=target)
        good = log_in(client, next=target)

        assert (bad.status_code, good.status_code) == (303, 303)
        assert browser_goes_to(bad.location).partition("?")[0] == f"{SITE}/login"
        assert browser_goes_to(good.location) == f"{SITE}/"

    @pytest.mark.parametrize("path", ["/login", "/account", "/"])
    def test_no_link_to_this_site_leads_off_it(self, client, path):
        log_in(client)

        response = client.get(path, query_string={"next": "//evil.example/"})

        assert browser_goes_to(response.location).startswith(f"{SITE}/")
