"""Shops in trouble, a Comanda that is killed again and again: in the end every order is accounted for.

One shop of every platform, connected by the command line. History and live traffic at once, while one answer
in ten fails, webhooks are lost, doubled and late, and the whole of Comanda is killed ten times.
"""

import json
import random
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest

from comanda.connectors.registry import all_platforms
from comanda.ingest.sync import gone
from comanda.lib import postgres
from tests.cli.command import Comanda, kill
from tests.fake_shops import server
from tests.fake_shops.registry import all_fakes
from tests.fake_shops.server import FakeShop, Trouble
from tests.fake_shops.traffic import Traffic
from tests.fake_shops.world import World

pytestmark = pytest.mark.timeout(900)
_KILLS = 10
_ORDERS = 300
_ORDERS_OF = {"tray": 60}
"""It gives an order at a time, and 2.8 a second: with more, most would come in after the last kill."""
_EVERY = 0.1
"""Seconds from one thing that happens in any of the shops to the next."""

Orders = dict[str, tuple[str, Decimal, Decimal]]
"""Status, total and refunds of each order, by the shop's id."""


@dataclass(frozen=True)
class Outcome:
    """What became of one store: what had come in when the last kill was over, and what is here in the end."""

    orders_before: int
    webhooks_before: int
    synced: dict[str, Any]
    audits: list[dict[str, Any]]
    orders: Orders
    told_twice: list[str]
    failed: list[str]
    truth: Orders


@pytest.fixture(scope="module")
def shops(seed: int) -> Iterator[dict[str, FakeShop]]:
    """One shop of each platform, whose webhooks are not to be relied on."""
    with ExitStack() as stack:
        found = {}
        for platform, kind in all_fakes().items():
            orders = _ORDERS_OF.get(platform, _ORDERS)
            shop = kind(World(orders, seed=seed, currency=kind.currency, days=5))
            shop.lost, shop.doubled, shop.delay = 0.3, 0.2, 2.0
            found[platform] = stack.enter_context(server.served(shop))
        yield found


class Living:
    """A Comanda that serves, and can be killed and started again at the same address."""

    def __init__(self, data: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as door:
            port = int(door.getsockname()[1])
        self._address = f"http://127.0.0.1:{port}"
        self._comanda, self._port = Comanda(data), port
        self._settings = {
            "COMANDA_ALLOW_PRIVATE_HOSTS": "127.0.0.1",
            "COMANDA_PUBLIC_URL": self._address,
            "COMANDA_WORKER_JOBS": "10",
        }

    def ask(self, *words: object) -> dict[str, Any]:
        """What a command says in JSON, also one that ends with 1 for what it found."""
        done = self._comanda.run(*words, "--json", **self._settings)
        assert done.stdout, (words[:3], done.stderr)
        found: dict[str, Any] = json.loads(done.stdout)
        return found

    @contextmanager
    def serving(self) -> Iterator[None]:
        """It serves, until it is killed."""
        process = self._comanda.start("serve", "--port", self._port, **self._settings)
        try:
            self._await_health()
            yield
        finally:
            kill(process)

    def _await_health(self) -> None:
        until = time.monotonic() + 90
        while time.monotonic() < until:
            try:
                if httpx.get(f"{self._address}/healthz", timeout=5).status_code == 200:
                    return
            except httpx.HTTPError:
                time.sleep(0.2)
        raise AssertionError("it did not start")

    def connect(self, shop: FakeShop) -> None:
        """Adds a store as its owner does, who also has webhooks sent to its address where only people can."""
        keys = [word for name, value in shop.fields().items() for word in ("--set", f"{name}={value}")]
        named = ("--name", shop.platform, "--platform", shop.platform, "--url", shop.url)
        self.ask("store", "add", *named, *keys)
        kind = all_platforms()[shop.platform]
        if kind.has_webhooks and not kind.makes_webhooks:
            shop.notify(self.ask("store", "show", shop.platform)["webhook_address"])


def trouble(shops: Mapping[str, FakeShop], share: float, seed: int = 0) -> None:
    """So many answers of each shop fail from now on."""
    for number, shop in enumerate(shops.values()):
        shop.trouble = Trouble(share, seed + number)


@contextmanager
def traffic(shops: Mapping[str, FakeShop], seed: int) -> Iterator[None]:
    """Business goes on in all shops."""
    chance = random.Random(seed)
    all_of_it = [Traffic(shop.world, chance) for shop in shops.values()]
    over = threading.Event()

    def go_on() -> None:
        while not over.wait(_EVERY):
            chance.choice(all_of_it).happen()

    thread = threading.Thread(target=go_on, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join(10)


def await_hooks(shops: Mapping[str, FakeShop]) -> None:
    """Waits until Comanda has made all its webhooks: from then on they come, whenever it lives."""
    until = time.monotonic() + 120
    telling = {each for each, kind in all_platforms().items() if kind.has_webhooks}
    while silent := [each for each in shops if each in telling and not shops[each].hooks]:
        assert time.monotonic() < until, f"no webhooks are made of {silent}"
        time.sleep(0.2)


def live_and_die(living: Living, shops: Mapping[str, FakeShop], seed: int) -> None:
    """It lives a few seconds, ten times."""
    chance = random.Random(seed)
    for number in range(_KILLS):
        with living.serving():
            if number == _KILLS // 2:
                await_hooks(shops)
            time.sleep(chance.uniform(0.5, 5.0))
    for shop in shops.values():
        shop.settle()


_COUNT = """
SELECT (SELECT count(*) FROM orders WHERE store_id = store.id),
       (SELECT count(*) FROM inbox WHERE store_id = store.id AND kind = 'webhook')
FROM store WHERE key = %(store)s
"""
_KEPT = """
SELECT external_id, orders.status, total, refund_total FROM orders JOIN store ON store.id = store_id
WHERE key = %(store)s AND source_status <> ALL(%(gone)s)
"""
_TWICE = """
SELECT external_id FROM activity JOIN orders ON orders.id = order_id JOIN store ON store.id = orders.store_id
WHERE key = %(store)s AND activity.kind = 'order_created' GROUP BY 1 HAVING count(*) > 1
"""
_FAILED = """
SELECT concat_ws(' ', inbox.kind, external_id, error_code, error_facts)
FROM inbox JOIN store ON store.id = store_id WHERE key = %(store)s AND state = 'failed'
"""


def settle(living: Living, shop: FakeShop) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The last sync of a store, and two audits of every day: the first finds what was deleted unheard."""
    synced = living.ask("store", "sync", shop.platform, "--wait")
    first = min(order.placed_at for order in shop.world.orders.values()) - timedelta(days=1)
    last = datetime.now(UTC) + timedelta(days=1)
    words = ("store", "audit", shop.platform, "--from", f"{first:%Y-%m-%d}", "--to", f"{last:%Y-%m-%d}")
    return synced, [living.ask(*words) for _ in range(2)]


@pytest.fixture(scope="module")
def outcomes(
    tmp_path_factory: pytest.TempPathFactory, shops: dict[str, FakeShop], seed: int
) -> dict[str, Outcome]:
    """The journey; what became of each store, by platform."""
    data = tmp_path_factory.mktemp("journey") / "data"
    living = Living(data)
    living.ask("store", "list")
    with ThreadPoolExecutor(len(shops)) as commands:
        list(commands.map(living.connect, shops.values()))
    trouble(shops, 0.1, seed)
    with traffic(shops, seed):
        live_and_die(living, shops, seed)
    trouble(shops, 0.0)
    with postgres.start(data) as running, psycopg.connect(running.dsn, autocommit=True) as line:
        before = {each: counted(line, each) for each in shops}
        with ThreadPoolExecutor(len(shops)) as commands:
            ends = list(commands.map(lambda shop: settle(living, shop), shops.values()))
        return {
            each: outcome_of(line, shops[each], before[each], *end)
            for each, end in zip(shops, ends, strict=True)
        }


def outcome_of(
    line: psycopg.Connection[Any],
    shop: FakeShop,
    before: tuple[int, int],
    synced: dict[str, Any],
    audits: list[dict[str, Any]],
) -> Outcome:
    """With what is here now; of the orders, but those that the shop deleted."""
    asked = {"store": shop.platform, "gone": [gone.WORD, *all_platforms()[shop.platform].gone_words]}
    kept = line.execute(_KEPT, asked).fetchall()
    twice, failed = (line.execute(query, asked).fetchall() for query in (_TWICE, _FAILED))
    return Outcome(
        *before, synced, audits,
        {row[0]: (row[1], row[2], row[3]) for row in kept},
        [row[0] for row in twice],
        [row[0] for row in failed],
        shop.world.truth().orders,
    )  # fmt: skip


def counted(line: psycopg.Connection[Any], platform: str) -> tuple[int, int]:
    """How many orders and webhooks are here of a store."""
    (row,) = line.execute(_COUNT, {"store": platform})
    return row[0], row[1]


@pytest.fixture(params=list(all_fakes()))
def platform(request: pytest.FixtureRequest) -> str:
    """One platform after another."""
    return str(request.param)


@pytest.fixture
def outcome(platform: str, outcomes: dict[str, Outcome]) -> Outcome:
    """What became of the platform's store."""
    return outcomes[platform]


def test_it_was_killed_in_the_midst_of_it(platform: str, outcome: Outcome) -> None:
    assert outcome.orders_before > 0
    assert (outcome.webhooks_before > 0) == all_platforms()[platform].has_webhooks


def test_it_holds_every_order_as_the_shop_does(outcome: Outcome) -> None:
    assert outcome.synced["state"] == "in_step"
    assert outcome.orders == outcome.truth


def test_it_finds_no_difference_but_orders_deleted_unheard(outcome: Outcome) -> None:
    first, last = ([each for day in audit["days"] for each in day["differences"]] for audit in outcome.audits)

    assert {each["reason"] for each in first} <= {"deleted_there"}
    assert last == []
    for audit in outcome.audits:
        assert sum(day["own_orders"] for day in audit["days"]) == len(outcome.truth)


def test_it_tells_of_each_order_once(outcome: Outcome) -> None:
    assert outcome.told_twice == []


def test_it_keeps_nothing_that_could_not_come_in(outcome: Outcome) -> None:
    assert outcome.failed == []
