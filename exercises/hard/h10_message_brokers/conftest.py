"""The surroundings of h10: a RabbitMQ, a Kafka, a shop, and tools to look into them."""

import json
from contextlib import suppress
from time import monotonic
from types import SimpleNamespace

import pytest
from confluent_kafka import Producer
from pika import BasicProperties, DeliveryMode
from pika.exceptions import ChannelClosedByBroker
from sqlalchemy import event, select, text

# How many seconds the tests wait for something that should happen.
DEADLINE = 2


class KilledError(BaseException):
    """Something outside ends the worker, as Ctrl-C does."""


class Broker:
    """RabbitMQ as seen from outside, and the two queues of the exercise in it."""

    def __init__(self, exercise, service):
        self.connect = service.connect
        self.delete = service.clean
        self.restart = service.restart
        self.outage = service.outage
        self.drop_connections = service.drop_connections
        self.live, self.dead = exercise.QUEUE, exercise.DEAD_QUEUE
        self._declare = exercise.declare_queues

    def send(self, *messages):
        """Publish pairs of an id and a body, as persistent messages."""
        with self.connect() as connection:
            channel = connection.channel()
            self._declare(channel)
            for message_id, body in messages:
                properties = BasicProperties(
                    message_id=message_id, delivery_mode=DeliveryMode.Persistent
                )
                channel.basic_publish("", self.live, body, properties)

    def take(self, queue):
        """Take all messages out of a queue, as pairs of an id and a body; none if there is no queue."""
        found = []
        with self.connect() as connection:
            channel = connection.channel()
            try:
                while (got := channel.basic_get(queue, auto_ack=True))[0]:
                    found.append((got[1].message_id, got[2].decode()))
            except ChannelClosedByBroker as error:
                if error.reply_code != 404:
                    raise
        return found

    def missing(self):
        """Return which of the two queues do not exist."""
        found = []
        for queue in (self.live, self.dead):
            with self.connect() as connection, suppress(ChannelClosedByBroker):
                connection.channel().queue_declare(queue, passive=True)
                found.append(queue)
        return [queue for queue in (self.live, self.dead) if queue not in found]

    def consume_for_a_moment(self, queue):
        """Consume a queue, acknowledge nothing, and leave."""
        with self.connect() as connection, suppress(ChannelClosedByBroker):
            connection.channel().basic_consume(queue, lambda *_: None)

    def count(self, queue):
        """Count the messages that wait in a queue."""
        with self.connect() as connection:
            return connection.channel().queue_declare(queue, passive=True).method.message_count


class Box:
    """A publisher that keeps what it gets, and confirms all but the messages of one key."""

    def __init__(self, refused=None):
        self.messages = []
        self.refused = refused

    def publish(self, messages):
        self.messages += messages
        return {message.id for message in messages if message.key != self.refused}

    @property
    def contents(self):
        """The key and the order of each message."""
        return [(message.key, json.loads(message.body)) for message in self.messages]


class BusyProducer(Producer):
    """A producer to whom a busy Kafka answers late: a wait with a limit is in vain three times."""

    waits_in_vain = 3

    def flush(self, timeout=-1):
        if timeout >= 0 and self.waits_in_vain:
            self.waits_in_vain -= 1
            return len(self)
        return super().flush(timeout)


class BrokenBox:
    """A publisher that fails with ZeroDivisionError."""

    def publish(self, messages):
        raise ZeroDivisionError


@pytest.fixture
def broker(exercise, amqp_service):
    """Return a RabbitMQ on which neither queue exists."""
    amqp_service.clean(exercise.QUEUE, exercise.DEAD_QUEUE)
    return Broker(exercise, amqp_service)


@pytest.fixture
def publisher(exercise, broker):
    """Return the RabbitPublisher under test, which was made while there was no broker."""
    with broker.outage():
        return exercise.RabbitPublisher(broker.connect)


@pytest.fixture
def interrupted(exercise, broker):
    """Return a function that makes a RabbitPublisher: after each message, `then(connection)` runs."""

    def make(then):
        def connect():
            connection = broker.connect()
            open_channel = connection.channel

            def channel(*arguments):
                opened = open_channel(*arguments)
                publish = opened.basic_publish

                def publish_and_then(*arguments, **options):
                    publish(*arguments, **options)
                    then(connection)

                opened.basic_publish = publish_and_then
                return opened

            connection.channel = channel
            return connection

        return exercise.RabbitPublisher(connect)

    return make


@pytest.fixture
def topic(kafka_service):
    """Return the name of a topic that is new."""
    return kafka_service.topic("orders")


@pytest.fixture
def kafka_publisher(exercise, kafka_service, topic):
    """Return the KafkaPublisher under test, with a producer that takes small messages only."""
    settings = {"bootstrap.servers": kafka_service.servers, "log_level": 0}
    return exercise.KafkaPublisher(Producer(settings | {"message.max.bytes": 1000}), topic)


@pytest.fixture
def slow_kafka_publisher(exercise, kafka_service, topic):
    """Return a KafkaPublisher whose producer sends one message after the other, and takes long."""
    one_by_one = {"max.in.flight.requests.per.connection": 1, "batch.num.messages": 1}
    settings = {"bootstrap.servers": kafka_service.servers, "log_level": 0, **one_by_one}
    return exercise.KafkaPublisher(BusyProducer(settings), topic)


@pytest.fixture
def partition_of(kafka_service, topic):
    """Return a function that tells the partition that Kafka chooses for a key."""
    producer = Producer({"bootstrap.servers": kafka_service.servers, "log_level": 0})

    def choose(key):
        found = []
        producer.produce(
            topic, b"", key, on_delivery=lambda _, sent: found.append(sent.partition())
        )
        producer.flush()
        return found[0]

    return choose


@pytest.fixture
def box():
    """Return a publisher that stands for any broker, and confirms every message."""
    return Box()


@pytest.fixture
def refusing_box():
    """Return a publisher that never confirms a message of Ada's."""
    return Box(refused="  Ada & <b>Zoë</b> 100% ")


@pytest.fixture
def broken_box():
    """Return a publisher that fails with ZeroDivisionError."""
    return BrokenBox()


def keep_savepoints(engine):
    """Have transactions begin where they should: SQLite's driver commits a savepoint that comes first."""
    event.listen(engine, "connect", lambda opened, _: setattr(opened, "isolation_level", None))
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
    engine.dispose()


@pytest.fixture
def app(exercise, box, tmp_path):
    """Return the shop on a database file, with the box as its publisher."""
    app = exercise.create_app(box, f"sqlite:///{tmp_path / 'shop.db'}")
    app.testing = True
    with app.app_context():
        keep_savepoints(exercise.db.engine)
    yield app
    with app.app_context():
        exercise.db.engine.dispose()


@pytest.fixture
def client(app):
    """Return a client of the shop."""
    return app.test_client()


@pytest.fixture
def rabbit_client(exercise, publisher, tmp_path):
    """Return a client of a shop that publishes to RabbitMQ."""
    app = exercise.create_app(publisher, f"sqlite:///{tmp_path / 'rabbit.db'}")
    app.testing = True
    yield app.test_client()
    with app.app_context():
        exercise.db.engine.dispose()


@pytest.fixture
def stored(exercise, app):
    """Return a function that reads one column of a table."""

    def read(column):
        with app.app_context():
            return exercise.db.session.scalars(select(column)).all()

    return read


@pytest.fixture
def close_table(exercise, app):
    """Return a function after which the database refuses new rows in a table."""

    def close(model):
        trigger = f'CREATE TRIGGER closed BEFORE INSERT ON "{model.__tablename__}"'
        with app.app_context():
            exercise.db.session.execute(text(f"{trigger} BEGIN SELECT RAISE(ABORT, 'closed'); END"))
            exercise.db.session.commit()

    return close


@pytest.fixture
def relay(exercise, app):
    """Return a function that relays once, as a process of its own does."""

    def relay_once(publisher):
        with app.app_context():
            return exercise.relay(publisher)

    return relay_once


@pytest.fixture
def consume(exercise, app, broker, stored):
    """Return a function that runs a worker for a while.

    It ends when these orders are shipped and this many messages are in the dead-letter queue.
    """

    def is_done(shipped, dead):
        missing = set(shipped) - set(stored(exercise.Shipment.order_id))
        return not missing and broker.count(broker.dead) >= dead

    def run(work, shipped, dead=0, publish=None):
        deadline = monotonic() + DEADLINE
        with broker.connect() as connection:
            channel = connection.channel()
            channel.basic_publish = publish or channel.basic_publish
            exercise.start_consumer(app, channel, work)
            while not is_done(shipped, dead) and monotonic() < deadline:
                connection.process_data_events(0.01)

    return run


@pytest.fixture
def workers(another_worker, app, broker):
    """Return a function that runs one new worker after the other, each until `seen` has grown.

    No worker follows when `until()` is true, or after so many.
    """

    def run(work, until, seen, most):
        deadline = monotonic() + 2 * DEADLINE
        for _ in range(most):
            worker, before = another_worker(), len(seen)
            shop = worker.create_app(Box(), app.config["SQLALCHEMY_DATABASE_URI"])
            with shop.app_context():
                keep_savepoints(worker.db.engine)
            with broker.connect() as connection:
                worker.start_consumer(shop, connection.channel(), work)
                while len(seen) == before and not until() and monotonic() < deadline:
                    connection.process_data_events(0.01)
            with shop.app_context():
                worker.db.engine.dispose()
            if until():
                break

    return run


@pytest.fixture
def deadly(exercise):
    """Return what kills a worker: `work` by the place where it does so, `publish`, and the `error`.

    `calls` has a word for each call.
    """
    calls = []

    def kill(*_, **__):
        raise KilledError

    def work(order):
        calls.append("work")
        kill()

    def ship_and_be_killed_at_the_commit(order):
        calls.append("work")
        exercise.ship(order)
        event.listen(exercise.db.session(), "before_commit", kill)

    works = {"in the work": work, "in the commit": ship_and_be_killed_at_the_commit}
    return SimpleNamespace(work=works, publish=kill, error=KilledError, calls=calls)


@pytest.fixture
def handled_before(exercise, app):
    """Return a function that notes a message as another worker has noted it."""

    def note(message_id):
        with app.app_context():
            exercise.db.session.add(exercise.HandledMessage(id=message_id))
            exercise.db.session.commit()

    return note


@pytest.fixture
def outcome(exercise, broker, stored):
    """Return a function that returns the shipped orders and the messages in both queues.

    It empties the queues.
    """
    return lambda: {
        "shipped": stored(exercise.Shipment.order_id),
        "waiting": broker.take(broker.live),
        "dead": broker.take(broker.dead),
    }


@pytest.fixture
def message(exercise):
    """Return a function that makes a message."""
    return lambda message_id, key="ada", body="{}": exercise.Message(message_id, key, body)
