"""The fixtures that exercises share: cheap to load, the same in an exercise's process, gone afterwards."""

import gc
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import confluent_kafka
import pika
import pika.exceptions
import pytest
import redis

from kata.services import kafka, rabbitmq
from kata.services import redis as redis_fake

ROOT = Path(__file__).parents[2]
DEADLINE = 5  # Seconds, until something that should happen counts as not happening.

IN_AN_EXERCISE = """\
from celery import Celery
from celery.contrib.testing.worker import start_worker
from confluent_kafka import Producer
from kombu.exceptions import OperationalError

import pika
import pytest
import redis


def test_redis(redis_service):
    client = redis_service.client(decode_responses=True)
    client.set("greeting", "Hello", ex=60)
    redis_service.advance(59)

    assert client.get("greeting") == redis.Redis.from_url(redis_service.url).get("greeting").decode()
    with redis_service.outage(), pytest.raises(redis.ConnectionError):
        client.ping()


def test_redis_is_empty_again(redis_service):
    assert redis_service.client().keys() == []


def test_celery(redis_service):
    app = Celery("tasks", broker=redis_service.url, backend=redis_service.url)

    @app.task
    def add(a, b):
        return a + b

    result = add.delay(1, 2)
    queued = redis_service.client().llen("celery")
    with start_worker(app, pool="solo", perform_ping_check=False):
        assert (queued, result.get(timeout=5)) == (1, 3)


def test_celery_in_an_outage(redis_service):
    app = Celery("tasks", broker=redis_service.url)
    app.conf.task_publish_retry_policy = {"max_retries": 0}

    with redis_service.outage(), pytest.raises(OperationalError):
        app.send_task("add")


def test_rabbitmq(amqp_service):
    amqp_service.clean("orders")
    channel = amqp_service.connect().channel()
    channel.queue_declare("orders", durable=True)
    channel.confirm_delivery()
    channel.basic_publish("", "orders", b"Hello", mandatory=True)

    assert channel.basic_get("orders")[2] == b"Hello"
    with amqp_service.outage(), pytest.raises(pika.exceptions.AMQPConnectionError):
        amqp_service.connect()


def test_kafka(kafka_service):
    topic = kafka_service.topic("orders")
    producer = Producer({"bootstrap.servers": kafka_service.servers})
    producer.produce(topic, b"Hello", key=b"7")
    producer.flush(5)

    assert [(m.key, m.value) for m in kafka_service.messages(topic)] == [(b"7", b"Hello")]


def test_clock(clock):
    clock.advance(60)

    assert clock() == 60
"""


def use_redis() -> None:
    with redis_fake.service(os.environ.get("KATA_REDIS_URL")) as service:
        for client in (service.client(), redis.Redis.from_url(service.url)):
            client.set("greeting", "Hello")
            client.pubsub().subscribe("news")
        # A worker that stops in the middle of its wait leaves a connection that waits on.
        waiting = threading.Thread(target=wait_for_an_item, args=(service.url,))
        waiting.start()
        with service.outage():
            waiting.join(DEADLINE)


def wait_for_an_item(url: str) -> None:
    try:
        redis.Redis.from_url(url, retry=None).brpop("queue", timeout=DEADLINE)
    except redis.ConnectionError:
        return


def use_rabbitmq() -> None:
    with rabbitmq.service(os.environ.get("KATA_AMQP_URL")) as service:
        service.clean("orders")
        service.connect().channel().queue_declare("orders")
        service.drop_connections()
        with service.outage():
            pass
        service.connect()


def use_kafka() -> None:
    with kafka.service(os.environ.get("KATA_KAFKA_SERVERS")) as service:
        topic = service.topic("orders")
        producer = confluent_kafka.Producer({"bootstrap.servers": service.servers, "log_level": 0})
        producer.produce(topic, b"Hello")
        producer.flush(DEADLINE)
        service.messages(topic)


def traces() -> dict[str, Any]:
    """Return what of this process would show that something is still running or open."""
    gc.collect()  # A client that nobody has closed is closed when it is collected.
    tasks = Path("/proc/self/task")
    return {
        "threads": sorted(thread.name for thread in threading.enumerate()),
        "threads of C libraries": len(list(tasks.iterdir())) if tasks.is_dir() else 0,
        "processes": has_children(),
        "files and sockets": len(list(Path("/dev/fd").iterdir())),
    }


def has_children() -> bool:
    try:
        os.waitpid(-1, os.WNOHANG)
    except ChildProcessError:
        return False
    return True


def wait_for(read: Callable[[], Any]) -> bool:
    deadline = time.monotonic() + DEADLINE
    while not (done := read()) and time.monotonic() < deadline:
        os.sched_yield()
    return bool(done)


class TestFixtures:
    def test_loading_them_imports_no_client_library(self):
        heavy = {"asyncio", "celery", "confluent_kafka", "fakeredis", "flask", "pika", "redis"}
        code = f"import kata.services.fixtures, sys; print(sorted({heavy} & sys.modules.keys()))"

        run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)

        assert (run.stdout, run.stderr) == ("[]\n", "")

    def test_they_work_in_the_process_of_an_exercise(self, project):
        project.exercises[0].test_file.write_text(IN_AN_EXERCISE)

        verdict = project.pytest("exercises/easy/e01_sample1")

        assert verdict.passed, verdict.output

    @pytest.mark.parametrize("use", [use_redis, use_rabbitmq, use_kafka])
    def test_a_service_leaves_nothing_behind(self, use):
        use()  # The first time, libraries open what they keep.
        before = traces()

        use()

        wait_for(lambda: traces() == before)
        assert traces() == before

    def test_a_service_is_empty_for_every_test(self):
        with redis_fake.service() as one, redis_fake.service() as two:
            one.client().set("greeting", "Hello")

            assert two.client().keys() == []

    def test_the_embedded_redis_listens_from_the_first_use_of_its_url(self):
        threads = threading.active_count()
        with redis_fake.service() as service:
            service.client().ping()
            before = threading.active_count()
            url = service.url
            after = threading.active_count()

        assert (before, after > threads) == (threads, True)
        with pytest.raises(redis.ConnectionError):
            redis.Redis.from_url(url, retry=None).ping()

    def test_the_url_may_be_asked_for_in_an_outage(self):
        with redis_fake.service() as service:
            with service.outage(), pytest.raises(redis.ConnectionError):
                redis.Redis.from_url(service.url, retry=None).ping()

            assert redis.Redis.from_url(service.url, retry=None).ping()

    @pytest.mark.parametrize(
        ("fixture", "variable", "url", "error"),
        [
            ("redis_service", "KATA_REDIS_URL", "redis://127.0.0.1:1", redis.ConnectionError),
            (
                "amqp_service",
                "KATA_AMQP_URL",
                "amqp://127.0.0.1:1",
                pika.exceptions.AMQPConnectionError,
            ),
            ("redis_service", "KATA_REDIS_URL", "rediss://127.0.0.1:1", ValueError),
            ("amqp_service", "KATA_AMQP_URL", "amqps://127.0.0.1:1", ValueError),
        ],
    )
    def test_a_variable_that_leads_nowhere_is_an_error(
        self, request, monkeypatch, fixture, variable, url, error
    ):
        monkeypatch.setenv(variable, url)

        with pytest.raises(error):
            request.getfixturevalue(fixture)
