"""librdkafka's mock cluster: brokers that speak Kafka's protocol, within the client library itself.

confluent-kafka lets a producer start one, but not direct it. So this calls the C library that
confluent-kafka has loaded, by the functions of its public header `rdkafka_mock.h`.
"""

import ctypes
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from ctypes import POINTER, c_char_p, c_int, c_int16, c_int32, c_size_t, c_void_p
from typing import Any

from confluent_kafka import KafkaError, cimpl

from kata.services.kafka.service import PARTITIONS, KafkaService

_BROKER = 1
_PRODUCER = 0
_PRODUCE_REQUEST = 0

# Each refused request takes one of the errors that are laid out for it.
_REFUSALS = 10_000


class EmbeddedKafka(KafkaService):
    """A cluster of one broker in this process."""

    def __init__(self) -> None:
        self._library = _Library()
        self._host = self._library.new_client()
        self._cluster = self._library.mock_cluster_new(self._host, 1)
        self.servers = self._library.mock_cluster_bootstraps(self._cluster).decode()
        # A group would wait three seconds for more members before its first one reads anything.
        self._library.mock_group_initial_rebalance_delay_ms(self._cluster, 0)

    @contextmanager
    def outage(self) -> Iterator[None]:
        self._library.mock_broker_set_down(self._cluster, _BROKER)
        try:
            yield
        finally:
            self._library.mock_broker_set_up(self._cluster, _BROKER)

    @contextmanager
    def refusal(self) -> Iterator[None]:
        errors = (c_int * _REFUSALS)(*[KafkaError.POLICY_VIOLATION] * _REFUSALS)
        self._library.mock_push_request_errors_array(
            self._cluster, _PRODUCE_REQUEST, _REFUSALS, errors
        )
        try:
            yield
        finally:
            self._library.mock_clear_request_errors(self._cluster, _PRODUCE_REQUEST)

    def close(self) -> None:
        self._library.mock_cluster_destroy(self._cluster)
        self._library.destroy(self._host)

    def _create(self, topic: str) -> None:
        self._library.mock_topic_create(self._cluster, topic.encode(), PARTITIONS, 1)


class _Library:
    """The functions of librdkafka that a mock cluster takes, without their prefix `rd_kafka_`."""

    def __init__(self) -> None:
        # The extension module is linked to librdkafka, so the functions are found through it.
        self._loaded = ctypes.CDLL(cimpl.__file__)
        declare = self._declare
        self._conf_new = declare("conf_new", c_void_p)
        self._conf_set = declare(
            "conf_set", c_int, c_void_p, c_char_p, c_char_p, c_char_p, c_size_t
        )
        self._new = declare("new", c_void_p, c_int, c_void_p, c_char_p, c_size_t)
        self.destroy = declare("destroy", None, c_void_p)
        self.mock_cluster_new = declare("mock_cluster_new", c_void_p, c_void_p, c_int)
        self.mock_cluster_destroy = declare("mock_cluster_destroy", None, c_void_p)
        self.mock_cluster_bootstraps = declare("mock_cluster_bootstraps", c_char_p, c_void_p)
        self.mock_topic_create = declare(
            "mock_topic_create", c_int, c_void_p, c_char_p, c_int, c_int
        )
        self.mock_broker_set_down = declare("mock_broker_set_down", c_int, c_void_p, c_int32)
        self.mock_broker_set_up = declare("mock_broker_set_up", c_int, c_void_p, c_int32)
        self.mock_push_request_errors_array = declare(
            "mock_push_request_errors_array", None, c_void_p, c_int16, c_size_t, POINTER(c_int)
        )
        self.mock_clear_request_errors = declare(
            "mock_clear_request_errors", None, c_void_p, c_int16
        )
        self.mock_group_initial_rebalance_delay_ms = declare(
            "mock_group_initial_rebalance_delay_ms", None, c_void_p, c_int32
        )

    def new_client(self) -> int:
        """Return a client that does nothing but own a cluster, and that does not log."""
        reason = ctypes.create_string_buffer(512)
        settings = self._conf_new()
        self._conf_set(settings, b"log_level", b"0", reason, len(reason))
        client: int | None = self._new(_PRODUCER, settings, reason, len(reason))
        if client is None:
            raise RuntimeError(reason.value.decode())
        return client

    def _declare(self, name: str, result: Any, *arguments: Any) -> Callable[..., Any]:
        function = self._loaded[f"rd_kafka_{name}"]
        function.restype = result
        function.argtypes = arguments
        return function
