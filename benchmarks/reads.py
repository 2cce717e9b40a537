"""Profiles, searches and orders of a contact, read over the API among a million contacts."""

import random
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from benchmarks import crowd, load, served
from benchmarks.load import percentile
from benchmarks.measure import Measure, figure
from comanda.records import database, keys

_TIMES = 400
_GOAL = 30
_CONTACT = "SELECT * FROM contact WHERE id = %(id)s"
_ORDERS = "SELECT * FROM orders WHERE contact_id = %(id)s ORDER BY placed_at DESC, id DESC LIMIT 50"
_FOUND = """
SELECT * FROM contact_identity
WHERE store_id = 0 AND kind = 'email' AND value COLLATE "C" >= %(text)s LIMIT 50
"""


def measure(folder: Path, quick: bool) -> Iterator[Measure]:
    """A crowd, and questions about people of it: some drawn from all, more from those who bought much."""
    contacts, orders = crowd.meet(10 if quick else 1)
    people, texts = _sample(contacts, orders)
    _, key = keys.create("bench")
    sized = f"{contacts:,} contacts, {orders:,} orders"
    with served.comanda() as address:
        for name, paths, question, values in (
            ("GET a contact with totals", [f"/api/v1/contacts/{each}" for each in people], _CONTACT, people),
            ("search contacts", [f"/api/v1/contacts/search?text={text}" for text in texts], _FOUND, texts),
            ("a contact's orders", [f"/api/v1/contacts/{each}/orders" for each in people], _ORDERS, people),
        ):
            wire = [load.question(path, key) for path in paths]
            load.run(address, wire[:20], 1)
            found = load.run(address, wire, 1).percentile(0.95)
            least = percentile(list(_plain(question, values)), 0.95)
            yield figure(
                f"{name}, {sized}: 95 of 100 within", found, "ms", least, f"≤ {_GOAL} ms", found <= _GOAL
            )


def _sample(contacts: int, orders: int) -> tuple[list[int], list[str]]:
    """Ids of people to ask about, and beginnings of names and addresses as someone types them."""
    chance = random.Random(1)
    anyone = [chance.randint(1, contacts) for _ in range(_TIMES // 2)]
    bought = [chance.randint(1, orders) for _ in range(_TIMES // 2)]
    with database.cursor() as cursor:
        cursor.execute(
            "SELECT contact_id FROM orders WHERE id = ANY(%(ids)s) AND contact_id IS NOT NULL",
            {"ids": bought},
        )
        people = anyone + [row[0] for row in cursor.fetchall()]
        cursor.execute(
            "SELECT email, lower(first_name) FROM contact WHERE id = ANY(%(ids)s)", {"ids": anyone}
        )
        said = [text for row in cursor.fetchall() for text in row if text.isascii()]
    chance.shuffle(people)
    return people, [text[: chance.randint(2, 12)] for text in said]


def _plain(question: str, values: Sequence[Any]) -> Iterator[float]:
    """Seconds of the bare question each time."""
    with database.cursor() as cursor:
        for value in values:
            started = time.perf_counter()
            cursor.execute(question, {"id": value, "text": value})
            cursor.fetchall()
            yield time.perf_counter() - started
