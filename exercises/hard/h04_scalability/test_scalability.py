"""What h04 asks for, step by step."""

import random
from contextlib import suppress
from itertools import combinations

import pytest
import redis

ADDRESSES = ["192.0.2.1", "192.0.2.2", "192.0.2.11", "2001:db8::1", "2001:db8::2"]


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

    def test_hits_of_a_year_ago_still_count(self, cluster):
        cluster.hit()
        cluster.service.advance(366 * 24 * 60 * 60)
        assert cluster.hit() == {"hits": 2}


class TestStep2OneLimit:
    def test_the_limit_holds_for_both_instances_together(self, cluster):
        assert cluster.quotes(14) == [200] * 5 + [429] * 9

    def test_each_address_has_a_limit_of_its_own(self, cluster):
        assert cluster.quotes(6) == [200] * 5 + [429]
        for address in ADDRESSES[1:]:
            answers = [cluster.quote(address=address).status_code for _ in range(6)]
            assert answers == [200] * 5 + [429], f"Six requests from {address}."

    @pytest.mark.parametrize("header", ["X-Forwarded-For", "X-Real-IP", "Forwarded", "Host"])
    def test_no_header_makes_another_address(self, cluster, header):
        answers = [cluster.quote(headers={header: f"192.0.2.{n}"}).status_code for n in range(6)]
        assert answers == [200] * 5 + [429]

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
        assert cluster.quotes(5) == [200] * 5
        for left in (40, 25, 10):
            cluster.service.advance(20 if left == 40 else 15)
            refusal = cluster.quote()
            assert refusal.status_code == 429
            assert left - 5 <= int(refusal.headers["Retry-After"]) <= left

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
        assert 429 in cluster.quotes(6), "Six requests more, and none is refused."
        cluster.service.advance(60)
        assert cluster.quote().status_code == 200, "60 seconds later, still refused."


class TestStep3LoggedInEverywhere:
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

    def test_a_logout_without_a_cookie_is_answered_too(self, cluster, browser):
        assert browser[1].get("/me").status_code == 200
        assert [cluster.open("/logout", method="POST").status_code for _ in range(2)] == [204, 204]
        assert browser[1].get("/me").status_code == 200

    def test_logins_of_one_user_are_independent(self, cluster, browser):
        laptop, _ = self.log_in(cluster.apps[1].test_client())
        assert [client.get("/me").status_code for client in (*browser, laptop)] == [200] * 3
        assert laptop.post("/logout").status_code == 204
        assert [client.get("/me").status_code for client in (*browser, laptop)] == [200, 200, 401]

    def test_the_user_is_who_has_logged_in(self, cluster):
        user = "  Ada & <b>Zoë</b> 100% "
        client, _ = self.log_in(cluster.apps[0].test_client(), user)
        assert client.get("/me").json == {"user": user}

    def test_a_cookie_with_the_name_of_another_key_is_worthless(self, cluster):
        cluster.hit()
        cluster.quotes(2)
        others = cluster.stored()
        client, [name] = self.log_in(cluster.apps[0].test_client())
        for value in others:
            client.set_cookie(name, value)
            assert client.get("/me").status_code == 401, f"{value} was not made at a login."

    def test_a_login_ends_after_an_hour(self, cluster, browser):
        for _ in range(2):
            assert browser[1].get("/me").status_code == 200
            cluster.service.advance(30 * 60)
            self.log_in(cluster.apps[0].test_client(), "bob")
        assert browser[1].get("/me").status_code == 401

    def test_a_login_lasts_an_hour(self, cluster, browser):
        cluster.service.advance(59 * 60)
        assert browser[1].get("/me").status_code == 200

    def test_nobody_can_guess_the_cookie(self, cluster, time_machine):
        time_machine.move_to("2030-01-01 12:00 +00:00", tick=False)
        clients = [cluster.apps[n].test_client() for n in (0, 1)]
        values = []
        for client in (*clients, clients[0]):
            random.seed(7)  # What comes from `random` can be computed again.
            values.append("".join(self.log_in(client, "ada.l")[1].values()))
        assert min(map(len, values)) >= 16, f"Too short: {values}"
        for first, second in combinations(values, 2):
            differences = sum(a != b for a, b in zip(first, second, strict=False))
            assert differences >= 8, f"Two from `secrets` have less in common: {values}"
        assert "ada.l" not in values[0], f"The cookie holds more than an ID: {values[0]}"
