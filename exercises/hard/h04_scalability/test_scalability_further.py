"""What h04 asks for further on, step by step."""

import json
from contextlib import suppress

import pytest
import redis

BREAKFAST = {"to": "ada", "amount": 500}


class TestStep4APaymentRunsOnce:
    def test_a_payment_is_charged_and_answered_with_the_receipt(self, cluster):
        answer = cluster.pay(BREAKFAST)
        assert (answer.status_code, answer.json) == (201, {"receipt": "R1"})
        assert cluster.charged == [BREAKFAST]

    def test_a_repetition_gets_the_same_answer_and_charges_nothing(self, cluster):
        for written in (BREAKFAST, BREAKFAST, dict(reversed(BREAKFAST.items()))):
            answer = cluster.pay(data=json.dumps(written), content_type="application/json")
            assert (answer.status_code, answer.json) == (201, {"receipt": "R1"})
        assert cluster.charged == [BREAKFAST]

    def test_another_key_is_another_payment(self, cluster):
        keys = ("1", "a", "A", "x:1", "a" * 99, "a" * 99 + "b")
        receipts = {key: cluster.pay(BREAKFAST, key=key).json["receipt"] for key in keys}
        assert list(receipts.values()) == ["R1", "R2", "R3", "R4", "R5", "R6"], receipts

    def test_no_key_touches_anything_else(self, cluster):
        cluster.hit()
        cluster.quotes(6)
        client = cluster.apps[0].test_client()
        client.post("/login", json={"user": "ada"})
        cluster.pay(BREAKFAST)
        for key in cluster.stored():
            answer = cluster.pay(BREAKFAST, key=key)
            assert answer.status_code == 201, f"With the key {key!r}: {answer.text}"
        assert (cluster.hit(), cluster.quotes(2)) == ({"hits": 2}, [429, 429])
        assert client.get("/me").json == {"user": "ada"}

    def test_the_same_key_at_the_same_time_is_charged_once(self, cluster):
        found = cluster.at_once(lambda app: cluster.pay(BREAKFAST, app))
        assert cluster.charged == [BREAKFAST]
        statuses = sorted(answer.status_code for answer in found)
        assert statuses[0] == 201, f"One of the two is charged: {statuses}"
        assert statuses[1] in (201, 409), f"The other one is a repetition: {statuses}"

    @pytest.mark.parametrize("commands", range(1, 7))
    def test_a_repetition_between_two_commands_charges_nothing(self, cluster, commands):
        cluster.interrupt(lambda: cluster.pay(BREAKFAST, cluster.apps[0]), after=commands)
        assert cluster.pay(BREAKFAST, cluster.apps[1]).status_code in (201, 409)
        assert cluster.charged == [BREAKFAST]

    def test_a_connection_lost_after_the_charge_does_not_charge_again(self, cluster):
        cluster.while_charging = cluster.lose_the_connection_after_a_command
        with suppress(redis.ConnectionError):
            cluster.pay(BREAKFAST)
        assert cluster.pay(BREAKFAST).status_code in (201, 409)
        assert cluster.charged == [BREAKFAST]

    def test_while_the_first_is_being_charged_a_second_is_turned_away(self, cluster):
        seen = []

        def ask():
            cluster.while_charging = lambda: None
            cluster.service.advance(10 * 60)
            other = cluster.apps[1]
            seen.append(cluster.pay(BREAKFAST, other).status_code)
            seen.append(cluster.pay(BREAKFAST | {"to": "bob"}, other).status_code)

        cluster.while_charging = ask
        assert cluster.pay(BREAKFAST, cluster.apps[0]).status_code == 201
        assert seen == [409, 422]

    @pytest.mark.parametrize(
        "change", [{"amount": 700}, {"amount": "500"}, {"to": "Ada"}, {"tip": 50}], ids=repr
    )
    def test_a_key_cannot_be_used_for_another_payment(self, cluster, change):
        payments = [BREAKFAST, BREAKFAST | change]
        for key, (first, second) in {"1": payments, "2": reversed(payments)}.items():
            assert cluster.pay(first, key=key).status_code == 201
            assert cluster.pay(second, key=key).status_code == 422, f"{second} after {first}"
        assert cluster.charged == payments

    def test_a_payment_without_a_key_is_refused(self, cluster):
        assert cluster.pay(BREAKFAST).status_code == 201
        assert cluster.pay(BREAKFAST, key=None).status_code == 400

    def test_after_a_declined_payment_the_key_is_free(self, cluster):
        assert cluster.pay(BREAKFAST | {"amount": 5000}).status_code == 402
        assert cluster.pay(BREAKFAST).status_code == 201

    def test_a_payment_that_is_declined_between_two_commands_does_no_harm(self, cluster):
        answer = cluster.decline_between_two_commands(BREAKFAST | {"amount": 5000})
        assert answer.status_code in (402, 409)

    def test_a_key_is_forgotten_after_a_day(self, cluster):
        cluster.pay(BREAKFAST)
        cluster.service.advance(23 * 60 * 60)
        assert cluster.pay(BREAKFAST).json == {"receipt": "R1"}
        cluster.service.advance(60 * 60)
        assert cluster.pay(BREAKFAST).json == {"receipt": "R2"}


class TestStep5RedisIsAway:
    def statuses(self, cluster, path, **options):
        return [cluster.open(path, **options).status_code for _ in range(2)]

    def test_the_process_is_alive_with_and_without_redis(self, cluster):
        assert self.statuses(cluster, "/livez") == [200, 200]
        with cluster.service.outage():
            assert self.statuses(cluster, "/livez") == [200, 200]

    def test_an_instance_is_ready_only_with_redis(self, cluster):
        assert self.statuses(cluster, "/readyz") == [200, 200]
        with cluster.service.outage():
            assert self.statuses(cluster, "/readyz") == [503, 503]
        assert self.statuses(cluster, "/readyz") == [200, 200]

    def test_the_limit_lets_everyone_in_and_holds_again_afterwards(self, cluster):
        with cluster.service.outage():
            assert cluster.quotes(14) == [200] * 14
        assert cluster.quotes(6) == [200] * 5 + [429]

    def test_a_redis_that_answers_too_late_is_away_too(self, cluster):
        with cluster.silence():
            assert cluster.quotes(6) == [200] * 6
            assert self.statuses(cluster, "/readyz") == [503, 503]
            assert cluster.pay(BREAKFAST).status_code == 503
        assert cluster.charged == []

    def test_no_payment_is_charged_without_redis(self, cluster):
        with cluster.service.outage():
            assert cluster.pay(BREAKFAST).status_code == 503
        assert cluster.charged == []
        assert cluster.pay(BREAKFAST).status_code == 201

    @pytest.mark.parametrize("path", ["/login", "/me", "/logout"])
    def test_a_login_needs_redis(self, cluster, path):
        client = cluster.apps[0].test_client()
        assert client.post("/login", json={"user": "ada"}).status_code == 204
        with cluster.service.outage():
            method = "GET" if path == "/me" else "POST"
            assert client.open(path, method=method, json={"user": "ada"}).status_code == 503

    def test_a_hit_without_redis_is_not_counted(self, cluster):
        with cluster.service.outage():
            assert self.statuses(cluster, "/hits", method="POST") == [503, 503]
        assert cluster.hit() == {"hits": 1}
