"""Two instances for h04 on one Redis, and events between two of their commands."""

import importlib.util
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier, BrokenBarrierError

import pytest
import redis


class Cluster:
    """Two instances that take turns, and what happens between the commands that they send to Redis."""

    def __init__(self, exercise, service):
        self.service, self.charged, self.turn = service, [], 0
        # What happens after each command, and what happens while a payment is being charged.
        self.between = self.while_charging = lambda: None
        # Loaded twice, as by two processes: nothing in the module is shared.
        modules = [exercise, load_again(exercise)]
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

    def quote(self, app=None, address="192.0.2.1"):
        return self.open("/quote", app, environ_base={"REMOTE_ADDR": address})

    def quotes(self, count):
        """Send this many requests from one address, and return their statuses."""
        return [self.quote().status_code for _ in range(count)]

    def pay(self, payment, app=None, key="1"):
        headers = {"Idempotency-Key": key} if key else {}
        return self.open("/payments", app, method="POST", headers=headers, json=payment)

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

        self._interrupt(lose)

    def let_time_pass_after_a_command(self, seconds):
        """Have keys expire between the next command and the one after it."""
        self._interrupt(lambda: self.service.advance(seconds))

    def keys_without_end(self):
        """Return the names of the keys that Redis would keep forever."""
        client = self.service.client(decode_responses=True)
        return [key for key in client.scan_iter() if client.ttl(key) == -1]

    def _interrupt(self, event):
        def interruption():
            self.between = lambda: None
            event()

        self.between = interruption

    def _charge(self, payment):
        self.while_charging()
        self.charged.append(payment)
        return None if payment["amount"] > 1000 else f"R{len(self.charged)}"

    def _client(self):
        client = self.service.client(decode_responses=True)
        pipeline = client.pipeline

        def observed_pipeline(*args, **options):
            pipe = pipeline(*args, **options)
            pipe.execute = self._observed(pipe.execute)
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


def load_again(module):
    """Return the learner's module, executed once more."""
    spec = importlib.util.spec_from_file_location(module.__name__, module.__file__)
    again = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(again)
    return again


@pytest.fixture
def cluster(exercise, redis_service):
    """Return two instances on one empty Redis."""
    return Cluster(exercise, redis_service)


@pytest.fixture
def new_cluster(exercise, redis_service):
    """Return a function that starts two new instances on the same Redis."""
    return lambda: Cluster(exercise, redis_service)
