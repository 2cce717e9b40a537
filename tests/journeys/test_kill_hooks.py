"""kill -9 while webhooks come in: each that was acknowledged is there, once."""

import json
import random
import socket
import threading
import time
from pathlib import Path
from urllib.parse import urlencode

import httpx
import psycopg
import pytest

from comanda.lib import postgres
from tests.cli.command import Comanda, kill
from tests.fake_shops import server
from tests.fake_shops.tray import Fake
from tests.fake_shops.world import World

_KILLS, _SENDERS = 4, 6
_ALLOWED = {"COMANDA_ALLOW_PRIVATE_HOSTS": "127.0.0.1"}
_KEPT = "SELECT convert_from(body, 'UTF8') FROM inbox WHERE kind = 'webhook'"


@pytest.fixture
def comanda(tmp_path: Path) -> Comanda:
    """One with a Tray, whose webhooks anyone may send who knows the address."""
    found = Comanda(tmp_path / "data")
    with server.served(Fake(World(orders=1, days=1))) as shop:
        keys = [word for name, value in shop.fields().items() for word in ("--set", f"{name}={value}")]
        added = found.run(
            "store", "add", "--name", "tray", "--platform", "tray", "--url", shop.url, *keys, **_ALLOWED
        )
    assert added.returncode == 0, added.stderr
    return found


class Senders:
    """They send one webhook after another, each another one, and note those that were acknowledged."""

    def __init__(self) -> None:
        self.acknowledged: list[str] = []
        self._numbers = iter(range(1_000_000))
        self._guard = threading.Lock()

    def send(self, url: str, over: threading.Event) -> None:
        """Until the server is no more."""
        with httpx.Client(timeout=10) as web:
            while not over.is_set():
                with self._guard:
                    body = urlencode(
                        {"scope_id": next(self._numbers), "scope_name": "order", "act": "update"}
                    )
                try:
                    answer = web.post(url, content=body)
                except httpx.HTTPError:
                    time.sleep(0.02)
                    continue
                if answer.status_code == 200:
                    self.acknowledged.append(body)


def test_all_that_was_acknowledged_is_there_once(comanda: Comanda) -> None:
    senders, chance = Senders(), random.Random(5)
    shown = comanda.run("store", "show", "tray", "--json", COMANDA_PUBLIC_URL="https://crm.example")
    path = json.loads(shown.stdout)["webhook_address"].removeprefix("https://crm.example")

    for _ in range(_KILLS):
        with socket.create_server(("127.0.0.1", 0)) as door:
            port = int(door.getsockname()[1])
        process, over = comanda.start("web", "--port", port, **_ALLOWED), threading.Event()
        so_far = len(senders.acknowledged)
        threads = [
            threading.Thread(target=senders.send, args=(f"http://127.0.0.1:{port}{path}", over))
            for _ in range(_SENDERS)
        ]
        for thread in threads:
            thread.start()
        until = time.monotonic() + 60
        while len(senders.acknowledged) < so_far + 20 and time.monotonic() < until:
            time.sleep(0.01)
        time.sleep(chance.uniform(0.0, 1.0))
        kill(process)
        over.set()
        for thread in threads:
            thread.join()
        assert len(senders.acknowledged) >= so_far + 20

    with postgres.start(comanda.data) as running, psycopg.connect(running.dsn) as line:
        kept = [row[0] for row in line.execute(_KEPT).fetchall()]
    assert len(kept) == len(set(kept))
    assert set(senders.acknowledged) <= set(kept)
