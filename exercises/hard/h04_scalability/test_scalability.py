"""What h04 asks for, step by step."""

import json
from contextlib import suppress

import pytest
import redis

BREAKFAST = {"to": "ada", "amount": 500}


class TestStep1OneCounter:
    def test_both_instances_count_as_one(self, cluster):
        assert [cluster.hit() for _ in range(4)] == [{"hits": n} for n in (1, 2, 3, 4)]

    def test_hits_at_the_same_time_are_all_counted(self, cluster):
        found = cluster.at_once(cluster.hit)
        assert sorted(answer["hits"] for answer in found) == [1, 2]
        assert cluster.hit() == {"hits": 3}

    def test_a_new_instance_goes_on_counting(self, cluster, new_cluster):
        cluster.hit()
        assert new_cluster().hit() == {"hits": 2}


class TestStep2OneLimit:
    def test_the_limit_holds_for_both_instances_together(self, cluster):
        assert cluster.quotes(7) == [200] * 5 + [429] * 2

    def test_each_address_has_a_limit_of_its_own(self, cluster):
        assert cluster.quotes(6)[-1] == 429
        assert cluster.quote(address="192.0.2.2").status_code == 200

    def test_the_window_ends_and_a_new_one_begins(self, cluster):
        cluster.quotes(5)
        cluster.service.advance(60)
        assert cluster.quotes(6) == [200] * 5 + [429]

    def test_no_request_makes_the_window_longer(self, cluster):
        cluster.quotes(4)
        cluster.service.advance(40)
        assert cluster.quotes(2) == [200, 429]
        cluster.service.advance(20)
        assert cluster.quotes(6) == [200] * 5 + [429], "60 seconds after the first, a new window."

    def test_a_window_starts_with_its_first_request(self, cluster, time_machine):
        time_machine.move_to("2030-01-01 12:00:58 +00:00", tick=False)
        assert cluster.quotes(4) == [200] * 4
        time_machine.shift(4)
        assert cluster.quotes(2) == [200, 429], "A new minute of the clock has begun a new window."

    def test_a_refusal_says_how_many_seconds_are_left(self, cluster):
        cluster.quotes(5)
        cluster.service.advance(20)
        refusal = cluster.quote()
        assert refusal.status_code == 429
        assert 30 <= int(refusal.headers["Retry-After"]) <= 40

    def test_a_refusal_never_says_less_than_a_second(self, cluster, time_machine):
        time_machine.move_to("2030-01-01 12:00 +00:00", tick=False)
        cluster.quotes(5)
        cluster.service.advance(59.6)
        assert cluster.quote().status_code == 429, "0.4 seconds before its end, the limit is off."
        cluster.let_time_pass_after_a_command(60)
        assert int(cluster.quote().headers.get("Retry-After", 1)) >= 1

    def test_of_two_requests_at_once_one_is_the_last(self, cluster):
        cluster.quotes(4)
        found = cluster.at_once(cluster.quote)
        assert sorted(answer.status_code for answer in found) == [200, 429]

    @pytest.mark.parametrize("event", ["connection lost", "window over"])
    def test_a_window_ends_even_if_something_happens_between_two_commands(self, cluster, event):
        cluster.quotes(2)
        without_end = cluster.keys_without_end()
        if event == "connection lost":
            cluster.service.advance(60)
            cluster.lose_the_connection_after_a_command()
        else:
            cluster.let_time_pass_after_a_command(60)
        with suppress(redis.ConnectionError):
            cluster.quote()
        assert cluster.keys_without_end() == without_end, "A key more that never expires."
        assert cluster.quotes(6)[-1] == 429
        cluster.service.advance(60)
        assert cluster.quote().status_code == 200, "60 seconds later, still refused."


class TestStep3APaymentRunsOnce:
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
        receipts = [cluster.pay(BREAKFAST, key=key).json["receipt"] for key in ("1", "2")]
        assert receipts == ["R1", "R2"]

    def test_the_same_key_at_the_same_time_is_charged_once(self, cluster):
        found = cluster.at_once(lambda app: cluster.pay(BREAKFAST, app))
        assert cluster.charged == [BREAKFAST]
        assert {answer.status_code for answer in found} in ({201}, {201, 409})

    @pytest.mark.parametrize("commands", range(1, 7))
    def test_a_repetition_between_two_commands_charges_nothing(self, cluster, commands):
        cluster.interrupt(lambda: cluster.pay(BREAKFAST, cluster.apps[0]), after=commands)
        assert cluster.pay(BREAKFAST, cluster.apps[1]).status_code in (201, 409)
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

    @pytest.mark.parametrize("change", [{"amount": 700}, {"to": "bob"}, {"tip": 50}], ids=repr)
    def test_a_key_cannot_be_used_for_another_payment(self, cluster, change):
        assert cluster.pay(BREAKFAST).status_code == 201
        assert cluster.pay(BREAKFAST | change).status_code == 422
        assert cluster.charged == [BREAKFAST]

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


class TestStep4LoggedInEverywhere:
    def log_in(self, client, user="ada"):
        """Log in at the client's instance, and return the client with its cookies."""
        assert client.post("/login", json={"user": user}).status_code == 204
        return client, dict(client.get("/me").request.cookies)

    @pytest.fixture
    def browser(self, cluster):
        """Return a client of each instance: Ada has logged in at one, and the other has her cookies."""
        one, two = (app.test_client() for app in cluster.apps)
        _, cookies = self.log_in(one)
        for name, value in cookies.items():
            two.set_cookie(name, value)
        return one, two

    def test_a_login_at_one_instance_is_known_at_both(self, browser):
        assert [client.get("/me").json for client in browser] == [{"user": "ada"}] * 2

    def test_without_a_login_nobody_is_known(self, cluster, browser):
        assert browser[1].get("/me").status_code == 200
        assert [cluster.open("/me").status_code for _ in range(2)] == [401, 401]

    def test_a_logout_ends_it_at_both_for_a_copied_cookie_too(self, cluster, browser):
        one, two = browser
        bob, _ = self.log_in(cluster.apps[0].test_client(), "bob")
        assert two.get("/me").status_code == 200
        assert one.post("/logout").status_code == 204
        assert [client.get("/me").status_code for client in browser] == [401, 401]
        assert bob.get("/me").json == {"user": "bob"}, "Bob has not logged out."

    def test_a_login_ends_after_an_hour(self, cluster, browser):
        for _ in range(2):
            assert browser[1].get("/me").status_code == 200
            cluster.service.advance(30 * 60)
            self.log_in(cluster.apps[0].test_client(), "bob")
        assert browser[1].get("/me").status_code == 401

    def test_nobody_can_guess_the_cookie(self, cluster, time_machine):
        time_machine.move_to("2030-01-01 12:00 +00:00", tick=False)
        client = cluster.apps[0].test_client()
        first, second = ("".join(self.log_in(client, "ada.l")[1].values()) for _ in range(2))
        assert min(len(first), len(second)) >= 16, f"Too short: {first} and {second}"
        differences = sum(a != b for a, b in zip(first, second, strict=False))
        assert differences >= 8, f"Two random cookies have less in common: {first} and {second}"
        assert "ada.l" not in first, f"The cookie holds more than an ID: {first}"


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
