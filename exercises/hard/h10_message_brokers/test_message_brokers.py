"""What h10 asks for, step by step. The fixtures are in conftest.py."""

from contextlib import ExitStack, suppress

import pytest

NASTY = "  Ada & <b>Zoë</b> 100% "


class TestStep1PublishedMeansThatTheBrokerHasIt:
    def test_messages_are_in_the_queue_with_id_and_body(self, broker, publisher, message):
        confirmed = publisher.publish([message("a", body="1"), message("b", body=NASTY)])
        assert broker.missing() == [], "These queues do not exist."
        assert (confirmed, broker.take(broker.live)) == ({"a", "b"}, [("a", "1"), ("b", NASTY)])

    def test_a_message_survives_a_restart_of_the_broker(self, broker, publisher, message):
        publisher.publish([message("a")])
        broker.restart()
        assert broker.missing() == [], "These queues do not exist after the restart."
        assert broker.take(broker.live) == [("a", "{}")]

    def test_the_queues_outlive_those_who_use_them(self, broker, publisher, message):
        publisher.publish([message("a")])
        broker.consume_for_a_moment(broker.live)
        broker.consume_for_a_moment(broker.dead)
        assert broker.missing() == [], "These queues went with their last consumer."
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

    def test_a_broker_that_is_away_confirms_nothing(self, broker, publisher, message):
        with broker.outage():
            assert publisher.publish([message("a")]) == set()
        assert publisher.publish([message("a")]) == {"a"}

    def test_an_outage_keeps_what_was_confirmed_before(self, broker, interrupted, message):
        with ExitStack() as rest:
            publisher = interrupted(lambda _: rest.enter_context(broker.outage()))
            assert publisher.publish([message("a"), message("b")]) == {"a"}

    def test_a_request_whose_message_is_in_the_queue_is_accepted(self, broker, rabbit_client):
        statuses = [rabbit_client.post(f"/orders/{n}/shipments").status_code for n in (7, 12, 7)]
        found = broker.take(broker.live)
        bodies = ['{"id": 7}', '{"id": 12}', '{"id": 7}']
        assert (statuses, [body for _, body in found]) == ([202] * 3, bodies)
        assert len(dict(found)) == 3, "A message with the id of another one would not be handled."

    def test_a_request_while_the_broker_is_away_gets_503(self, broker, rabbit_client):
        with broker.outage():
            away = rabbit_client.post("/orders/7/shipments").status_code
        back = rabbit_client.post("/orders/7/shipments").status_code
        assert (away, back) == (503, 202)

    def test_a_request_whose_message_is_not_confirmed_gets_503(self, client, box):
        box.refused = "7"
        statuses = [client.post(f"/orders/{n}/shipments").status_code for n in (7, 12)]
        assert (statuses, box.contents) == ([503, 202], [("7", {"id": 7}), ("12", {"id": 12})])


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
        with suppress(deadly.error):
            consume(deadly.work[place], shipped=[1])
        assert deadly.calls == ["work"], "The worker has not called `work` exactly once."
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

    def test_tries_are_counted_over_all_workers(self, broker, workers, outcome):
        tries = []

        def work(order):
            tries.append(order)
            raise ConnectionError("The carrier does not answer.")

        broker.send(("a", '{"id": 1}'))
        workers(work, until=lambda: broker.count(broker.dead), seen=tries, most=6)
        assert {"tries": len(tries), **outcome()} == {
            "tries": 3,
            "shipped": [],
            "waiting": [],
            "dead": [("a", '{"id": 1}')],
        }

    def test_a_worker_takes_one_message_at_a_time(self, exercise, app, broker, consume, outcome):
        broker.send(*[(str(n), f'{{"id": {n}}}') for n in (1, 2, 3)])
        with broker.connect() as idle:
            exercise.start_consumer(app, idle.channel(), exercise.ship)
            consume(exercise.ship, shipped=[2, 3])
        assert outcome() == {"shipped": [2, 3], "waiting": [("1", '{"id": 1}')], "dead": []}

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


class TestStep3TheSameWithKafka:
    def test_messages_are_in_the_topic_with_key_id_and_body(
        self, kafka_service, topic, kafka_publisher, message
    ):
        confirmed = kafka_publisher.publish([message("a", "ada", "1"), message("b", NASTY, NASTY)])
        sent = kafka_service.messages(topic)
        found = {(m.key, m.value, dict(m.headers).get("message_id")) for m in sent}
        assert confirmed == {"a", "b"}
        assert found == {(b"ada", b"1", b"a"), (NASTY.encode(), NASTY.encode(), b"b")}

    def test_messages_of_one_key_stay_in_order_in_one_partition(
        self, kafka_service, topic, kafka_publisher, message
    ):
        for half in (range(10), range(10, 20)):
            confirmed = kafka_publisher.publish([message(str(n), "ada", str(n)) for n in half])
            assert confirmed == {str(n) for n in half}

        found = kafka_service.messages(topic)
        assert [m.value for m in found] == [b"%d" % n for n in range(20)]
        assert {m.partition for m in found} == {found[0].partition}

    def test_messages_of_many_keys_are_spread_over_the_partitions(
        self, kafka_service, topic, kafka_publisher, message
    ):
        confirmed = kafka_publisher.publish([message(key, key) for key in "abcdefghijklmnopqrst"])
        assert confirmed == set("abcdefghijklmnopqrst")
        assert len({m.partition for m in kafka_service.messages(topic)}) > 1

    def test_kafka_chooses_the_partition_by_the_key(
        self, kafka_service, topic, kafka_publisher, message, partition_of
    ):
        kafka_publisher.publish([message(key, key) for key in "abcdefgh"])
        found = {m.key.decode(): m.partition for m in kafka_service.messages(topic)}
        assert found == {key: partition_of(key) for key in "abcdefgh"}

    def test_every_outcome_is_awaited(self, slow_kafka_publisher, message):
        ids = [str(number) for number in range(60)]
        confirmed = slow_kafka_publisher.publish([message(each, each) for each in ids])
        assert confirmed == set(ids), "Kafka takes long; a wait with a limit may end too early."

    def test_a_delivery_that_fails_is_not_confirmed(self, kafka_service, kafka_publisher, message):
        both = [message("a"), message("b", "grace")]
        with kafka_service.refusal():
            assert kafka_publisher.publish(both) == set()

        assert kafka_publisher.publish(both) == {"a", "b"}

    def test_a_message_too_large_for_kafka_does_not_stop_the_others(self, kafka_publisher, message):
        large = message("large", body="x" * 2000)
        assert kafka_publisher.publish([message("a"), large, message("b")]) == {"a", "b"}
