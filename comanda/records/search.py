"""Contacts, orders and products found by what someone types into the search of every page."""

from collections.abc import Sequence
from dataclasses import dataclass

from comanda.records import contact_rows, contact_search, order_list, product_list
from comanda.records.contact_rows import Row
from comanda.records.models import Order, Product
from comanda.records.order_filters import Wanted

LONGEST = 200


@dataclass(frozen=True, slots=True)
class Found:
    """The first few of each kind."""

    contacts: Sequence[Row]
    orders: Sequence[Order]
    products: Sequence[Product]

    @property
    def is_nothing(self) -> bool:
        """Whether nothing was found."""
        return not (self.contacts or self.orders or self.products)


def clean(text: str) -> str:
    """What of a text can be searched for; "" for nothing."""
    return " ".join(text.replace("\0", " ").split())[:LONGEST]


def search(text: str, limit: int) -> Found:
    """Contacts whose name, company, e-mail or phone begins so, orders whose number does, and products with
    these words: of each at most ``limit``, the newest first."""
    typed = clean(text)
    if not typed:
        return Found([], [], [])
    orders = order_list.Listing(Wanted({}, {}, typed)).page(order_list.Sort.LATEST, limit)
    products = product_list.page(product_list.read({"q": [typed]}), product_list.SORTS["newest"], limit)
    return Found(
        contact_rows.of(contact_search.search(typed, limit)),
        orders.orders,
        [row.product for row in products.rows],
    )
