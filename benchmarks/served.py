"""Comanda served for a measure: ``comanda web`` as a process of its own over the same database."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

Address = tuple[str, int]


def start() -> tuple[subprocess.Popen[str], Address]:
    """A server that answers, and where. Whoever starts it ends it."""
    server = subprocess.Popen(
        [sys.executable, "-c", "from comanda.cli import main; main()", "web", "--port", "0"],
        stdout=subprocess.PIPE, text=True, env=dict(os.environ),
    )  # fmt: skip
    told = server.stdout.readline() if server.stdout else ""
    found = re.search(r"http://127\.0\.0\.1:(\d+)/", told)
    if not found:
        raise SystemExit(f"The server did not start: {told}")
    return server, ("127.0.0.1", int(found[1]))


@contextmanager
def comanda() -> Iterator[Address]:
    """A server for a while."""
    server, address = start()
    try:
        yield address
    finally:
        server.terminate()
        server.wait()
