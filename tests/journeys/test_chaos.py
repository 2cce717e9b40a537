"""A shop in trouble, a Comanda that is killed again and again: in the end every order is accounted for.

History and live traffic at once, while one answer in ten fails, webhooks are lost, doubled and late, and the
whole of Comanda is killed ten times.
"""

import os
import random
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest

from comanda.lib import postgres
from tests.cli.command import Comanda
from tests.fake_shops import server
from tests.fake_shops.server import FakeShop
from tests.fake_shops.woocommerce import Fake
from tests.fake_shops.world import Stage, World

_KILLS = 10
_ORDERS = 1_200


@pytest.fixture
def shop() -> Iterator[FakeShop]:
    """A shop that fails one time in ten, and whose webhooks are not to be relied on."""
    with server.served(Fake(World(orders=_ORDERS, days=30))) as served:
        served.trouble.share = 0.1
        served.lost, served.doubled, served.delay = 0.3, 0.2, 2.0
        yield served


@contextmanager
def traffic(world: World) -> Iterator[None]:
    """People go on buying, paying, getting money back; the owner deletes an order now and then."""
    over = threading.Event()
    chance = random.Random(11)

    def live() -> None:
        while not over.wait(0.15):
            order = world.place()
            other = chance.choice(list(world.orders.values()))
            match chance.randrange(6):
                case 0 | 1:
                    world.pay(order)
                case 2:
                    world.cancel(order)
                case 3 if not other.is_gone and other.stage is not Stage.REFUNDED:
                    world.refund(other, Decimal("0.05"))
                case 4 if not other.is_gone:
                    world.ship(other)
                case 5 if chance.random() < 0.3:
                    world.delete(other)

    thread = threading.Thread(target=live, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join(10)


def await_hooks(shop: FakeShop) -> None:
    """Waits until Comanda has made its webhooks: from then on they come, whenever it lives."""
    until = time.monotonic() + 120
    while not shop.hooks:
        assert time.monotonic() < until
        time.sleep(0.2)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as door:
        return int(door.getsockname()[1])


class Living:
    """A Comanda that serves, and can be killed and started again at the same address."""

    def __init__(self, comanda: Comanda) -> None:
        self._comanda, self.port = comanda, free_port()
        self.settings = {
            "COMANDA_ALLOW_PRIVATE_HOSTS": "127.0.0.1",
            "COMANDA_PUBLIC_URL": f"http://127.0.0.1:{self.port}",
        }
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        self._process = self._comanda.start("serve", "--port", self.port, **self.settings)
        until = time.monotonic() + 90
        while time.monotonic() < until:
            try:
                if httpx.get(f"http://127.0.0.1:{self.port}/healthz", timeout=5).status_code == 200:
                    return
            except httpx.HTTPError:
                time.sleep(0.2)
        raise AssertionError("it did not start")

    def kill(self) -> None:
        assert self._process is not None
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.communicate()


def kept(data: Path) -> dict[str, tuple[str, Decimal, Decimal]]:
    """What is here, but for orders that the shop deleted."""
    with postgres.start(data) as running, psycopg.connect(running.dsn) as line:
        rows = line.execute(
            "SELECT external_id, status, total, refund_total FROM orders"
            " WHERE source_status NOT IN ('deleted', 'trash')"
        ).fetchall()
        doubled = line.execute(
            "SELECT order_id FROM activity WHERE kind = 'order_created' GROUP BY 1 HAVING count(*) > 1"
        ).fetchall()
    assert doubled == []
    return {row[0]: (row[1], row[2], row[3]) for row in rows}


def brought(data: Path, kind: str) -> int:
    """How many payloads of a kind came in."""
    with postgres.start(data) as running, psycopg.connect(running.dsn) as line:
        found = line.execute("SELECT count(*) FROM inbox WHERE kind = %(kind)s", {"kind": kind}).fetchone()
    return int(found[0]) if found else 0


def audits(comanda: Comanda, living: Living, world: World) -> dict[str, Any]:
    """The comparison of every day that the shop has orders of."""
    first = min(order.placed_at for order in world.orders.values()).date()
    done = comanda.run(
        "store", "audit", "shop", "--from", first.replace(day=1), "--to", time.strftime("%Y-%m-%d"),
        "--json", **living.settings,
    )  # fmt: skip
    assert done.stdout, done.stderr
    found: dict[str, Any] = httpx.Response(200, text=done.stdout).json()
    return found


@pytest.mark.timeout(600)
def test_every_order_is_accounted_for_after_all_that(tmp_path: Path, shop: FakeShop) -> None:
    comanda = Comanda(tmp_path / "data")
    living = Living(comanda)
    keys = [word for name, value in shop.fields().items() for word in ("--set", f"{name}={value}")]
    shop.trouble.share, share = 0.0, shop.trouble.share
    added = comanda.run(
        "store", "add", "--name", "Shop", "--platform", "woocommerce", "--url", shop.url, *keys,
        **living.settings,
    )  # fmt: skip
    assert added.returncode == 0, added.stderr
    shop.trouble.share = share
    chance = random.Random(5)

    with traffic(shop.world):
        for number in range(_KILLS):
            living.start()
            if number == 0:
                await_hooks(shop)
            time.sleep(chance.uniform(0.5, 5.0))
            living.kill()
    shop.settle()
    shop.trouble.share = 0.0
    assert brought(comanda.data, "webhook") > 0
    assert brought(comanda.data, "order") > 0
    done = comanda.run("store", "sync", "shop", "--wait", "--json", **living.settings)

    assert done.returncode == 0, done.stderr
    found = audits(comanda, living, shop.world)
    assert found["complete"], found
    reasons = {each["reason"] for day in found["days"] for each in day["differences"]}
    assert reasons <= {"deleted_there"}  # found by the audit itself, and put right
    assert kept(comanda.data) == shop.world.truth().orders
