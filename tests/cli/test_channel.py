"""Connections of the web server: what is large reaches whoever reads slowly, and answers keep their order."""

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import waitress
from waitress import wasyncore

from tests.api.server import running

_PIECE = b"0123456789" * 10_000
_WATERMARK = 1 << 20
"""Bytes waiting to be sent beyond which whoever makes them waits."""


def answer(environ: dict[str, object], start_response: object) -> Iterator[bytes]:
    """As many pieces as the path says, each after so many milliseconds."""
    count, pause = map(int, str(environ["PATH_INFO"]).strip("/").split("/"))
    headers = [("Content-Length", str(count * len(_PIECE)))]
    start_response("200 OK", headers)  # type: ignore[operator]
    for _ in range(count):
        time.sleep(pause / 1000)
        yield _PIECE


@contextmanager
def served() -> Iterator[int]:
    """A server as we run it; its port."""
    server = waitress.create_server(
        answer, host="127.0.0.1", port=0, threads=2, outbuf_high_watermark=_WATERMARK
    )
    with running(server) as port:
        yield port


def open_line(port: int) -> socket.socket:
    """A connection to it."""
    return socket.create_connection(("127.0.0.1", port), timeout=30)


def read(line: socket.socket, count: int, pause: float) -> bytes:
    """The body of an answer of so many pieces, read a little at a time."""
    got = b""
    while b"\r\n\r\n" not in got:
        got += line.recv(1)
    size, body = count * len(_PIECE), bytearray()
    while len(body) < size:
        piece = line.recv(min(1 << 18, size - len(body)))
        assert piece, f"hung up after {len(body)} bytes"
        body += piece
        time.sleep(pause)
    return bytes(body)


@pytest.mark.parametrize(
    ("count", "making", "reading"), [(100, 0, 0.01), (30, 10, 0.0), (1, 0, 0.0), (3, 50, 0.05)]
)
def test_all_of_a_large_answer_arrives(count: int, making: int, reading: float) -> None:
    with served() as port, open_line(port) as line:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 14)
        for _ in range(2):  # the second on the same connection
            line.sendall(f"GET /{count}/{making} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
            assert read(line, count, reading) == _PIECE * count


def test_it_does_not_go_round_and_round_while_a_thread_sends(monkeypatch: pytest.MonkeyPatch) -> None:
    turns, poll, send = [0], wasyncore.poll, wasyncore.dispatcher.send

    def count(*given: object) -> None:
        turns[0] += 1
        poll(*given)

    def slowly(channel: object, data: bytes, do_close: bool = True) -> int:
        sent = int(send(channel, data, do_close=do_close))
        time.sleep(0.02)  # as long as Python's lock is another's
        return sent

    monkeypatch.setattr(wasyncore, "poll", count)
    monkeypatch.setattr(wasyncore.dispatcher, "send", slowly)

    with served() as port, open_line(port) as line, open_line(port) as other:
        line.sendall(b"GET /20/0 HTTP/1.1\r\nHost: localhost\r\n\r\n")
        for _ in range(5):  # each has the loop wake, and look at all sockets
            other.sendall(b"GET /1/5 HTTP/1.1\r\nHost: localhost\r\n\r\n")
            read(other, 1, 0.0)
        assert read(line, 20, 0.0) == _PIECE * 20

    assert turns[0] < 300
