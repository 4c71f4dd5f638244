"""`halfway serve` and `halfway worker` as real processes: they answer, do what was ordered, and stop."""

import json
import os
import signal
import time
import urllib.request
from contextlib import suppress
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

from tests.cli.conftest import children_of, wait_for

pytestmark = pytest.mark.slow
PASSWORD = "river stones sing at dawn"


def answers(process):
    assert process.poll() is None, process.stdout.read()
    address = f"{process.address}/livez"
    with suppress(OSError), urllib.request.urlopen(address, timeout=5) as answer:
        return answer.status == 200
    return False


def post(process, path, body):
    headers = {"Content-Type": "application/json"}
    request = urllib.request.Request(process.address + path, json.dumps(body).encode(), headers)
    with urllib.request.urlopen(request, timeout=30) as answer:
        return answer.status


def sign_up(process, email="oksana@example.org"):
    person = {"email": email, "password": PASSWORD, "name": "Oksana", "kind": "volunteer"}
    assert post(process, "/v1/accounts", person) == 202


def mail_in(folder):
    return [message_from_bytes(path.read_bytes(), policy=default) for path in folder.glob("*.eml")]


def is_running(pid):
    with suppress(OSError):
        return b" Z " not in Path(f"/proc/{pid}/stat").read_bytes()
    return False


def job_worker_of(process):
    """Find the worker itself; the keeper's name goes on."""
    for pid in children_of(process.pid):
        with suppress(OSError):
            if b"service.jobs" in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0"):
                return pid
    return None


def test_serve_answers_delivers_the_confirmation_and_stops_on_sigterm(start, tmp_path):
    process = start("serve", mail_url=f"folder:{tmp_path}/mail", public_url="https://halfway.example.org")
    wait_for(lambda: answers(process))
    sign_up(process)
    (message,) = wait_for(lambda: mail_in(tmp_path / "mail"))
    assert message["To"] == "oksana@example.org"
    code = message.get_content().split("https://halfway.example.org/confirm?code=")[1].split()[0]
    assert post(process, "/v1/accounts/confirm", {"code": code}) == 204
    assert post(process, "/v1/tokens", {"email": "oksana@example.org", "password": PASSWORD}) == 201
    below = children_of(process.pid)
    assert len(below) == 3  # a web worker, the keeper, a job worker
    process.send_signal(signal.SIGTERM)
    assert process.wait(10) == 0
    assert not [pid for pid in below if is_running(pid)]


@pytest.mark.any_database
def test_when_serve_is_killed_its_job_workers_end_by_themselves(start):
    process = start("serve")
    wait_for(lambda: answers(process) and job_worker_of(process))
    below = children_of(process.pid)
    process.kill()
    process.wait(10)
    wait_for(lambda: not [pid for pid in below if is_running(pid)], 15)


@pytest.mark.any_database
def test_a_job_worker_that_dies_is_started_anew(start, tmp_path):
    process = start("serve", mail_url=f"folder:{tmp_path}/mail")
    wait_for(lambda: answers(process) and job_worker_of(process))
    time.sleep(6)  # one that dies sooner after its start waits a little
    dead = job_worker_of(process)
    os.kill(dead, signal.SIGKILL)
    assert wait_for(lambda: job_worker_of(process)) != dead
    sign_up(process)
    wait_for(lambda: mail_in(tmp_path / "mail"))


def test_serve_without_embedded_jobs_leaves_them_to_a_worker(start, tmp_path):
    process = start("serve", embedded_jobs=0)
    wait_for(lambda: answers(process))
    sign_up(process)
    assert len(children_of(process.pid)) == 1
    worker = start("worker", mail_url=f"folder:{tmp_path}/mail")
    wait_for(lambda: mail_in(tmp_path / "mail"))
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(5) == 0


@pytest.mark.any_database
def test_serve_does_not_start_with_mail_that_leads_nowhere(start):
    process = start("serve", mail_url="pigeon:post")
    assert process.wait(30) == 1
    assert "HALFWAY_MAIL_URL" in process.stdout.read()
