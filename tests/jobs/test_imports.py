"""The job of an import: part after part, by whatever worker claims it, until every row is accounted for."""

from sqlalchemy import func, select

from models import Import, Job, Need
from models.imports import ImportStatus
from models.jobs import JobStatus
from service.config import Settings
from service.jobs.mail import make_sender
from service.jobs.runner import run_next
from service.jobs.stop import Stop
from service.jobs.tools import Tools
from service.operations.imports import ROWS_OF_PART
from tests.making import make_centre
from tests.operations.bringing import NEED, counts, file_of, start


def test_a_worker_brings_in_a_file_part_after_part(session, sessions):
    count = ROWS_OF_PART + 1
    started = start(
        session, make_centre(session), file_of([{**NEED, "external_id": str(n)} for n in range(count)])
    )
    session.commit()
    stopped, going = Stop(), Stop()
    stopped.ask()
    tools = Tools(sessions, Settings(text="plain"), make_sender("folder:nowhere"))

    def state():
        session.expire_all()
        done = session.get_one(Import, started.id)
        job = session.scalars(select(Job).where(Job.kind == "imports.run")).one()
        return done.status, counts(done)[:2], job.status

    # One that is asked to stop does so between two parts, and another goes on.
    assert run_next(tools, stopped)
    assert state() == (ImportStatus.RUNNING, (count, ROWS_OF_PART), JobStatus.WAITING)
    while run_next(tools, going):
        pass  # the orders for what the needs' texts mean come between
    assert state() == (ImportStatus.DONE, (count, count), JobStatus.DONE)
    assert session.scalar(select(func.count()).select_from(Need)) == count
