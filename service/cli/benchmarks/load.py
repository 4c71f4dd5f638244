"""A load of HTTP requests over a few kept connections, and a server to put it on."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from time import perf_counter, sleep

CONNECTIONS = 8
PATIENCE_SECONDS = 30


def free_port() -> int:
    """Find a port that nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


@contextmanager
def served(app: str, port: int, environment: dict[str, str]) -> Iterator[None]:
    """Serve an application as `halfway serve` does, without its job workers."""
    settings = {
        "HALFWAY_PORT": str(port),
        "HALFWAY_EMBEDDED_JOBS": "0",
        "HALFWAY_HOST": "127.0.0.1",
        "HALFWAY_RATE_LIMITS": "0",
    }
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        "--log-level",
        "warning",
        "-c",
        "python:service.serving",
        app,
    ]
    server = subprocess.Popen(command, env={**os.environ, **environment, **settings})  # noqa: S603 our own words
    try:
        _wait_for(port)
        yield
    finally:
        server.terminate()
        server.wait(PATIENCE_SECONDS)


def _wait_for(port: int) -> None:
    until = perf_counter() + PATIENCE_SECONDS
    while perf_counter() < until:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            sleep(0.05)
        else:
            return
    message = "the server did not come up"
    raise TimeoutError(message)


def request(method: str, path: str, token: str | None = None, key: str | None = None) -> bytes:
    """Put a request into bytes; a POST has an empty JSON object as its body."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1"]
    lines += [f"Authorization: Bearer {token}"] if token else []
    lines += [f"Idempotency-Key: {key}"] if key else []
    body = "{}" if method == "POST" else ""
    lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"] if body else []
    return ("\r\n".join(lines) + "\r\n\r\n" + body).encode()


def requests_per_second(port: int, requests: Sequence[bytes], expected: int = 200) -> float:
    """Send all of them over a few connections side by side; any other status than expected is an error."""
    statuses: Counter[int] = Counter()
    shares = [requests[one::CONNECTIONS] for one in range(CONNECTIONS)]
    threads = [threading.Thread(target=_send, args=(port, share, statuses)) for share in shares]
    began = perf_counter()
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    took = perf_counter() - began
    if set(statuses) != {expected} or statuses.total() != len(requests):
        message = f"expected {len(requests)} answers {expected}, got {dict(statuses)}"
        raise RuntimeError(message)
    return len(requests) / took


def _send(port: int, requests: Sequence[bytes], statuses: Counter[int]) -> None:
    mine: Counter[int] = Counter()
    with socket.create_connection(("127.0.0.1", port), PATIENCE_SECONDS) as line:
        # Nagle's wait would measure the network's manners, not the service.
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for one in requests:
            line.sendall(one)
            mine[_read_status(line)] += 1
    statuses.update(mine)


def _read_status(line: socket.socket) -> int:
    got = b""
    while b"\r\n\r\n" not in got:
        got += _more(line)
    head, _, body = got.partition(b"\r\n\r\n")
    length = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])
    while len(body) < length:
        body += _more(line)
    return int(head[9:12])


def _more(line: socket.socket) -> bytes:
    got = line.recv(65536)
    if not got:
        message = "the server hung up"
        raise ConnectionError(message)
    return got
