"""The way to the broker, where one is set: it carries numbers of jobs to Celery workers, and nothing else.

Whatever it loses is handed over again, and what it brings twice is run once: the row is what counts
(service/operations/jobs.py). Celery is imported when it is asked for, since most installations have none.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

from service.config import Settings

if TYPE_CHECKING:
    from celery import Celery

TASK = "halfway.run_job"
# For a connection, and for the broker's word that it has taken a message.
CONNECT_SECONDS, TAKE_SECONDS = 2.0, 5.0
# Without workers the same jobs are handed over again and again: the queue does not grow beyond this.
MOST_HELD = 1000


class BrokerAway(Exception):
    """The broker cannot be reached, or does not take what it is given."""


def make_celery(settings: Settings) -> Celery:
    """Make Celery as we need it: small messages that may be lost, no results, no way in for commands."""
    from celery import Celery  # noqa: PLC0415 an extra

    celery = Celery("halfway", broker=settings.broker_url, set_as_current=False)
    celery.conf.update(
        task_default_queue=settings.broker_queue,
        task_serializer="json",
        accept_content=["json"],
        task_ignore_result=True,
        # A message is done with when its job begins: from then on the lease says whether its worker lives.
        task_acks_late=False,
        worker_prefetch_multiplier=1,
        # No commands, no gossip: whoever gets at the broker can have due jobs run, and nothing more.
        worker_enable_remote_control=False,
        worker_send_task_events=False,
        broker_connection_timeout=CONNECT_SECONDS,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        broker_transport_options=_transport(settings),
    )
    return celery


def _transport(settings: Settings) -> dict[str, Any]:
    if settings.broker_url.startswith("amqp"):
        return {"confirm_publish": True}
    return {"socket_connect_timeout": CONNECT_SECONDS, "socket_keepalive": True}


class Way:
    """An open connection to the broker: how many more messages the queue may hold, and putting one there."""

    def __init__(self, celery: Celery, producer: Any, held: int) -> None:
        self._celery, self._producer = celery, producer
        self.room = max(0, MOST_HELD - held)

    def carry(self, job_id: uuid.UUID) -> None:
        """Hand the number of a job to the broker; it has it when this returns."""
        # Never with `expires`: a worker that meets a late message leaves all later ones of that id, too.
        try:
            self._celery.send_task(
                TASK,
                (str(job_id),),
                task_id=str(job_id),
                producer=self._producer,
                retry=False,
                confirm_timeout=TAKE_SECONDS,
            )
        except Exception as error:  # each transport has failures of its own
            raise BrokerAway(type(error).__name__) from error


@contextmanager
def open_way(celery: Celery) -> Iterator[Way]:
    """Open a way to the broker, and the queue where there is none."""
    with ExitStack() as opened:
        try:
            connection = opened.enter_context(celery.connection_for_write())
            connection.ensure_connection(max_retries=1, timeout=CONNECT_SECONDS)
            queue = celery.amqp.queues[celery.conf.task_default_queue](connection.default_channel)
            queue.declare()
            held = queue.queue_declare().message_count
            producer = opened.enter_context(celery.amqp.Producer(connection))
        except Exception as error:
            raise BrokerAway(type(error).__name__) from error
        yield Way(celery, producer, held)


def broker_answers(settings: Settings) -> bool:
    """Say whether the broker can be reached just now."""
    try:
        with open_way(make_celery(settings)):
            return True
    except BrokerAway:
        return False
