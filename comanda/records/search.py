"""Contacts, orders and products found by what someone types into the search of every page."""

from collections.abc import Sequence
from dataclasses import dataclass

from comanda.records import contact_rows, contact_search, database, folding, product_list
from comanda.records.contact_rows import Row
from comanda.records.models import Order, Product

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
    these words: of each at most ``limit``."""
    typed = clean(text)
    if not typed:
        return Found([], [], [])
    products = product_list.page(product_list.read({"q": [typed]}), product_list.SORTS["newest"], limit)
    return Found(
        contact_rows.of(contact_search.search(typed, limit)),
        _orders(typed, limit),
        [row.product for row in products.rows],
    )


_NUMBER = f'lower({folding.start("o.number")}) COLLATE "C"'
_BEGINS = f"""
(SELECT o.id, o.number FROM orders o
 WHERE o.number <> '' AND {_NUMBER} >= lower(%({{name}})s::text) COLLATE "C"
 AND {_NUMBER} < lower(%({{name}})s::text || '{folding.LAST}') COLLATE "C"
 ORDER BY {_NUMBER} LIMIT %(limit)s)
"""
_ORDERS = f"""
SELECT id FROM (
    (SELECT o.id, o.number FROM orders o
     WHERE o.store_id IN (SELECT id FROM store) AND o.external_id = %(typed)s LIMIT %(limit)s)
    UNION {_BEGINS.format(name="typed")} UNION {_BEGINS.format(name="hashed")}
) found ORDER BY length(number), number, id LIMIT %(limit)s
"""


def _orders(typed: str, limit: int) -> list[Order]:
    """Orders whose number begins so, with the ``#`` that shops put before it or not, or whose id it is.

    The shortest come first: who has typed a whole number sees its order.
    """
    with database.cursor() as cursor:
        cursor.execute(_ORDERS, {"typed": typed, "hashed": f"#{typed}", "limit": limit})
        ids = [row[0] for row in cursor.fetchall()]
    found = Order.objects.select_related("store").defer("digest", "fingerprint").in_bulk(ids)
    return [found[order_id] for order_id in ids if order_id in found]
