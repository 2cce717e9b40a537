"""kill -9 at random instants, of Comanda and at times of PostgreSQL: what was acknowledged stands, once."""

import json
import logging
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.db import connection

from benchmarks import files, floor, load, served
from benchmarks.measure import Measure, figure
from comanda.demo import shop
from comanda.records import database, keys, stores

_EVERY = 3
"""Each third kill is PostgreSQL's."""
_CONNECTIONS = 8
_LONGEST = 1.5
_STATE = "SELECT state, counts FROM import ORDER BY id DESC LIMIT 1"
_WRONG = """
SELECT (SELECT count(*) FROM unnest(%(keys)s::text[]) AS told (key)
        WHERE NOT EXISTS (SELECT FROM orders WHERE external_id = told.key)),
       (SELECT count(*) FROM orders o WHERE 2 <> (SELECT count(*) FROM order_line WHERE order_id = o.id)
        OR 1 <> (SELECT count(*) FROM activity WHERE order_id = o.id AND kind = 'order_created'))
"""


@dataclass(slots=True)
class Toll:
    """What came of all kills."""

    kills: int = 0
    lost: int = 0
    doubled: int = 0

    def tell(self, what: str) -> Measure:
        """The measure; nothing may be lost or doubled, so there is no floor but nought."""
        wrong = self.lost + self.doubled
        name = f"{what} killed at {self.kills} random instants: lost or doubled"
        return figure(name, wrong, "orders", 0, "0 orders", wrong == 0)


def measure(folder: Path, quick: bool) -> Iterator[Measure]:
    """An import, and orders by API."""
    kills = _EVERY if quick else 50
    logging.getLogger("comanda").setLevel(logging.ERROR)  # that the database is away is no news here
    yield _imports(files.part(folder, 0.1 if quick else 1), kills).tell("an import")
    yield _api(kills).tell("orders by API")


def _strike(number: int, process: subprocess.Popen[Any]) -> None:
    """Kills the process, or the PostgreSQL behind it and then the process."""
    if number % _EVERY == 0:
        file = settings.DATA_DIR / "postgres" / "postmaster.pid"
        os.kill(int(file.read_text().splitlines()[0]), signal.SIGKILL)
    process.kill()
    process.wait()
    connection.close()


def _ask(question: str, values: dict[str, Any] | None = None) -> tuple[Any, ...]:
    """The one row of an answer, once the database is there again."""

    def asked() -> tuple[Any, ...]:
        with psycopg.connect(os.environ["COMANDA_DATABASE_URL"]) as line:
            return line.execute(question, values).fetchone() or ()

    return database.outlast(asked)


def _imports(file: Path, kills: int) -> Toll:
    """One import after another, each begun again by the same command until it is through."""
    toll, chance, longest = Toll(), random.Random(2), 0.0
    _begin()
    while toll.kills < kills:
        process, started = _import(file), time.monotonic()
        try:
            process.wait(chance.uniform(0.3, longest or 600))
            longest = longest or time.monotonic() - started
            _check_whole(toll, file)
            _begin()
        except subprocess.TimeoutExpired:
            toll.kills += 1
            _strike(toll.kills, process)
            _check_part(toll)
    if _import(file).wait(600):
        raise SystemExit("The import did not go through after the last kill.")
    _check_whole(toll, file)
    return toll


def _begin() -> None:
    floor.empty()
    stores.create(**shop.STORE)


def _import(file: Path) -> subprocess.Popen[Any]:
    options = [f"--map={field}={column}" for field, column in shop.OPTIONS["mapping"].items()]
    options += [f"--set={field}={value}" for field, value in shop.OPTIONS["constants"].items()]
    return subprocess.Popen(
        [sys.executable, "-c", "from comanda.cli import main; main()", "import", str(file), "--store",
         shop.STORE["key"], "--json", *options],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=dict(os.environ),
    )  # fmt: skip


def _check_part(toll: Toll) -> None:
    """What the import says that it wrote is what there is."""
    _, counts = _ask(_STATE) or ("", {})
    told = counts["orders"]["created"] if counts else 0
    (orders,) = _ask("SELECT count(*) FROM orders")
    toll.lost += max(told - orders, 0)
    toll.doubled += max(orders - told, 0)


def _check_whole(toll: Toll, file: Path) -> None:
    with file.open(encoding="utf-8") as rows:
        expected = sum(1 for _ in rows) - 1
    state, counts = _ask(_STATE)
    orders, lines, told = _ask(
        "SELECT (SELECT count(*) FROM orders), (SELECT count(*) FROM order_line),"
        " (SELECT count(*) FROM activity WHERE kind = 'order_created')"
    )
    if state != "done" or (lines, told) != (expected, orders) or counts["orders"]["created"] != orders:
        toll.lost += max(expected - lines, 0)
        toll.doubled += max(lines - expected, 0) + abs(told - orders)


@dataclass(slots=True)
class Load:
    """Orders sent by some connections until the server is gone."""

    key: str
    acknowledged: set[str] = field(default_factory=set)
    waiting: set[str] = field(default_factory=set)
    sent: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)
    is_answered: threading.Event = field(default_factory=threading.Event)

    def send(self, address: served.Address) -> None:
        """Sends first what was not acknowledged, then new orders."""
        try:
            with socket.create_connection(address, timeout=10) as line:
                while order_id := self._next():
                    body = json.dumps(_order(order_id)).encode()
                    line.sendall(load.request("/api/v1/orders", self.key, body))
                    if not load.answer(line).startswith((b"HTTP/1.1 200", b"HTTP/1.1 201")):
                        return
                    with self.lock:
                        self.acknowledged.add(order_id)
                    self.is_answered.set()
        except OSError:
            pass

    def again(self) -> None:
        """What is not acknowledged by now is to be sent once more, as a shop does."""
        self.is_answered.clear()
        self.waiting = {f"k{number}" for number in range(self.sent)} - self.acknowledged

    def _next(self) -> str:
        with self.lock:
            if self.waiting:
                return self.waiting.pop()
            self.sent += 1
            return f"k{self.sent - 1}"


def _order(order_id: str) -> dict[str, Any]:
    who = int(order_id[1:]) % 997
    line = {"name": "Mug", "quantity": "1", "unit_price": "2.00", "total": "2.00"}
    return {
        "store": shop.STORE["key"], "order_id": order_id, "placed_at": "2026-05-01T12:00:00Z",
        "currency": "GBP", "total": "4.00", "status": "completed",
        "contact": {"email": f"buyer{who}@example.com"},
        "lines": [{"product_id": "mug", **line}, {"product_id": f"mug-{who}", **line}],
    }  # fmt: skip


def _api(kills: int) -> Toll:
    """Eight connections at once, at each kill in the middle of their requests."""
    toll, chance = Toll(), random.Random(3)
    _begin()
    _, key = keys.create("bench")
    sending = Load(key)
    while toll.kills < kills:
        process, address = served.start()
        threads = [threading.Thread(target=sending.send, args=(address,)) for _ in range(_CONNECTIONS)]
        for thread in threads:
            thread.start()
        sending.is_answered.wait(60)  # a server that has just started takes longer for its first answer
        time.sleep(chance.uniform(0, _LONGEST))
        toll.kills += 1
        _strike(toll.kills, process)
        for thread in threads:
            thread.join()
        sending.again()
        _ask("SELECT 1")
    lost, doubled = _ask(_WRONG, {"keys": sorted(sending.acknowledged)})
    toll.lost, toll.doubled = lost, doubled
    if not sending.acknowledged:
        raise SystemExit("No order was acknowledged between the kills.")
    return toll
