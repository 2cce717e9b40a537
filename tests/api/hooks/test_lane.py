"""Webhooks over real sockets: the lane answers what it stored, the threads all else, each in its order."""

import re
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from unittest.mock import Mock
from urllib.parse import urlsplit

import pytest
from django.db import OperationalError

from comanda.api.hooks import known, views
from comanda.cli.channel import Channel
from comanda.connectors.base import Delivery, Verdict
from comanda.ingest.sync import hooks
from comanda.records.models import Connection, Inbox
from tests.api.hooks.sending import signed
from tests.api.server import serving

pytestmark = pytest.mark.django_db(transaction=True)


def wire(connection: Connection, body: bytes, **given: str) -> bytes:
    """A webhook as it goes over the wire."""
    headers = {**signed(connection, body), **{name.replace("_", "-"): value for name, value in given.items()}}
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return (
        f"POST /hooks/shop/{connection.hook_key} HTTP/1.1\r\nHost: localhost\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n{lines}\r\n"
    ).encode() + body


@contextmanager
def line(address: str) -> Iterator[socket.socket]:
    """A connection to the server."""
    with socket.create_connection(("127.0.0.1", urlsplit(address).port or 0), timeout=30) as opened:
        yield opened


def statuses(opened: socket.socket, count: int) -> list[int]:
    """Of so many answers, in the order in which they come; bodies are read over."""
    got = b""
    found: list[int] = []
    while len(found) < count:
        head, cut, rest = got.partition(b"\r\n\r\n")
        length = int((re.search(rb"(?i)content-length: (\d+)", head) or [b"", b"0"])[1])
        if cut and len(rest) >= length:
            found.append(int(head.split()[1]))
            got = rest[length:]
        else:
            more = opened.recv(65536)
            assert more, f"hung up after {found}"
            got += more
    return found


@pytest.fixture
def hasty(connection: Connection, monkeypatch: pytest.MonkeyPatch) -> Connection:
    """A store that is remembered; a webhook that the lane leaves to the threads fails."""
    known.find("shop", connection.hook_key)
    monkeypatch.setattr(views, "receive", Mock(side_effect=AssertionError("left to the threads")))
    return connection


def test_many_at_once_are_all_stored_in_few_goes(hasty: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    sizes: list[int] = []
    keep = hooks.store

    def store(arrivals: list[hooks.Arrival]) -> None:
        sizes.append(len(arrivals))
        keep(arrivals)

    monkeypatch.setattr(hooks, "store", store)

    def send(hand: int) -> list[int]:
        said: list[int] = []
        with line(address) as opened:
            for number in range(25):
                opened.sendall(wire(hasty, b'{"id": %d}' % (hand * 25 + number)))
                said += statuses(opened, 1)
        return said

    with serving() as address, ThreadPoolExecutor(8) as pool:
        said = list(pool.map(send, range(8)))

    assert said == [[200] * 25] * 8
    assert Inbox.objects.count() == sum(sizes) == 200
    assert len(sizes) < 200


def test_on_one_connection_answers_keep_the_order_of_the_requests(connection: Connection) -> None:
    genuine, page = wire(connection, b"{}"), b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
    forged = wire(connection, b'{"a": 1}', X_WC_Webhook_Signature="AAAA")
    lost = genuine.replace(b"/hooks/shop/", b"/hooks/none/")
    known.find("shop", connection.hook_key)

    with serving() as address, line(address) as opened:
        opened.sendall(genuine + page + forged + genuine + lost + page + genuine)
        said = statuses(opened, 7)

    assert said == [200, 200, 401, 200, 404, 200, 200]
    assert Inbox.objects.count() == 1


def test_a_store_not_yet_known_is_looked_up_by_the_threads(connection: Connection) -> None:
    known.forget()

    with serving() as address, line(address) as opened:
        opened.sendall(wire(connection, b"{}"))
        assert statuses(opened, 1) == [200]

    assert known.remembered("shop", connection.hook_key) is not None
    assert Inbox.objects.count() == 1


@pytest.mark.parametrize("size", [0, 1, 256 << 10, (256 << 10) + 1, 2 << 20])
def test_a_body_of_any_size_arrives_as_it_was_sent(connection: Connection, size: int) -> None:
    known.find("shop", connection.hook_key)
    body = bytes(number % 251 for number in range(size))

    with serving() as address, line(address) as opened:
        for piece in (wire(connection, body)[:90], wire(connection, body)[90:]):
            opened.sendall(piece)
        assert statuses(opened, 1) == [200]

    assert bytes(Inbox.objects.get().body) == body


def test_what_the_lane_cannot_store_is_tried_alone(
    connection: Connection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    known.find("shop", connection.hook_key)
    keep = hooks.store
    faults = [OperationalError("the server closed the connection unexpectedly")]

    def store(arrivals: list[hooks.Arrival]) -> None:
        if faults:
            raise faults.pop()
        keep(arrivals)

    monkeypatch.setattr(hooks, "store", store)

    with serving() as address, line(address) as opened:
        opened.sendall(wire(connection, b"{}"))
        assert statuses(opened, 1) == [200]
        opened.sendall(wire(connection, b'{"id": 2}'))
        assert statuses(opened, 1) == [200]

    assert Inbox.objects.count() == 2


def test_a_sender_who_hangs_up_hurts_nobody(hasty: Connection) -> None:
    with serving() as address:
        for number in range(20):
            with line(address) as opened:
                opened.sendall(wire(hasty, b'{"gone": %d}' % number))
        with line(address) as opened:
            opened.sendall(wire(hasty, b"{}"))
            assert statuses(opened, 1) == [200]

    assert Inbox.objects.count() >= 1


def test_what_waits_when_the_server_ends_is_stored_and_answered(
    hasty: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep, begun, ended = hooks.store, threading.Event(), threading.Event()

    def store(arrivals: list[hooks.Arrival]) -> None:
        begun.set()
        ended.wait(10)
        keep(arrivals)

    monkeypatch.setattr(hooks, "store", store)

    with ExitStack() as until_read:
        with serving() as address:
            opened = until_read.enter_context(line(address))
            opened.sendall(wire(hasty, b"{}"))
            begun.wait(10)
            threading.Timer(0.2, ended.set).start()
        assert statuses(opened, 1) == [200]

    assert Inbox.objects.count() == 1


def test_a_socket_that_a_thread_writes_to_is_left_to_it(hasty: Connection) -> None:
    channel = Channel.__new__(Channel)
    channel.outbuf_lock = threading.Condition()
    channel.will_close = channel.close_when_flushed = False
    seen: list[bool] = []

    for channel.total_outbufs_len in (0, 10):
        seen.append(channel.writable())
        with channel.outbuf_lock:
            other = threading.Thread(target=lambda: seen.append(channel.writable()))
            other.start()
            other.join()

    assert seen == [False, False, True, False]


@pytest.mark.parametrize("words", [b"HTTP/1.1\r\nConnection: close", b"HTTP/1.0"], ids=["close", "1.0"])
def test_a_sender_who_asks_once_is_answered_and_hung_up_on(hasty: Connection, words: bytes) -> None:
    with serving() as address, line(address) as opened:
        opened.sendall(wire(hasty, b"{}").replace(b"HTTP/1.1", words, 1))
        got = b"".join(iter(lambda: opened.recv(4096), b""))

    assert got.split()[1] == b"200"
    assert b"\r\nConnection: close\r\n" in got
    assert Inbox.objects.count() == 1


def test_the_query_of_the_address_is_read(hasty: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[dict[str, str]] = []
    receiver = known.remembered("shop", hasty.hook_key)
    assert receiver
    verify = receiver.connector.verify

    def listen(_: object, delivery: Delivery, secret: str) -> Verdict:
        seen.append(dict(delivery.query))
        return verify(delivery, secret)

    monkeypatch.setattr(type(receiver.connector), "verify", listen)

    with serving() as address, line(address) as opened:
        opened.sendall(wire(hasty, b"{}").replace(b" HTTP/1.1", b"?token=a%20b&x= HTTP/1.1", 1))
        assert statuses(opened, 1) == [200]

    assert seen == [{"token": "a b", "x": ""}]
