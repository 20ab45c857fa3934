"""What h10 asks for, step by step. The fixtures are in conftest.py."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from threading import Barrier

import pytest

ADA = {"customer": "ada", "item": "cup"}
GRACE = {"customer": "grace", "item": "pot"}


class TestStep1PublishedMeansThatTheBrokerHasIt:
    def test_messages_are_in_the_queue_with_id_and_body(self, broker, publisher, message):
        confirmed = publisher.publish([message("a", body="1"), message("b", body="2")])
        assert (confirmed, broker.take(broker.live)) == ({"a", "b"}, [("a", "1"), ("b", "2")])

    def test_a_message_survives_a_restart_of_the_broker(self, broker, publisher, message):
        publisher.publish([message("a")])
        broker.restart()
        assert broker.take(broker.live) == [("a", "{}")]

    def test_only_a_message_that_is_in_a_queue_is_confirmed(self, broker, publisher, message):
        assert publisher.publish([message("a")]) == {"a"}
        broker.delete(broker.live)
        confirmed = publisher.publish([message("b")])
        lying = {message_id for message_id, _ in broker.take(broker.live)}
        assert confirmed == lying, "QUEUE was deleted; these messages lie in it afterwards."

    def test_one_connection_serves_call_after_call(self, exercise, broker, message):
        connections = []

        def connect():
            connections.append(broker.connect())
            return connections[-1]

        publisher = exercise.RabbitPublisher(connect)
        confirmed = [publisher.publish([message(message_id)]) for message_id in "abc"]
        assert (confirmed, len(connections)) == ([{"a"}, {"b"}, {"c"}], 1)

    def test_an_outage_keeps_what_was_confirmed_before(self, broker, interrupted, message):
        with ExitStack() as rest:
            publisher = interrupted(lambda _: rest.enter_context(broker.outage()))
            assert publisher.publish([message("a"), message("b")]) == {"a"}


class TestStep2WorkThatIsDoneOnce:
    def test_the_work_is_done_and_the_message_gone(self, exercise, broker, consume, outcome):
        broker.send(("a", '{"id": 1}'), ("b", '{"id": 2}'))
        consume(exercise.ship, shipped=[1, 2])
        assert outcome() == {"shipped": [1, 2], "waiting": [], "dead": []}

    @pytest.mark.parametrize("place", ["in the work", "in the commit"])
    def test_a_worker_that_is_killed_leaves_the_message(
        self, broker, consume, outcome, deadly, place
    ):
        broker.send(("a", '{"id": 1}'))
        with pytest.raises(deadly.error):
            consume(deadly.work[place], shipped=[1])
        assert outcome() == {"shipped": [], "waiting": [("a", '{"id": 1}')], "dead": []}

    def test_a_worker_killed_as_it_publishes_loses_nothing(self, broker, consume, outcome, deadly):
        broker.send(("a", "no JSON"))
        with suppress(deadly.error):
            consume(print, shipped=[], dead=1, publish=deadly.publish)
        left = outcome()
        assert left["waiting"] + left["dead"] == [("a", "no JSON")]

    def test_a_failed_try_leaves_nothing_and_is_repeated(self, exercise, broker, consume, outcome):
        tries = []

        def work(order):
            tries.append(order)
            exercise.ship(order)
            if len(tries) == 1:
                raise ConnectionError("The carrier does not answer.")

        broker.send(("a", '{"id": 1}'))
        consume(work, shipped=[1])
        found = {"tries": len(tries), **outcome()}
        assert found == {"tries": 2, "shipped": [1], "waiting": [], "dead": []}

    @pytest.mark.parametrize("fault", ["in the work", "in the commit"])
    def test_a_message_that_always_fails_is_dead_after_three_tries(
        self, exercise, broker, consume, outcome, fault
    ):
        tries = []

        def work(order):
            if order["id"] == 1 and len(tries) < 10:  # A worker that never gives up succeeds.
                tries.append(order)
                if fault == "in the work":
                    raise Exception("There is no such order.")
                order = {"id": None}
            exercise.ship(order)

        broker.send(("a", '{"id": 1}'), ("b", '{"id": 2}'))
        consume(work, shipped=[2], dead=1)
        expected = {"shipped": [2], "waiting": [], "dead": [("a", '{"id": 1}')]}
        assert {"tries": len(tries), **outcome()} == {"tries": 3, **expected}

    def test_a_body_that_is_not_json_stops_no_other(self, exercise, broker, consume, outcome):
        broker.send(("a", "no JSON"), ("b", '{"id": 2}'))
        consume(exercise.ship, shipped=[2], dead=1)
        assert outcome() == {"shipped": [2], "waiting": [], "dead": [("a", "no JSON")]}

    def test_a_dead_message_survives_a_restart(self, exercise, broker, consume, outcome):
        broker.send(("a", "no JSON"))
        consume(exercise.ship, shipped=[], dead=1)
        broker.restart()
        assert outcome() == {"shipped": [], "waiting": [], "dead": [("a", "no JSON")]}

    def test_work_and_id_are_stored_together(self, exercise, broker, consume, stored, close_table):
        close_table(exercise.HandledMessage)
        broker.send(("a", '{"id": 1}'))
        consume(exercise.ship, shipped=[], dead=1)
        assert stored(exercise.Shipment.order_id) == [], "The database refuses the message's id."

    def test_a_repeated_message_is_handled_once(
        self, exercise, broker, consume, outcome, stored, handled_before
    ):
        handled_before("0")
        broker.send(("0", '{"id": 0}'), *[("a", '{"id": 1}')] * 2, ("b", '{"id": 2}'))
        consume(exercise.ship, shipped=[2])
        assert outcome() == {"shipped": [1, 2], "waiting": [], "dead": []}
        assert sorted(stored(exercise.HandledMessage.id)) == ["0", "a", "b"]


class TestStep3TheOutbox:
    def test_an_order_is_accepted(self, client):
        response = client.post("/orders", json=ADA)
        assert (response.status_code, response.json) == (202, {"id": 1, **ADA})

    def test_the_relay_publishes_and_the_request_does_not(self, client, relay, box):
        client.post("/orders", json=ADA)
        assert box.contents == []
        assert (relay(box), box.contents) == (1, [("ada", {"id": 1, **ADA})])

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
        assert box.messages == [m for m in refusing_box.messages if m.key == "ada"]

    def test_a_publisher_that_breaks_takes_nothing_out(self, client, relay, box, broken_box):
        client.post("/orders", json=ADA)
        with suppress(ZeroDivisionError):
            relay(broken_box)
        assert (relay(box), box.contents) == (1, [("ada", {"id": 1, **ADA})])

    @pytest.mark.parametrize("table", ["Order", "OutboxMessage"])
    def test_an_order_and_its_message_are_stored_together_or_not_at_all(
        self, exercise, app, client, stored, close_table, table
    ):
        app.config["PROPAGATE_EXCEPTIONS"] = False
        accepted = client.post("/orders", json=ADA).status_code
        close_table(getattr(exercise, table))
        failed = client.post("/orders", json=GRACE).status_code
        keys = stored(exercise.Order.customer), stored(exercise.OutboxMessage.key)
        assert (accepted, failed >= 400, *keys) == (202, True, ["ada"], ["ada"])

    def test_an_order_waits_while_the_broker_is_down(self, client, relay, broker, publisher):
        with broker.outage():
            accepted = client.post("/orders", json=ADA).status_code
            confirmed = relay(publisher)

        assert (accepted, confirmed) == (202, 0)
        assert (relay(publisher), broker.count(broker.live)) == (1, 1)


class TestStep4TheSameWithKafka:
    def test_messages_are_in_the_topic_with_key_id_and_body(
        self, kafka_service, topic, kafka_publisher, message
    ):
        confirmed = kafka_publisher.publish([message("a", "ada", "1"), message("b", "grace", "2")])
        sent = kafka_service.messages(topic)
        found = {(m.key, m.value, dict(m.headers).get("message_id")) for m in sent}
        assert confirmed == {"a", "b"}
        assert found == {(b"ada", b"1", b"a"), (b"grace", b"2", b"b")}

    def test_messages_of_one_key_stay_in_order_in_one_partition(
        self, kafka_service, topic, kafka_publisher, message
    ):
        for half in (range(10), range(10, 20)):
            confirmed = kafka_publisher.publish([message(str(n), "ada", str(n)) for n in half])
            assert confirmed == {str(n) for n in half}

        found = kafka_service.messages(topic)
        assert [m.value for m in found] == [b"%d" % n for n in range(20)]
        assert {m.partition for m in found} == {found[0].partition}

    def test_a_delivery_that_fails_is_not_confirmed(
        self, kafka_service, kafka_publisher, client, relay
    ):
        client.post("/orders", json=ADA)
        client.post("/orders", json=GRACE)
        with kafka_service.refusal():
            assert relay(kafka_publisher) == 0

        assert relay(kafka_publisher) == 2

    def test_a_message_too_large_for_kafka_does_not_stop_the_others(self, kafka_publisher, message):
        large = message("large", body="x" * 2000)
        assert kafka_publisher.publish([message("a"), large, message("b")]) == {"a", "b"}


class TestStep5ThreadsAndLostConnections:
    def test_eight_threads_publish_at_the_same_time(self, broker, publisher, message):
        barrier = Barrier(8, timeout=5)

        def publish(name):
            first, second = message(f"{name}1"), message(f"{name}2")
            barrier.wait()
            return publisher.publish([first]) | publisher.publish([second])

        with ThreadPoolExecutor(8) as threads:
            confirmed = sorted(set().union(*threads.map(publish, "abcdefgh")))

        assert confirmed == [name + number for name in "abcdefgh" for number in "12"]
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
