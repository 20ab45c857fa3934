"""What h10 asks for further on, step by step. The fixtures are in conftest.py."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier

import pytest
from pika.exceptions import ChannelClosedByBroker

ADA = {"customer": "  Ada & <b>Zoë</b> 100% ", "item": "cup"}
GRACE = {"customer": "grace", "item": "pot"}


class TestStep4TheOutbox:
    def test_an_order_is_accepted(self, client):
        response = client.post("/orders", json=ADA)
        assert (response.status_code, response.json) == (202, {"id": 1, **ADA})

    def test_the_relay_publishes_and_the_request_does_not(self, client, relay, box):
        client.post("/orders", json=ADA)
        assert box.contents == []
        assert (relay(box), box.contents) == (1, [(ADA["customer"], {"id": 1, **ADA})])

    def test_the_outbox_is_published_once_and_the_oldest_first(self, client, relay, box):
        for order in (GRACE, ADA, GRACE):
            client.post("/orders", json=order)
        assert (relay(box), relay(box)) == (3, 0)
        assert [order["id"] for _, order in box.contents] == [1, 2, 3]
        assert len({message.id for message in box.messages}) == 3

    def test_what_is_not_confirmed_is_published_again_with_its_id(
        self, client, relay, box, refusing_box
    ):
        client.post("/orders", json=ADA)
        client.post("/orders", json=GRACE)
        assert (relay(refusing_box), relay(box)) == (1, 1)
        assert box.messages == [m for m in refusing_box.messages if m.key == ADA["customer"]]

    def test_a_publisher_that_breaks_takes_nothing_out(self, client, relay, box, broken_box):
        client.post("/orders", json=ADA)
        with suppress(ZeroDivisionError):
            relay(broken_box)
        assert (relay(box), box.contents) == (1, [(ADA["customer"], {"id": 1, **ADA})])

    @pytest.mark.parametrize("table", ["Order", "OutboxMessage"])
    def test_an_order_and_its_message_are_stored_together_or_not_at_all(
        self, exercise, app, client, stored, close_table, table
    ):
        app.config["PROPAGATE_EXCEPTIONS"] = False
        accepted = client.post("/orders", json=ADA).status_code
        close_table(getattr(exercise, table))
        failed = client.post("/orders", json=GRACE).status_code
        keys = stored(exercise.Order.customer), stored(exercise.OutboxMessage.key)
        assert (accepted, failed >= 400, *keys) == (202, True, [ADA["customer"]], [ADA["customer"]])

    def test_an_order_waits_while_the_broker_is_down(self, client, relay, broker, publisher):
        with broker.outage():
            accepted = client.post("/orders", json=ADA).status_code
            confirmed = relay(publisher)

        assert (accepted, confirmed) == (202, 0)
        assert relay(publisher) == 1, "The broker is back; the message waits in the outbox."
        assert len(broker.take(broker.live)) == 1


class TestStep5ThreadsAndLostConnections:
    def test_eight_threads_publish_at_the_same_time(self, broker, publisher, message):
        before = publisher.publish(
            [message("before")]
        )  # From here on this thread has a connection.
        barrier = Barrier(8, timeout=5)

        def publish(name):
            first, second = message(f"{name}1"), message(f"{name}2")
            barrier.wait()
            return publisher.publish([first]) | publisher.publish([second])

        with ThreadPoolExecutor(8) as threads:
            confirmed = sorted(before.union(*threads.map(publish, "abcdefgh")))

        assert confirmed == sorted(["before", *(name + n for name in "abcdefgh" for n in "12")])
        assert sorted(message_id for message_id, _ in broker.take(broker.live)) == confirmed

    def test_a_connection_that_was_lost_is_opened_again(self, broker, publisher, message):
        first = publisher.publish([message("a")])
        broker.drop_connections()
        second = publisher.publish([message("b")])
        assert (first, second) == ({"a"}, {"b"})
        assert broker.take(broker.live) == [("a", "{}"), ("b", "{}")]
        broker.delete(broker.live)
        assert publisher.publish([message("c")]) == {each for each, _ in broker.take(broker.live)}

    def test_a_channel_that_is_already_closed_is_replaced(self, interrupted, message):
        publisher = interrupted(lambda connection: connection.close())
        assert [publisher.publish([message(each)]) for each in "ab"] == [{"a"}, {"b"}]

    def test_a_broker_that_goes_and_comes_back_is_used_again(self, broker, publisher, message):
        before = publisher.publish([message("a")])
        with broker.outage():
            within = publisher.publish([message("b")])

        assert (before, within, publisher.publish([message("b")])) == ({"a"}, set(), {"b"})
        assert broker.take(broker.live) == [("a", "{}"), ("b", "{}")]

    def test_a_refused_declaration_is_let_through(self, broker, publisher, message):
        with broker.connect() as connection:
            connection.channel().queue_declare(broker.live, durable=False)

        with pytest.raises(ChannelClosedByBroker, match="406"):
            publisher.publish([message("a")])
