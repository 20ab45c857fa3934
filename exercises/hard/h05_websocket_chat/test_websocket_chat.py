"""What h05 asks for, step by step."""

import pytest

OK, REFUSED = {"ok": True}, {"ok": False}
NASTY = "  Ada & <b>Zoë</b> 100% "


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

    def test_what_clients_send_goes_out_as_it_came_in(self, connect):
        ada, bob = join(connect(NASTY), NASTY), join(connect("bob"), NASTY.strip(), NASTY.lower())

        ask(ada, "say", room=NASTY, text=NASTY)
        assert heard(ada) == [said(NASTY, NASTY, NASTY)]
        assert heard(bob) == []

    def test_a_member_of_two_rooms_speaks_in_each_of_them(self, connect):
        ada = join(connect("ada"), "tea", "coffee")
        bob, cleo = join(connect("bob"), "tea"), join(connect("cleo"), "coffee")

        assert ask(ada, "say", room="tea", text="Hello") == OK
        assert ask(ada, "say", room="coffee", text="") == OK
        assert heard(bob) == [said("tea", "ada", "Hello")]
        assert heard(cleo) == [said("coffee", "ada", "")]

    def test_join_and_say_are_acknowledged(self, connect):
        ada = connect("ada")

        answers = [ask(ada, "join", room="tea"), ask(ada, "join", room="tea")]
        answers.append(ask(ada, "say", room="tea", text="Hello"))
        assert answers == [OK, OK, OK]
        assert [type(answer["ok"]) for answer in answers] == [bool] * 3, answers

    def test_an_announcement_over_http_reaches_the_room_alone(self, chat, connect):
        app, _ = chat
        ada, cleo = join(connect("ada"), "Tea"), join(connect("cleo"), "tea")

        response = logged_in(app, "bob").post("/rooms/Tea/announce", json={"text": NASTY})
        assert response.status_code == 204
        assert heard(ada) == [("announced", {"room": "Tea", "text": NASTY})]
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

    def test_the_default_namespace_leads_into_no_room(self, chat, connect):
        app, server = chat
        ada = join(connect("ada"), "tea")
        other = server.test_client(app)
        for event in ("join", "say"):
            other.emit(event, {"room": "tea", "text": "Buy this"})
        assert ask(ada, "say", room="tea", text="Hello") == OK
        assert heard(ada) == [said("tea", "ada", "Hello")]

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

    def test_the_room_of_the_connection_itself_does_not_count(self, chat, connect):
        _, server = chat
        ada = join(connect("ada"), "tea")
        own = server.server.manager.sid_from_eio_sid(ada.eio_sid, "/chat")

        assert ask(ada, "say", room=own, text="Hello") == REFUSED
        assert heard(ada) == []

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

    def test_a_connection_that_the_server_ends_leaves_its_rooms_too(self, chat, connect):
        _, server = chat
        ada, bob = join(connect("ada"), "tea"), join(connect("bob"), "tea")
        own = server.server.manager.sid_from_eio_sid(ada.eio_sid, "/chat")

        server.server.disconnect(own, namespace="/chat")
        assert heard(bob) == [("left", {"room": "tea", "user": "ada"})]

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
