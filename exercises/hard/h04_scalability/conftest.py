"""Two instances for h04 on one Redis, and events between two of their commands."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from itertools import count
from threading import Barrier, BrokenBarrierError, Event

import pytest
import redis


class Cluster:
    """Two instances that take turns, and what happens between the commands that they send to Redis."""

    def __init__(self, modules, service):
        self.service, self.charged, self.turn = service, [], 0
        # What happens after each command, and what happens while a payment is being charged.
        self.between = self.while_charging = lambda: None
        self.apps = [
            module.create_app(self._client(), name, self._charge)
            for module, name in zip(modules, ["one", "two"], strict=True)
        ]
        for app in self.apps:
            app.config["TESTING"] = True

    def open(self, path, app=None, **options):
        """Send a request to `app`, or else to the instance whose turn it is."""
        if app is None:
            app = self.apps[self.turn % 2]
            self.turn += 1
        return app.test_client().open(path, **options)

    def hit(self, app=None):
        return self.open("/hits", app, method="POST").json

    def quote(self, app=None, address="192.0.2.1", **options):
        return self.open("/quote", app, environ_base={"REMOTE_ADDR": address}, **options)

    def quotes(self, count):
        """Send this many requests from one address, and return their statuses."""
        return [self.quote().status_code for _ in range(count)]

    def pay(self, payment=None, app=None, key="1", **body):
        headers = {"Idempotency-Key": key} if key else {}
        body = body or {"json": payment}
        return self.open("/payments", app, method="POST", headers=headers, **body)

    def at_once(self, send):
        """Call `send(app)` for both instances at once, and return both results.

        They advance in step: neither sends its next command before the other has sent one or ended.
        So if both read before they write, both read the same value, every time.
        """
        start, step = Barrier(2), Barrier(2)

        def meet():
            with suppress(BrokenBarrierError):
                step.wait(1)

        def run(app):
            start.wait(5)
            try:
                return send(app)
            finally:
                step.abort()

        self.between = meet
        with ThreadPoolExecutor(2) as pool:
            results = list(pool.map(run, self.apps))
        self.between = lambda: None
        return results

    def lose_the_connection_after_a_command(self):
        """Have Redis run the next command, and lose its answer."""

        def lose():
            raise redis.ConnectionError("The connection was lost after the command.")

        self.interrupt(lose)

    @contextmanager
    def silence(self):
        """Have Redis run every command, and answer so late that the client has given up."""

        def time_out():
            raise redis.TimeoutError("Timeout reading from socket")

        self.between = time_out
        yield
        self.between = lambda: None

    def let_time_pass_after_a_command(self, seconds):
        """Have keys expire between the next command and the one after it."""
        self.interrupt(lambda: self.service.advance(seconds))

    def decline_between_two_commands(self, payment):
        """Send a payment that is declined to both instances, and return the second one's answer.

        The first one's charge ends after the first command of the second.
        """
        charging, end = Event(), Event()

        def wait():
            self.while_charging = lambda: None
            charging.set()
            end.wait(2)

        self.while_charging = wait
        with ThreadPoolExecutor(1) as pool:
            first = pool.submit(self.pay, payment, self.apps[0])
            charging.wait(2)
            self.interrupt(lambda: end.set() or first.result(2))
            try:
                return self.pay(payment, self.apps[1])
            finally:
                end.set()

    def stored(self):
        """Return the names of all keys in Redis."""
        return sorted(self.service.client(decode_responses=True).scan_iter())

    def keys_without_end(self):
        """Return the names of the keys that Redis would keep forever."""
        client = self.service.client(decode_responses=True)
        return [key for key in self.stored() if client.ttl(key) == -1]

    def interrupt(self, event, after=1):
        """Have something happen once, after that many commands."""
        commands = count(1)

        def interruption():
            if next(commands) == after:
                self.between = lambda: None
                event()

        self.between = interruption

    def _charge(self, payment):
        self.while_charging()
        self.charged.append(payment)
        return None if int(payment["amount"]) > 1000 else f"R{len(self.charged)}"

    def _client(self):
        client = self.service.client(decode_responses=True)
        pipeline = client.pipeline

        def observed_pipeline(*args, **options):
            pipe = pipeline(*args, **options)
            execute = self._observed(pipe.execute)

            def execute_observed():
                if pipe.transaction or pipe.explicit_transaction:
                    return execute()
                # Without a transaction, other clients may send commands between those of a pipeline.
                commands, pipe.command_stack = pipe.command_stack, []
                return [client.execute_command(*words, **how) for words, how in commands]

            pipe.execute = execute_observed
            # What WATCH begins is sent at once.
            pipe.immediate_execute_command = self._observed(pipe.immediate_execute_command)
            return pipe

        client.execute_command = self._observed(client.execute_command)
        client.pipeline = observed_pipeline
        return client

    def _observed(self, command):
        def observed(*args, **options):
            result = command(*args, **options)
            self.between()
            return result

        return observed


@pytest.fixture
def cluster(exercise, another_worker, redis_service):
    """Return two instances on one empty Redis, which share nothing else, as two processes would."""
    return Cluster([exercise, another_worker()], redis_service)


@pytest.fixture
def new_cluster(another_worker, redis_service):
    """Return a function that starts two new instances on the same Redis."""
    return lambda: Cluster([another_worker(), another_worker()], redis_service)
