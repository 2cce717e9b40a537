"""Comanda served for a measure: ``comanda web`` as a process of its own over the same database."""

import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

Address = tuple[str, int]


def start(command: str = "web") -> tuple[subprocess.Popen[str], Address]:
    """A server that answers, and where; with a worker as ``serve``. Whoever starts it ends it."""
    server = subprocess.Popen(
        [sys.executable, "-c", "from comanda.cli import main; main()", command, "--port", "0"],
        stdout=subprocess.PIPE, text=True, env=dict(os.environ),
    )  # fmt: skip
    told = server.stdout.readline() if server.stdout else ""
    found = re.search(r"http://127\.0\.0\.1:(\d+)/", told)
    if not found:
        raise SystemExit(f"The server did not start: {told}")
    return server, ("127.0.0.1", int(found[1]))


@contextmanager
def comanda(command: str = "web") -> Iterator[Address]:
    """A server for a while."""
    server, address = start(command)
    try:
        yield address
    finally:
        server.terminate()
        server.wait()


@contextmanager
def line(address: Address) -> Iterator[socket.socket]:
    """A connection that sends at once."""
    with socket.create_connection(address, timeout=60) as opened:
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        yield opened
