"""Pages of orders, products, tags, lists and fields over a made-up crowd: ``python -m benchmarks.catalog``.

It asks the crowd in the database of ``COMANDA_DATA`` or ``COMANDA_DATABASE_URL``, which ``benchmarks.crowd``
makes. Each page is asked for within this process, as the server asks for it: sign-in, middleware, database,
template.
"""

import os
import time
from collections.abc import Iterator, Sequence
from importlib import import_module
from itertools import product

import django
from django.conf import settings
from django.db import connection
from django.test import Client

from benchmarks.measure import Measure, figure, show

_GOAL = 100
_ROUNDS = 3
_ORDERS = (
    "", "status=completed", "status=unknown", "status=pending&status=created", "store=crowd-paris",
    "store=crowd-lisboa&status=canceled", "currency=BRL", "from=2024-01-01&to=2024-01-31", "buyer=guest",
    "buyer=known&store=crowd-porto", "refund=yes", "refund=yes&store=crowd-paris", "coupon=*",
    "coupon=WELCOME10", "coupon=NOPE", "coupon=WELCOME10&status=pending", "q=1", "q=1000123", "q=%2310001234",
    "buyer=guest&status=unknown",
)  # fmt: skip
_PRODUCTS = (
    "", "q=lantern", "q=antern+12", "q=SKU-299", "q=nothing", "store=crowd-paris", "category=Mug",
    "store=crowd-porto&category=Bowl&q=red",
)  # fmt: skip
_SORTS = ("newest", "name", "name-down", "sold", "sold-up", "buyers", "revenue-EUR", "revenue-GBP-up")
_GROUPS = ("/tags", "/tags/1", "/tags/30", "/lists", "/lists/1", "/fields")


def measure_pages() -> Iterator[Measure]:
    """Lists in every way that is offered, and the page of one."""
    client = _signed_in()
    frame = _p95(client, ["/settings/profile"])
    for what, paths in _pages().items():
        took = _p95(client, paths)
        yield figure(f"{what}: 95 of 100 within", took, "ms", frame, f"≤ {_GOAL} ms of server", took <= _GOAL)


def _pages() -> dict[str, Sequence[str]]:
    products = _spread("product", 20)
    return {
        "order list, any filter": [
            f"/orders?{narrowed}&sort={sort}" for narrowed, sort in product(_ORDERS, ("latest", "oldest"))
        ],
        "page of an order": [f"/orders/{each}" for each in _spread("orders", 40)],
        "product list, any filter and order": [
            f"/products?{narrowed}&sort={sort}" for narrowed, sort in product(_PRODUCTS, _SORTS)
        ],
        "page of a product": [f"/products/{each}" for each in products],
        "what orders tell of a product, after its page": [f"/products/{each}/story" for each in products],
        "tags, lists and fields": _GROUPS,
    }


def _spread(table: str, count: int) -> list[int]:
    """Ids from the first to the last."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT max(id) FROM {table}")
        ((most,),) = cursor.fetchall()
    return [1 + most * step // count for step in range(count)]


def _signed_in() -> Client:
    models = import_module("comanda.records.models")
    settings.ALLOWED_HOSTS.append("testserver")
    user, _ = models.User.objects.get_or_create(
        email="bench@example.com", defaults={"role": models.Role.OWNER}
    )
    client = Client(headers={"accept": "text/html"})
    client.force_login(user)
    return client


def _p95(client: Client, paths: Sequence[str]) -> float:
    """Milliseconds within which 95 of 100 are there; the best of some times counts for each."""
    best = sorted(min(_took(client, path) for _ in range(_ROUNDS)) for path in paths)
    return best[min(int(len(best) * 0.95), len(best) - 1)]


def _took(client: Client, path: str) -> float:
    started = time.perf_counter()
    answer = client.get(path)
    took = (time.perf_counter() - started) * 1000
    if answer.status_code != 200:
        raise SystemExit(f"{path} answered {answer.status_code}")
    return took


def main() -> None:
    """The command line."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "comanda.settings")
    django.setup()
    with import_module("comanda.cli.database").opened():
        show(list(measure_pages()), quick=False)


if __name__ == "__main__":
    main()
