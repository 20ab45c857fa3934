"""A server behind the proxy can be cut off and mended while it runs."""

import os
import socket
import socketserver
import threading
from collections.abc import Iterator

import pytest

from kata.services.proxy import Proxy

DEADLINE = 5  # Seconds, until something that should happen counts as not happening.


def connect(port: int) -> socket.socket:
    return socket.create_connection((Proxy.host, port), DEADLINE)


def is_lost(client: socket.socket) -> bool:
    """Say whether the other side has closed the connection."""
    try:
        return client.recv(1) == b""
    except ConnectionResetError:
        return True


@pytest.fixture
def echo() -> Iterator[int]:
    """Return the port of a server that sends back what it gets."""

    class Echo(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            while data := self.request.recv(1 << 16):
                self.request.sendall(data)

    with socketserver.ThreadingTCPServer((Proxy.host, 0), Echo) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server.server_address[1]
        server.shutdown()
        thread.join(DEADLINE)


@pytest.fixture
def proxy(echo) -> Iterator[Proxy]:
    proxy = Proxy(Proxy.host, echo)
    yield proxy
    proxy.close()


class TestProxy:
    def test_it_hands_on_what_both_sides_send(self, proxy):
        sent = os.urandom(1_000_000)
        with connect(proxy.port) as client:
            sending = threading.Thread(target=client.sendall, args=(sent,))
            sending.start()
            received = bytearray()
            while len(received) < len(sent):
                received += client.recv(1 << 16)
            sending.join(DEADLINE)

        assert received == sent

    def test_a_cut_ends_connections_and_refuses_new_ones(self, proxy):
        with connect(proxy.port) as client:
            client.sendall(b"Hello")
            assert client.recv(5) == b"Hello"

            proxy.cut()

            assert is_lost(client)
        with pytest.raises(ConnectionRefusedError):
            connect(proxy.port)

    def test_a_cut_ends_a_connection_that_has_only_begun(self, proxy):
        for _ in range(50):
            with connect(proxy.port) as client:
                proxy.cut()
                proxy.mend()

                assert is_lost(client)

    def test_it_can_be_cut_and_mended_again_and_again(self, proxy):
        for _ in range(3):
            proxy.cut()
            proxy.cut()
            proxy.mend()
            proxy.mend()

        with connect(proxy.port) as client:
            client.sendall(b"Hello")
            assert client.recv(5) == b"Hello"

    def test_dropped_connections_may_come_back(self, proxy):
        with connect(proxy.port) as client:
            client.sendall(b"Hello")
            assert client.recv(5) == b"Hello"

            proxy.drop_connections()

            assert is_lost(client)
        with connect(proxy.port) as client:
            client.sendall(b"Hello")
            assert client.recv(5) == b"Hello"

    def test_an_end_on_one_side_is_an_end_on_the_other(self, proxy):
        with connect(proxy.port) as client:
            client.shutdown(socket.SHUT_WR)

            assert is_lost(client)

    def test_a_server_that_is_not_there_ends_the_connection(self):
        with socket.socket() as unused:
            unused.bind((Proxy.host, 0))
            proxy = Proxy(Proxy.host, unused.getsockname()[1])
            with connect(proxy.port) as client:
                assert is_lost(client)
            proxy.close()

    def test_nobody_else_gets_its_port_while_it_is_cut(self, proxy):
        proxy.cut()

        with socket.socket() as other, pytest.raises(OSError, match="in use"):
            other.bind((Proxy.host, proxy.port))
