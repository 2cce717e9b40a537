"""The latest orders, as they come in: asked for every few seconds, answered with nothing if none came."""

import hashlib
from dataclasses import dataclass

from comanda.records import orders
from comanda.records.models import Order
from comanda.web.home.asked import Wish

_MANY = 8


@dataclass(frozen=True, slots=True)
class Latest:
    """Some orders; ``mark`` stands for just these, ``newest`` is the highest id among them."""

    orders: list[Order]
    seen: int

    @property
    def mark(self) -> str:
        """Differs when any of them does."""
        said = ",".join(f"{order.pk}:{order.updated_at.timestamp()}" for order in self.orders)
        return f"{self.newest}.{hashlib.blake2b(said.encode(), digest_size=6).hexdigest()}"

    @property
    def newest(self) -> int:
        """Orders with a higher id came later."""
        return max([self.seen, *(order.pk for order in self.orders)])

    @property
    def rows(self) -> list[tuple[Order, bool]]:
        """Each order, and whether it came since the reader last looked."""
        return [(order, bool(self.seen) and order.pk > self.seen) for order in self.orders]

    @property
    def new(self) -> int:
        """How many came since."""
        return sum(is_new for _order, is_new in self.rows)


def find(wish: Wish, since: str = "") -> Latest:
    """The latest orders of a store, or of all; ``since`` is the mark that the reader has."""
    store = wish.store.key if wish.store else None
    found = orders.latest_first(store=store).select_related("store", "contact")[:_MANY]
    seen, _dot, _rest = since.partition(".")
    return Latest(list(found), int(seen) if seen.isdecimal() and len(seen) < 19 else 0)
