"""Servers for steps 4 and 5 of h05, and visitors who connect to them over HTTP."""

import logging
import queue
import threading
import time
from contextlib import ExitStack, contextmanager

import pytest
import requests
import socketio
from werkzeug.serving import WSGIRequestHandler, make_server

# How many seconds a test waits for an event.
DEADLINE = 4

EVENTS = ["said", "left", "announced"]


class _QuietHandler(WSGIRequestHandler):
    def log(self, *_):
        """Write no log."""


def _browser():
    """Return an HTTP session that keeps cookies and ignores proxies in the environment."""
    browser = requests.Session()
    browser.trust_env = False
    return browser


@contextmanager
def served(app):
    """Serve the application over HTTP on a free port, and yield its URL."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_QuietHandler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        thread.join(DEADLINE)
        server.server_close()


@pytest.fixture
def statuses():
    """Return a function that connects to an application from each origin, and returns the statuses.

    In an origin, "own" stands for the host and port at which the application is served, over HTTP.
    A client with the origin None sends no Origin header.
    """

    def statuses(app, *origins):
        raised = []

        def watched(environ, start_response):
            try:
                return app(environ, start_response)
            except Exception as error:
                # After a TypeError, Engine.IO calls the function again, with one argument.
                first = error.__context__ if isinstance(error, TypeError) else None
                raised.append(first or error)
                raise

        with served(watched) as url, _browser() as browser:

            def status(origin):
                address = f"{url}/socket.io/?EIO=4&transport=polling"
                spelled_out = {
                    "own": url,
                    "own, https": f"https{url[4:]}",
                    "own, port 80": url[: url.rindex(":")],
                }
                headers = {"Origin": spelled_out.get(origin, origin)}
                return browser.get(address, headers=headers, timeout=DEADLINE).status_code

            found = {origin: status(origin) for origin in origins}
        if raised:
            raise raised[0]
        return found

    return statuses


class Visitor:
    """A user with a connection over HTTP, who records the events that arrive."""

    def __init__(self, url):
        self.url, self.browser, self._events = url, _browser(), queue.Queue()
        self.client = socketio.Client(http_session=self.browser, reconnection=False)
        for name in EVENTS:
            self.client.on(name, lambda *data, name=name: self._events.put((name, *data)), "/chat")

    def enter(self, user):
        """Log in, and connect."""
        self.post("/login", user=user)
        self.client.connect(self.url, transports=["polling"], namespaces=["/chat"])

    def post(self, path, **data):
        """Send data as JSON to a path of the instance."""
        self.browser.post(f"{self.url}{path}", json=data, timeout=DEADLINE)

    def ask(self, event, **data):
        """Send an event, and return its acknowledgement."""
        return self.client.call(event, data, namespace="/chat", timeout=DEADLINE)

    def heard(self, count):
        """Return the next `count` events, or fewer if the deadline passes."""
        events, end = [], time.monotonic() + DEADLINE
        while len(events) < count:
            try:
                events.append(self._events.get(timeout=max(0, end - time.monotonic())))
            except queue.Empty:
                break
        return events

    def close(self):
        """Disconnect, and close everything."""
        self.client.disconnect()
        self.browser.close()


def _is_news(record):
    """Return whether a line in the log is about more than the Redis of a test that is over."""
    return "receive from redis" not in record.getMessage()


@pytest.fixture
def visitors(exercise, another_worker, redis_service):
    """Return Ada and Bob, who are in one room, each at a different instance."""
    # An instance keeps listening after its test, and complains in the output of the next one.
    logging.getLogger("socketio.server").addFilter(_is_news)
    with ExitStack() as stack:
        # A module for each, since instances are processes and share no variable.
        modules = [exercise, another_worker()]
        apps = [module.create_app(message_queue=redis_service.url)[0] for module in modules]
        urls = [stack.enter_context(served(app)) for app in apps]
        pair = [Visitor(url) for url in urls]
        for visitor, user in zip(pair, ["ada", "bob"], strict=True):
            stack.callback(visitor.close)
            visitor.enter(user)
            visitor.ask("join", room="tea")
        assert listeners(redis_service) >= 2, "Not both instances listen to the message queue."
        yield pair


def listeners(redis_service):
    """Return how many instances listen to the queue; wait for two until the deadline."""
    client, pause, end = redis_service.client(), threading.Event(), time.monotonic() + DEADLINE
    while True:
        counts = [count for _, count in client.pubsub_numsub(*client.pubsub_channels())]
        if sum(counts) >= 2 or time.monotonic() > end:
            return sum(counts)
        pause.wait(0.01)
