"""What h05 asks for, step by step."""

import pytest

OK, REFUSED = {"ok": True}, {"ok": False}
PARTNER, FOREIGN = "https://partner.example", "https://foreign.example"


@pytest.fixture
def chat(exercise):
    """Return a single instance of the chat: an application, and its Socket.IO server."""
    app, server = exercise.create_app()
    app.testing = True
    return app, server


@pytest.fixture
def connect(chat):
    """Return a function that connects a user, or nobody, to the chat."""
    app, server = chat

    def connect(user, **options):
        return server.test_client(
            app, namespace="/chat", flask_test_client=logged_in(app, user), **options
        )

    return connect


def logged_in(app, user):
    """Return a client with this user in its session, or with an empty session."""
    browser = app.test_client()
    if user:
        with browser.session_transaction() as session:
            session["user"] = user
    return browser


def join(client, *rooms):
    """Join the rooms, and return the client."""
    assert client.is_connected("/chat"), "The connection of a user was refused."
    for room in rooms:
        ask(client, "join", room=room)
    return client


def ask(client, event, **data):
    """Send an event, and return its acknowledgement."""
    return client.emit(event, data, namespace="/chat", callback=True)


def heard(client):
    """Return the events that have arrived since the last call, each with its data."""
    return [(event["name"], *event["args"]) for event in client.get_received("/chat")]


def said(room, user, text):
    """Return the event that clients get for a message."""
    return ("said", {"room": room, "user": user, "text": text})


class TestStep1AMessageReachesTheRoom:
    def test_everybody_in_the_room_hears_a_message(self, connect):
        ada, bob = join(connect("ada"), "tea"), join(connect("bob"), "tea")

        ask(ada, "say", room="tea", text="Hello")
        assert heard(bob) == [said("tea", "ada", "Hello")]
        assert heard(ada) == [said("tea", "ada", "Hello")]

    def test_another_room_does_not_hear_it(self, connect):
        ada, cleo = join(connect("ada"), "tea"), join(connect("cleo"), "coffee")

        ask(ada, "say", room="tea", text="Hello")
        assert heard(ada) == [said("tea", "ada", "Hello")]
        assert heard(cleo) == []

    def test_a_member_of_two_rooms_speaks_in_each_of_them(self, connect):
        ada = join(connect("ada"), "tea", "coffee")
        bob, cleo = join(connect("bob"), "tea"), join(connect("cleo"), "coffee")

        assert ask(ada, "say", room="tea", text="Hello") == OK
        assert ask(ada, "say", room="coffee", text="I <3 it") == OK
        assert heard(bob) == [said("tea", "ada", "Hello")]
        assert heard(cleo) == [said("coffee", "ada", "I <3 it")]

    def test_join_and_say_are_acknowledged(self, connect):
        ada = connect("ada")

        assert ask(ada, "join", room="tea") == OK
        assert ask(ada, "say", room="tea", text="Hello") == OK

    def test_an_announcement_over_http_reaches_the_room_alone(self, chat, connect):
        app, _ = chat
        ada, cleo = join(connect("ada"), "tea"), join(connect("cleo"), "coffee")

        response = logged_in(app, "bob").post("/rooms/tea/announce", json={"text": "We close"})
        assert response.status_code == 204
        assert heard(ada) == [("announced", {"room": "tea", "text": "We close"})]
        assert heard(cleo) == []


class TestStep2UsersAndMembers:
    @pytest.mark.parametrize(
        "options",
        [{}, {"auth": {"user": "ada"}}, {"query_string": "user=ada"}],
        ids=["no name", "a name in auth", "a name in the query"],
    )
    def test_only_a_user_who_has_logged_in_can_connect(self, connect, options):
        join(connect("ada"), "tea")
        assert connect(None, **options).is_connected("/chat") is False

    def test_the_user_is_the_one_of_the_session(self, connect):
        eve = connect("eve", auth={"user": "ada"}, query_string="user=ada")
        ask(eve, "join", room="tea", user="ada")

        ask(eve, "say", room="tea", text="Hello", user="ada")
        assert heard(eve) == [said("tea", "eve", "Hello")]

    def test_only_a_member_of_the_room_can_send(self, connect):
        ada, eve = join(connect("ada"), "tea"), join(connect("eve"), "coffee")
        assert ask(ada, "say", room="tea", text="Hello") == OK

        assert ask(eve, "say", room="tea", text="Buy this") == REFUSED
        assert heard(ada) == [said("tea", "ada", "Hello")]
        assert heard(eve) == []

    def test_a_connection_in_no_room_hears_nothing(self, connect):
        ada, eve = join(connect("ada"), "tea"), connect("eve")

        ask(ada, "say", room="tea", text="Hello")
        assert heard(ada) == [said("tea", "ada", "Hello")]
        assert heard(eve) == []

    def test_a_second_connection_of_a_member_has_to_join_for_itself(self, connect):
        ada, second = join(connect("ada"), "tea"), connect("ada")
        assert ask(ada, "say", room="tea", text="Hello") == OK

        assert ask(second, "say", room="tea", text="Hello") == REFUSED


class TestStep3LeavingOnDisconnect:
    def test_each_room_hears_who_has_left_it(self, connect):
        ada = join(connect("ada"), "tea", "coffee")
        bob, cleo = join(connect("bob"), "tea"), join(connect("cleo"), "coffee")

        ada.disconnect("/chat")
        assert heard(bob) == [("left", {"room": "tea", "user": "ada"})]
        assert heard(cleo) == [("left", {"room": "coffee", "user": "ada"})]

    def test_other_rooms_hear_nothing(self, connect):
        ada, bob = join(connect("ada"), "tea"), join(connect("bob"), "tea")
        second, dan = join(connect("ada"), "cocoa"), join(connect("dan"), "cocoa")

        ada.disconnect("/chat")
        assert heard(bob) == [("left", {"room": "tea", "user": "ada"})]
        assert (heard(second), heard(dan)) == ([], [])

    def test_a_user_who_comes_back_is_in_no_room(self, connect):
        ada = join(connect("ada"), "tea")
        ada.disconnect("/chat")
        ada.connect("/chat")
        bob = join(connect("bob"), "tea")

        assert ask(ada, "say", room="tea", text="Hello") == REFUSED
        assert ask(bob, "say", room="tea", text="Hello") == OK
        assert said("tea", "bob", "Hello") not in heard(ada)

    def test_another_connection_of_the_user_stays_a_member(self, connect):
        ada, second = join(connect("ada"), "tea"), join(connect("ada"), "tea")
        ada.disconnect("/chat")

        assert ask(second, "say", room="tea", text="Hello") == OK
        left = ("left", {"room": "tea", "user": "ada"})
        assert heard(second) == [left, said("tea", "ada", "Hello")]


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

    def test_a_client_without_an_origin_may_connect(self, exercise, statuses):
        app, _ = exercise.create_app(origins=[PARTNER])

        assert statuses(app, PARTNER, None) == {PARTNER: 200, None: 200}

    def test_whole_origins_are_compared(self, exercise, statuses):
        app, _ = exercise.create_app(origins=[PARTNER])

        near = [f"{PARTNER}.evil.example", "http://partner.example", f"{PARTNER}:8443", "null"]
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
