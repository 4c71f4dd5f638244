"""The brokers of this machine, each behind a door that a test can shut, with a queue of the test's own."""

import os
import socket
import threading
import uuid
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

import pytest

from service.broker import broker_answers, make_celery
from service.config import Settings

BROKERS = {
    "rabbitmq": os.environ.get("HALFWAY_TESTS_RABBITMQ", "amqp://guest:guest@127.0.0.1:5672//"),
    "redis": os.environ.get("HALFWAY_TESTS_REDIS", "redis://127.0.0.1:6379/15"),
}


class Door:
    """A way to a server that can be shut, as if the server were gone, and opened again."""

    def __init__(self, host, port):
        self._beyond = (host, port)
        self._listening = self._listen(0)
        self.port = self._listening.getsockname()[1]
        self._open = []

    def _listen(self, port):
        listening = socket.create_server(("127.0.0.1", port))
        threading.Thread(target=self._let_in, args=(listening,), daemon=True).start()
        return listening

    def _let_in(self, listening):
        with suppress(OSError):
            while True:
                inside = listening.accept()[0]
                beyond = socket.create_connection(self._beyond)
                self._open += [inside, beyond]
                for pair in ((inside, beyond), (beyond, inside)):
                    threading.Thread(target=_carry, args=pair, daemon=True).start()

    def shut(self):
        """Be gone: who is inside is thrown out, nobody gets in."""
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        for one in self._open:
            _end(one)
        self._open.clear()

    def open(self):
        """Be there again, under the same number."""
        self._listening = self._listen(self.port)


def _carry(one, other):
    with suppress(OSError):
        while said := one.recv(65536):
            other.sendall(said)
    _end(one)
    _end(other)


def _end(one):
    with suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
    one.close()


@contextmanager
def broker(name):
    """Yield the settings for a broker, with a queue of its own, and the door before it; skip without."""
    parts = urlsplit(BROKERS[name])
    straight = Settings(broker_url=BROKERS[name], broker_queue=f"halfway-test-{uuid.uuid4().hex}")
    if not broker_answers(straight):
        if os.environ.get("HALFWAY_TESTS_REQUIRE_BROKERS") == "1":
            pytest.fail(f"{name} is required here and does not answer")
        pytest.skip(f"{name} does not answer on this machine")
    door = Door(parts.hostname, parts.port)
    through = parts._replace(netloc=f"{parts.netloc.rpartition('@')[0]}@127.0.0.1:{door.port}".lstrip("@"))
    try:
        yield {"broker_url": through.geturl(), "broker_queue": straight.broker_queue}, door
    finally:
        door.shut()
        with make_celery(straight).connection_for_write() as connection:
            channel = connection.default_channel
            channel.queue_delete(straight.broker_queue)
            channel.exchange_delete(straight.broker_queue)
            if name == "redis":  # which keeps what no connection of ours has declared
                queue, notes = straight.broker_queue, ("_kombu.binding.", "_kombu.binding_permanent.", "")
                channel.client.delete(*(f"{one}{queue}" for one in notes))
