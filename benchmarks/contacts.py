"""The pages of contacts, and the search, over a made-up crowd: a million contacts with five million orders.

Each page is asked for within this process, with all that the server does for it but the network.
"""

import time
from collections.abc import Iterable, Iterator, Sequence
from itertools import product
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.test import Client

from benchmarks import crowd
from benchmarks.measure import Measure, figure
from comanda.records.models import Role, User

_GOAL = 100
_ROUNDS = 3

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
    yield from measure_pages()


def measure_pages() -> Iterator[Measure]:
    """The same over the crowd that is there."""
    client = _signed_in()
    frame = _p95(client, ["/search"])
    lists = [f"/contacts?{narrowed}&sort={sort}" for narrowed, sort in product(_NARROWED, _SORTS)]
    searches = [f"/contacts?q={typed}" for typed in _TYPED] + [f"/search?q={typed}" for typed in _TYPED]
    for what, paths in (
        ("contact list, any filter and order", lists),
        ("search of contacts, orders and products", searches),
        ("contact profile, orders and activity", list(_profiles())),
    ):
        took = _p95(client, paths)
        yield figure(
            f"{what}: 95 of 100 pages within", took, "ms", frame, f"≤ {_GOAL} ms of server", took <= _GOAL
        )


def _profiles() -> Iterator[str]:
    """Of all sorts of people, and of those who bought most."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(id) FROM contact")
        most = cursor.fetchall()[0][0]
        cursor.execute(
            "SELECT contact_id FROM orders WHERE contact_id IS NOT NULL"
            " GROUP BY contact_id ORDER BY count(*) DESC LIMIT 5"
        )
        best = [row[0] for row in cursor.fetchall()]
    for contact_id in [1 + most * step // 40 for step in range(40)] + best:
        yield f"/contacts/{contact_id}"
        yield f"/contacts/{contact_id}?tab=activity"


def _signed_in() -> Client:
    settings.ALLOWED_HOSTS.append("testserver")
    user, _ = User.objects.get_or_create(email="bench@example.com", defaults={"role": Role.OWNER})
    client = Client(headers={"accept": "text/html"})
    client.force_login(user)
    return client


def _p95(client: Client, paths: Sequence[str]) -> float:
    """Milliseconds within which 95 of 100 are there. Of the times each is asked for, the best counts."""
    best = sorted(min(_times(client, path)) for path in paths)
    return best[min(int(len(best) * 0.95), len(best) - 1)]


def _times(client: Client, path: str) -> Iterable[float]:
    for _ in range(_ROUNDS):
        started = time.perf_counter()
        answer = client.get(path)
        took = (time.perf_counter() - started) * 1000
        if answer.status_code != 200:
            raise SystemExit(f"{path} answered {answer.status_code}")
        yield took
