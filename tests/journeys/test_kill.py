"""kill -9 in the middle of an import: the same command goes on, nothing is lost and nothing comes twice."""

import os
import random
import signal
import time
from pathlib import Path
from typing import Any

import psycopg
import pytest

from comanda.lib import postgres
from tests.cli.command import Comanda, kill

_ORDERS, _LINES = 6_000, 5
_KILLS = 6


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Thirty thousand lines: a few seconds of import."""
    path = tmp_path_factory.mktemp("files") / "orders.csv"
    with path.open("w") as out:
        out.write(
            "order_id,order_status,order_date,contact_identifier,product_id,product_price,product_quantity\n"
        )
        for order in range(_ORDERS):
            for line in range(_LINES):
                out.write(
                    f"{order},paid,2026-03-01 12:00,c{order % 700}@example.com,p{line},1.25,{line + 1}\n"
                )
    return path


def found(comanda: Comanda) -> dict[str, Any]:
    (store,) = comanda.ask("store", "list")
    return {key: store[key] for key in ("orders", "lines", "contacts", "products", "revenue")}


_TWICE = """
SELECT kind, count(*), count(DISTINCT coalesce(order_id, contact_id)) FROM activity GROUP BY 1 ORDER BY 1
"""


def activity(data: Path) -> list[tuple[Any, ...]]:
    """How often each kind of activity was written, and of how many records."""
    with postgres.start(data) as server, psycopg.connect(server.dsn) as line:
        return line.execute(_TWICE).fetchall()


EXPECTED = {"orders": _ORDERS, "lines": _ORDERS * _LINES, "contacts": 700, "products": _LINES,
            "revenue": {"EUR": "112500.00"}}  # fmt: skip


def test_it_goes_on_after_each_of_many_kills(tmp_path: Path, file: Path) -> None:
    comanda = Comanda(tmp_path / "data")
    comanda.run("store", "add", "--name", "Shop")
    chance = random.Random(7)

    for _ in range(_KILLS):
        process = comanda.start("import", file, "--store", "shop")
        time.sleep(chance.uniform(1.0, 2.6))
        kill(process)
    last = comanda.run("import", file, "--store", "shop", "--json")

    assert last.returncode == 0, last.stderr
    assert found(comanda) == EXPECTED
    assert activity(comanda.data) == [("contact_created", 700, 700), ("order_created", _ORDERS, _ORDERS)]


def await_writing(data: Path) -> None:
    """Waits until the import has begun to write."""
    until = time.monotonic() + 60
    with postgres.start(data) as server, psycopg.connect(server.dsn, autocommit=True) as line:
        while not line.execute("SELECT 1 FROM import WHERE state = 'writing'").fetchone():
            assert time.monotonic() < until
            time.sleep(0.01)


def test_it_brings_postgresql_back_and_finishes(tmp_path: Path, file: Path) -> None:
    comanda = Comanda(tmp_path / "data")
    comanda.run("store", "add", "--name", "Shop")
    process = comanda.start("import", file, "--store", "shop", "--json")
    await_writing(comanda.data)

    postmaster = int((comanda.data / "postgres" / "postmaster.pid").read_text().splitlines()[0])
    os.kill(postmaster, signal.SIGKILL)
    _, said = process.communicate(timeout=120)

    assert process.returncode == 0, said
    assert found(comanda) == EXPECTED
    assert activity(comanda.data)[1] == ("order_created", _ORDERS, _ORDERS)
