"""Shops in step: a history read, webhooks taken, a day audited, and kills in the middle of it."""

import hmac
import json
import os
import random
import socket
import subprocess
import sys
import threading
import time
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
from django.db import connection as database

from benchmarks import floor, load, quick_shop, served
from benchmarks.measure import Measure, figure
from comanda.connectors.base import Resource
from comanda.ingest.sync import audit, hooks, shops
from comanda.records import connections, stores
from comanda.records.models import Connection, Order, ShopCall, Store, Sync

_A_SECOND = 500
_LINES = 16
_SLOW = 0.02
"""Seconds that the shop thinks about an order."""


def measure(folder: Path, quick: bool) -> Iterator[Measure]:
    """All that has to do with shops, over a WooCommerce that answers at once."""
    _allow_this_machine()
    orders = 5_000 if quick else 100_000
    found = _backfill(orders)
    rate = orders / found["seconds"]
    yield figure(
        f"history of {orders:,} orders of a shop", rate, "orders/s", orders / floor.copy_again(),
        "≥ 1,000 orders/s", rate >= 1000,
    )  # fmt: skip
    with _shop(1) as address:
        yield from _hooks(_connected(address), 4 if quick else 60)
    yield from _kills(3, 10_000) if quick else _kills(20, 40_000)
    with _shop(3 * quick_shop.A_DAY) as address:
        yield from _audit(_connected(address))
    with _shop(20_000, slow=_SLOW) as address:
        yield _visible(_connected(address), 20 if quick else 300)


def measure_memory(folder: Path, quick: bool) -> Iterator[Measure]:
    """Histories a hundred times as long as each other."""
    _allow_this_machine()
    some, many = (1_000, 10_000) if quick else (10_000, 1_000_000)
    small, large = (_backfill(count)["megabytes"] for count in (some, many))
    yield figure(
        f"history of {many:,} orders, memory of the process", large, "MB", small, "≤ 300 MB", large <= 300
    )


def _allow_this_machine() -> None:
    os.environ["COMANDA_ALLOW_PRIVATE_HOSTS"] = "127.0.0.1"


@contextmanager
def _shop(orders: int, slow: float = 0.0) -> Iterator[str]:
    served = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.quick_shop", str(orders), "--slow", str(slow)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert served.stdout is not None
    try:
        yield served.stdout.readline().strip()
    finally:
        served.kill()
        served.communicate()


def _connected(address: str) -> Store:
    """The store of a quick shop, and nothing else in the database."""
    floor.empty()
    store = stores.create("quick", name="Quick", platform="woocommerce", url=address, timezone="UTC")
    connections.connect(store, quick_shop.KEYS)
    return store


def _backfill(orders: int) -> dict[str, float]:
    with _shop(orders) as address:
        _connected(address)
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.one_backfill"], check=True, capture_output=True, text=True
        )
    found: dict[str, float] = json.loads(done.stdout)
    if found["orders"] != orders or found["lost"]:
        raise SystemExit(f"The history did not come in whole: {found}")
    return found


def _signed(connection: Connection, number: int) -> bytes:
    body = quick_shop.order(number).encode()
    secret = hooks.secret_of(connection)
    mark = b64encode(hmac.digest(secret.encode(), body, "sha256")).decode()
    head = (
        f"POST /hooks/{connection.store.key}/{connection.hook_key} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        f"Content-Type: application/json\r\nX-WC-Webhook-Topic: order.updated\r\n"
        f"X-WC-Webhook-Signature: {mark}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def _hooks(store: Store, seconds: int) -> Iterator[Measure]:
    """So many a second, whatever the answers take."""
    connection = Connection.objects.select_related("store").get(store=store)
    wire = [_signed(connection, number) for number in range(1, _A_SECOND * seconds + 1)]
    with served.comanda() as address:
        load.run(address, wire[:100], _LINES)
        took = _paced(address, wire[100:])
    p99 = load.percentile(took, 0.99)
    yield figure(
        f"webhooks, {_A_SECOND} a second for {seconds} s: 99 of 100 acknowledged within", p99, "ms",
        load.percentile(list(_kept_bare(wire[: 15 * _A_SECOND])), 0.99), "≤ 50 ms", p99 <= 50,
    )  # fmt: skip
    with database.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM inbox WHERE kind = 'webhook'")
        lost = len(wire) - cursor.fetchone()[0]
    yield figure("webhooks acknowledged and lost", lost, "webhooks", 0, "0", lost == 0)


def _kept_bare(bodies: list[bytes]) -> Iterator[float]:
    """Seconds from when each was due, as often, to its bare row committed."""
    with database.cursor() as cursor:
        cursor.execute("CREATE TABLE bare (at timestamptz DEFAULT now(), body bytea)")
        began = time.perf_counter()
        for index, body in enumerate(bodies):
            due = began + index / _A_SECOND
            time.sleep(max(0.0, due - time.perf_counter()))
            cursor.execute("INSERT INTO bare (body) VALUES (%s)", [body])
            yield time.perf_counter() - due
        cursor.execute("DROP TABLE bare")


def _paced(address: tuple[str, int], wire: list[bytes]) -> list[float]:
    """Seconds from when each was due to its answer."""
    took: list[float] = []
    began = time.perf_counter() + 0.2

    def send(number: int) -> None:
        with served.line(address) as line:
            for index in range(number, len(wire), _LINES):
                due = began + index / _A_SECOND
                time.sleep(max(0.0, due - time.perf_counter()))
                line.sendall(wire[index])
                told = load.answer(line)
                took.append(time.perf_counter() - due)
                if not told.startswith(b"HTTP/1.1 200"):
                    raise SystemExit(f"A webhook was answered: {told[:200]!r}")

    threads = [threading.Thread(target=send, args=(number,)) for number in range(_LINES)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return took


def _visible(store: Store, count: int) -> Measure:
    """From a webhook sent to the order in the database, the shop being asked in between."""
    Sync.objects.create(store=store, resource="orders", state="done")
    connection = Connection.objects.select_related("store").get(store=store)
    sample = random.Random(3).sample(range(1, 20_000), count + 1)
    with served.comanda("serve") as address, served.line(address) as line:
        # The first is not counted: a server that has just started is still starting its worker.
        took = [_until_here(store, line, number, _signed(connection, number)) for number in sample][1:]
    p99 = load.percentile(took, 0.99) / 1000
    return figure(
        "webhook to order, the shop answers in 20 ms: 99 of 100 within", p99, "s",
        _SLOW, "≤ 1 s", p99 <= 1,
    )  # fmt: skip


def _until_here(store: Store, line: socket.socket, number: int, wire: bytes) -> float:
    """Seconds from a webhook to its order in the database."""
    started = time.perf_counter()
    line.sendall(wire)
    load.answer(line)
    while not Order.objects.filter(store=store, external_id=str(number)).exists():
        if time.perf_counter() - started > 30:
            raise SystemExit("An order that a webhook told of did not come in.")
        time.sleep(0.005)
    return time.perf_counter() - started


def _audit(store: Store) -> Iterator[Measure]:
    with shops.opened(store) as connector:
        day = quick_shop.placed_at(quick_shop.A_DAY + 5).date()
        since, until = audit.bounds(store, day)
        ids = [str(number) for number in range(quick_shop.A_DAY + 1, 2 * quick_shop.A_DAY + 1)]
        hooks.reread(store, connector, Resource.ORDERS, ids, hooks.CAUSE)
    asked = ShopCall.objects.count()
    started = time.perf_counter()
    with shops.opened(store) as connector:
        found = audit.run(store, connector, day)
        took = time.perf_counter() - started
    calls = ShopCall.objects.count() - asked
    if found.differences or found.healed or found.own_orders != quick_shop.A_DAY:
        raise SystemExit(f"The day did not compare: {found} {since} {until}")
    yield figure(f"audit of a day with {quick_shop.A_DAY:,} orders", took, "s", 0, "≤ 10 s", took <= 10)
    yield figure("its requests to the shop", calls, "requests", 100, "≤ 110", calls <= 110)


def _kills(kills: int, orders: int) -> Iterator[Measure]:
    """A history killed at random instants: lost or doubled orders, and pages read more than once."""
    chance = random.Random(9)
    with _shop(orders) as address:
        _connected(address)
        for _ in range(kills):
            process = _reading()
            time.sleep(chance.uniform(0.8, 2.5))
            process.kill()
            if process.wait() == 0:
                raise SystemExit("The history came to its end before it was killed often enough.")
        if _reading().wait():
            raise SystemExit("The history did not come to its end.")
        again = int(httpx.get(f"{address}/again").text) / kills
    with database.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) - count(DISTINCT order_id) FROM activity WHERE kind = 'order_created'"
        )
        wrong = cursor.fetchone()[0] + abs(orders - Order.objects.count())
    yield figure(
        f"a history killed at {kills} random instants: lost or doubled", wrong, "orders", 0, "0", wrong == 0
    )
    yield figure("its pages read again, a kill", again, "pages", 0, "≤ 2", again <= 2)


def _reading() -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-m", "benchmarks.one_backfill"], stdout=subprocess.DEVNULL)
