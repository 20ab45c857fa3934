"""What h05 asks for further on, step by step. The servers and the visitors are in conftest.py."""

import pytest

OK = {"ok": True}
PARTNER, FOREIGN = "https://partner.example", "https://foreign.example"


def said(room, user, text):
    """Return the event that clients get for a message."""
    return ("said", {"room": room, "user": user, "text": text})


class TestStep4ForeignOrigins:
    def test_pages_of_the_origins_may_connect_and_others_may_not(self, exercise, statuses):
        second = "https://second.example"
        app, _ = exercise.create_app(origins=[PARTNER, second])

        found = statuses(app, PARTNER, second, FOREIGN)
        assert found == {PARTNER: 200, second: 200, FOREIGN: 400}

    def test_pages_of_the_own_origin_may_connect_too(self, exercise, statuses):
        app, _ = exercise.create_app(origins=[PARTNER])

        assert statuses(app, "own", FOREIGN) == {"own": 200, FOREIGN: 400}

    def test_the_own_origin_has_a_scheme_and_a_port(self, exercise, statuses):
        app, _ = exercise.create_app(origins=[PARTNER])

        found = statuses(app, "own", "own, https", "own, port 80")
        assert found == {"own": 200, "own, https": 400, "own, port 80": 400}

    def test_the_own_origin_is_the_one_that_the_request_names(self, exercise, statuses):
        app, _ = exercise.create_app(origins=[PARTNER])

        def behind_a_proxy(environ, start_response):
            seen = {"wsgi.url_scheme": "https", "HTTP_HOST": "chat.example"}
            return app({**environ, **seen}, start_response)

        own, near = "https://chat.example", ["http://chat.example", "https://chat.example.evil"]
        assert statuses(behind_a_proxy, own, *near) == {own: 200} | dict.fromkeys(near, 400)

    @pytest.mark.parametrize("origins", [[PARTNER], []], ids=["a partner", "no origins"])
    def test_forwarded_headers_change_no_origin(self, exercise, statuses, origins):
        app, _ = exercise.create_app(origins=origins)

        def forged(environ, start_response):
            seen = {"HTTP_X_FORWARDED_HOST": "foreign.example", "HTTP_X_FORWARDED_PROTO": "https"}
            return app({**environ, **seen}, start_response)

        assert statuses(forged, "own", FOREIGN) == {"own": 200, FOREIGN: 400}

    def test_a_client_without_an_origin_may_connect(self, exercise, statuses):
        app, _ = exercise.create_app(origins=[PARTNER])

        assert statuses(app, PARTNER, None) == {PARTNER: 200, None: 200}

    def test_whole_origins_are_compared(self, exercise, statuses):
        app, _ = exercise.create_app(origins=[PARTNER])

        near = [f"{PARTNER}.evil.example", "http://partner.example", f"{PARTNER}:8443", "null"]
        near += ["https://evil.partner.example"]
        near += [PARTNER[:-2], PARTNER.replace(".", "x")]
        assert statuses(app, PARTNER, *near) == {PARTNER: 200} | dict.fromkeys(near, 400)

    @pytest.mark.parametrize("origins", [(), []], ids=["tuple", "list"])
    def test_without_origins_only_the_own_origin_may_connect(self, exercise, statuses, origins):
        with_partner, _ = exercise.create_app(origins=[PARTNER])
        assert statuses(with_partner, PARTNER) == {PARTNER: 200}

        app, _ = exercise.create_app(origins=origins)
        assert statuses(app, "own", PARTNER, FOREIGN) == {"own": 200, PARTNER: 400, FOREIGN: 400}


@pytest.mark.time_limit(30)
class TestStep5TwoInstances:
    def test_each_instance_delivers_what_is_said_at_the_other_once(self, visitors):
        ada, bob = visitors

        assert ada.ask("say", room="tea", text="Hello") == OK
        assert bob.heard(1) == [said("tea", "ada", "Hello")]
        assert bob.ask("say", room="tea", text="Hi") == OK
        assert ada.heard(2) == [said("tea", "ada", "Hello"), said("tea", "bob", "Hi")]
        assert bob.heard(1) == [said("tea", "bob", "Hi")]

    def test_announcements_and_departures_reach_the_other_instance(self, visitors):
        ada, bob = visitors

        ada.post("/rooms/tea/announce", text="We close")
        ada.client.disconnect()
        assert bob.heard(2) == [
            ("announced", {"room": "tea", "text": "We close"}),
            ("left", {"room": "tea", "user": "ada"}),
        ]
