"""Load on the API over loopback: a few connections, each asking again as soon as it is answered."""

import socket
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(slots=True)
class Load:
    """What came of it: seconds in all, and of each request."""

    seconds: float = 0.0
    each: list[float] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Requests a second."""
        return len(self.each) / self.seconds

    def percentile(self, share: float) -> float:
        """Milliseconds within which that share of the requests was answered."""
        return percentile(self.each, share)


def percentile(seconds: Sequence[float], share: float) -> float:
    """Milliseconds within which that share of some durations lies."""
    return sorted(seconds)[min(int(len(seconds) * share), len(seconds) - 1)] * 1000


def request(path: str, key: str, body: bytes, kind: str = "application/json") -> bytes:
    """A POST as it goes over the wire."""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {key}\r\n"
        f"Content-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def question(path: str, key: str) -> bytes:
    """A GET as it goes over the wire."""
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {key}\r\n\r\n".encode()


def run(address: tuple[str, int], requests: Sequence[bytes], connections: int) -> Load:
    """Sends all requests, dealt out to the connections; raises SystemExit for any answer but 200 and 201."""
    load = Load()
    faults: list[bytes] = []
    hands = [requests[number::connections] for number in range(connections)]
    threads = [threading.Thread(target=_send, args=(address, hand, load.each, faults)) for hand in hands]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    load.seconds = time.perf_counter() - started
    if faults:
        raise SystemExit(f"{len(faults)} requests failed, the first with: {faults[0][:500]!r}")
    return load


def _send(
    address: tuple[str, int], requests: Sequence[bytes], each: list[float], faults: list[bytes]
) -> None:
    with socket.create_connection(address, timeout=60) as line:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for body in requests:
            started = time.perf_counter()
            line.sendall(body)
            told = answer(line)
            each.append(time.perf_counter() - started)
            if not told.startswith((b"HTTP/1.1 200", b"HTTP/1.1 201")):
                faults.append(told)
                return


def answer(line: socket.socket) -> bytes:
    """One whole answer with a Content-Length."""
    got = b""
    while (end := got.find(b"\r\n\r\n")) < 0:
        piece = line.recv(65536)
        if not piece:
            return got
        got += piece
    length = next(
        (int(each[15:]) for each in got[:end].lower().split(b"\r\n") if each.startswith(b"content-length:")),
        0,
    )
    while len(got) < end + 4 + length:
        piece = line.recv(65536)
        if not piece:
            return got
        got += piece
    return got
