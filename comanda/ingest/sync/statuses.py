"""The status map of a store: every word of the shop's, and which of the five it means.

The owner's choice stands in the store's ``status_map``; for all other words the platform's own table decides.
A change re-derives all orders that carry the word, a batch at a time; that is no news.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Count

from comanda.connectors import registry
from comanda.connectors.base import Connector
from comanda.ingest.sync import gone
from comanda.records import connections, database, locks, progress
from comanda.records.models import Connection, Order, Store
from comanda.shapes import OrderStatus

_AT_ONCE = 5_000
_DERIVE = """
WITH wrong AS (
    SELECT o.id, o.status FROM orders o
    JOIN unnest(%(words)s::text[], %(statuses)s::text[]) AS map(word, status)
      ON o.source_status = map.word AND o.status <> map.status
    WHERE o.store_id = %(store_id)s AND o.id > %(after)s ORDER BY o.id LIMIT %(limit)s FOR NO KEY UPDATE OF o
), changed AS (
    UPDATE orders o SET status = map.status, updated_at = now()
    FROM wrong, unnest(%(words)s::text[], %(statuses)s::text[]) AS map(word, status)
    WHERE o.id = wrong.id AND o.source_status = map.word
    RETURNING o.id, o.contact_id, wrong.status AS before, o.status AS after
)
INSERT INTO activity (kind, contact_id, store_id, order_id, at, live, data)
SELECT 'order_updated', contact_id, %(store_id)s, id, now(), false,
       jsonb_build_object('changes', jsonb_build_object('status', jsonb_build_array(before, after)))
FROM changed RETURNING order_id
"""


@dataclass(frozen=True, slots=True)
class Word:
    """A word of the shop's: what it is called, what it means here, and how many orders carry it."""

    word: str
    label: str
    status: OrderStatus
    usual: OrderStatus
    orders: int

    @property
    def is_chosen(self) -> bool:
        """Whether the owner decided otherwise than the platform's table."""
        return self.status is not self.usual


def task(store: Store) -> str:
    """The name under which the progress of a change shows."""
    return f"statuses {store.pk}"


def fetch(store: Store, connector: Connector) -> None:
    """Keeps what the shop calls its statuses. Raises ShopError."""
    told = {each.word: {"label": each.label, "status": each.status.value} for each in connector.statuses()}
    Connection.objects.filter(store_id=store.pk).update(statuses=told)


def words(store: Store) -> list[Word]:
    """All words that the shop lists or that its orders carry, the most used first."""
    connection = connections.find(store)
    listed: Mapping[str, Mapping[str, str]] = connection.statuses if connection else {}
    counts = dict(
        Order.objects.filter(store=store)
        .exclude(source_status=gone.WORD)
        .values_list("source_status")
        .annotate(Count("id"))
    )
    kind = registry.all_platforms().get(store.platform)
    found = []
    for word in {*listed, *counts} - {""}:
        told = listed.get(word, {})
        usual = OrderStatus(told["status"]) if told else usual_status(kind, word)
        chosen = store.status_map.get(word)
        status = OrderStatus(chosen) if chosen else usual
        found.append(Word(word, told.get("label") or word, status, usual, counts.get(word, 0)))
    return sorted(found, key=lambda each: (-each.orders, each.label))


def usual_status(kind: type[Connector] | None, word: str) -> OrderStatus:
    """What the platform's table says, without asking the shop."""
    return kind.usual(word) if kind else OrderStatus.UNKNOWN


def derive(store: Store) -> int:
    """Gives all orders the status that their word means now; returns how many that changed.

    It may be begun again at any point.
    """
    map_ = {each.word: each.status.value for each in words(store)}
    after, count = 0, 0
    total = _wrong(store, map_)
    with progress.shown(task(store)) as tell:
        while changed := _batch(store, map_, after):
            after, count = max(changed), count + len(changed)
            tell("orders", count, total)
    return count


def _wrong(store: Store, map_: Mapping[str, str]) -> int:
    """How many orders are to be given another status."""
    carried = Order.objects.filter(store=store).values_list("source_status", "status").annotate(Count("id"))
    return sum(count for word, status, count in carried if map_.get(word, status) != status)


def _batch(store: Store, map_: Mapping[str, str], after: int) -> list[int]:
    with transaction.atomic(), database.cursor() as cursor:
        locks.enter_door(cursor)
        cursor.execute(
            _DERIVE,
            {
                "words": list(map_),
                "statuses": list(map_.values()),
                "store_id": store.pk,
                "after": after,
                "limit": _AT_ONCE,
            },
        )
        return [row[0] for row in cursor.fetchall()]
