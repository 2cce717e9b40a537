"""Pages of orders, products, tags, lists and fields over a made-up crowd."""

from collections.abc import Iterator, Sequence
from itertools import product
from pathlib import Path

from benchmarks import browsing, crowd
from benchmarks.measure import Measure

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
_AFTERWARDS = 1000
"""Milliseconds within which is there what a page asks for once it is shown."""
_GROUPS = ("/tags", "/tags/1", "/tags/30", "/lists", "/lists/1", "/fields")


def measure(folder: Path, quick: bool) -> Iterator[Measure]:
    """Lists in every way that is offered, and the page of one."""
    crowd.meet(10 if quick else 1)
    products = browsing.spread("product", 20)
    yield from browsing.measure(_pages(products), "/settings/profile", quick)
    told = {"what orders tell of a product, after its page": [f"/products/{each}/story" for each in products]}
    yield from browsing.measure(told, "/settings/profile", quick, _AFTERWARDS)


def _pages(products: Sequence[int]) -> dict[str, Sequence[str]]:
    return {
        "order list, any filter": [
            f"/orders?{narrowed}&sort={sort}" for narrowed, sort in product(_ORDERS, ("latest", "oldest"))
        ],
        "page of an order": [f"/orders/{each}" for each in browsing.spread("orders", 40)],
        "product list, any filter and order": [
            f"/products?{narrowed}&sort={sort}" for narrowed, sort in product(_PRODUCTS, _SORTS)
        ],
        "page of a product": [f"/products/{each}" for each in products],
        "tags, lists and fields": _GROUPS,
    }
