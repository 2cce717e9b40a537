"""The pages of contacts, and the search, over a crowd: a million contacts with five million orders."""

from collections.abc import Iterator
from itertools import product
from pathlib import Path

from django.db import connection

from benchmarks import browsing, crowd
from benchmarks.measure import Measure

_NARROWED = (
    "", "tag=1", "tag=30", "list=1", "list=12", "store=1", "store=6", "marketing=yes", "marketing=no",
    "marketing=unknown", "orders=yes", "orders=no", "tag=1&list=1", "tag=30&list=12", "tag=29&tag=30",
    "store=6&list=12", "tag=1&marketing=no", "tag=30&orders=no", "orders=no&marketing=yes",
    "tag=30&list=12&marketing=no&store=6", "q=maria&tag=5",
)  # fmt: skip
_SORTS = ("newest", "oldest", "name", "name-down", "email", "last-order", "orders", "revenue-EUR")
_TYPED = (
    "m",
    "ma",
    "mar",
    "maria",
    "maria s",
    "maria silva",
    "silva",
    "joao",
    "lopez.1",
    "912",
    "+3519",
    "1000",
    "mug 1",
)


def measure(folder: Path, quick: bool) -> Iterator[Measure]:
    """The list in every way that is offered, the search as one types, and profiles."""
    crowd.meet(10 if quick else 1)
    pages = {
        "contact list, any filter and order": [
            f"/contacts?{narrowed}&sort={sort}" for narrowed, sort in product(_NARROWED, _SORTS)
        ],
        "search of contacts, orders and products": [
            f"{page}?q={typed}" for page in ("/contacts", "/search") for typed in _TYPED
        ],
        "contact profile, orders and activity": list(_profiles()),
    }
    yield from browsing.measure(pages, "/search", quick)


def _profiles() -> Iterator[str]:
    """Of all sorts of people, and of those who bought most."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT contact_id FROM orders WHERE contact_id IS NOT NULL"
            " GROUP BY contact_id ORDER BY count(*) DESC LIMIT 5"
        )
        best = [row[0] for row in cursor.fetchall()]
    for contact_id in browsing.spread("contact", 40) + best:
        yield f"/contacts/{contact_id}"
        yield f"/contacts/{contact_id}?tab=activity"
