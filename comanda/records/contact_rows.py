"""Contacts as a list shows them, with what they bought, their tags and lists: read for a page at a time."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from comanda.records import database
from comanda.records.models import Contact


@dataclass(frozen=True, slots=True)
class Figures:
    """Of all orders: ``orders`` and ``last_order_at``. ``revenue``: of completed ones, by currency."""

    orders: int
    last_order_at: datetime | None
    revenue: tuple[tuple[str, Decimal], ...]


NONE = Figures(0, None, ())


@dataclass(frozen=True, slots=True)
class Row:
    """A contact with what lies in other tables."""

    contact: Contact
    figures: Figures
    tags: Sequence[str]
    lists: Sequence[str]


def of(contacts: Sequence[Contact]) -> list[Row]:
    """The same contacts in the same order."""
    ids = [contact.pk for contact in contacts]
    bought, tags, lists = figures(ids), _names(_TAGS, ids), _names(_LISTS, ids)
    return [
        Row(each, bought.get(each.pk, NONE), tags.get(each.pk, []), lists.get(each.pk, []))
        for each in contacts
    ]


_FIGURES = """
SELECT c.id, o.currency, o.orders, o.last_order_at, o.revenue
FROM unnest(%(ids)s::bigint[]) AS c(id)
CROSS JOIN LATERAL (
    SELECT currency, count(*) AS orders, max(placed_at) AS last_order_at,
           sum(total - refund_total) FILTER (WHERE status = 'completed') AS revenue
    FROM orders WHERE contact_id = c.id GROUP BY currency
) o
ORDER BY c.id, o.currency
"""


def figures(contact_ids: Sequence[int]) -> dict[int, Figures]:
    """The figures of each contact who has orders."""
    with database.cursor() as cursor:
        cursor.execute(_FIGURES, {"ids": list(contact_ids)})
        rows = cursor.fetchall()
    found: dict[int, Figures] = {}
    for contact_id, currency, orders, last_order_at, revenue in rows:
        so_far = found.get(contact_id, NONE)
        earned = () if revenue is None else ((currency, revenue),)
        last = max(filter(None, (so_far.last_order_at, last_order_at)))
        found[contact_id] = Figures(so_far.orders + orders, last, so_far.revenue + earned)
    return found


_TAGS = """
SELECT m.contact_id, t.name FROM contact_tag m JOIN tag t ON t.id = m.tag_id
WHERE m.contact_id = ANY(%(ids)s) ORDER BY t.name
"""
_LISTS = """
SELECT m.contact_id, l.name FROM list_member m JOIN list l ON l.id = m.list_id
WHERE m.contact_id = ANY(%(ids)s) ORDER BY l.name
"""


def _names(question: str, contact_ids: Sequence[int]) -> dict[int, list[str]]:
    found: defaultdict[int, list[str]] = defaultdict(list)
    with database.cursor() as cursor:
        cursor.execute(question, {"ids": list(contact_ids)})
        for contact_id, name in cursor.fetchall():
            found[contact_id].append(name)
    return found
