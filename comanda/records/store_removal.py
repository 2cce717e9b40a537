"""A store taken away with all that it brought; the people stay.

Goes in steps, each a transaction with the door closed for a moment, so that a store of any size goes while
the others work on. Who is cut off goes on by doing it again: what is gone is gone.

The activity of its orders and carts goes too: their place is no more. What the store told of people
(contacts made, tags, lists) stays, as of no store. One ``store_removed`` tells those who read the log to drop
whatever they keep of the store. Tombstones stay: erased people are known again by e-mail and phone whatever
store brings them.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from django.db import connection, transaction
from django.db.models.functions import Now
from psycopg import Cursor
from psycopg.types.json import Jsonb

from comanda.records import audit, database, locks
from comanda.records.models import UNFINISHED, Import, ImportState, Store

Tell = Callable[[int, int], None]
"""Told how many rows are looked at, and of about how many."""

T = TypeVar("T")
_STEP = 5_000
_SMALL, _SHORT = 2_000, 500_000
_DELETED = "Its store was deleted."


@dataclass(frozen=True, slots=True)
class Contents:
    """What goes with a store, counted; ``running`` are imports not ended, ``activity`` about all there is."""

    orders: int
    products: int
    carts: int
    imports: int
    running: int
    activity: int

    @property
    def is_small(self) -> bool:
        """Whether it is gone within a request."""
        records = max(self.orders, self.products, self.carts)
        return records <= _SMALL and self.activity <= _SHORT and not self.running


_CONTENTS = """
SELECT (SELECT count(*) FROM orders WHERE store_id = %(store)s),
       (SELECT count(*) FROM product WHERE store_id = %(store)s),
       (SELECT count(*) FROM cart WHERE store_id = %(store)s),
       (SELECT count(*) FROM import WHERE store_id = %(store)s AND NOT dry_run),
       (SELECT count(*) FROM import WHERE store_id = %(store)s AND state = ANY(%(unfinished)s)),
       (SELECT COALESCE(max(id), 0) FROM activity)
"""


def contents(store: Store) -> Contents:
    """What deleting the store takes away."""
    with connection.cursor() as cursor:
        cursor.execute(_CONTENTS, {"store": store.pk, "unfinished": list(UNFINISHED)})
        return Contents(*cursor.fetchone())


def begin(store: Store, going: Contents, actor: str) -> bool:
    """Closes the store for good and stops its imports; False when that was done before.

    To be called in the transaction that hands the rest to a worker, or does it.
    """
    if not Store.objects.filter(id=store.pk, removal_asked_at=None).update(removal_asked_at=Now()):
        return False
    Import.objects.filter(store=store, state__in=UNFINISHED).update(
        state=ImportState.FAILED, error=_DELETED, finished_at=Now()
    )
    audit.note(
        actor,
        "store.delete",
        f"store {store.key}",
        name=store.name,
        orders=going.orders,
        products=going.products,
        carts=going.carts,
        imports=going.imports,
    )
    return True


_BRANCHES = {
    "orders": ("order_line", "refund"),
    "cart": ("cart_line",),
    "product": ("product_sales", "product_revenue"),
}
"""Table → tables whose rows hang on its rows."""
_PARENT = {
    "order_line": "order_id",
    "refund": "order_id",
    "cart_line": "cart_id",
    "product_sales": "product_id",
    "product_revenue": "product_id",
}
_NEXT = """
SELECT id, external_id FROM {table} WHERE store_id = %(store)s AND external_id > %(after)s
ORDER BY external_id LIMIT %(step)s
"""
_FLAT = {
    "contact_identity": "kind = 'customer' AND store_id = %(store)s",
    "import_problem": "import_id = ANY(SELECT id FROM import WHERE store_id = %(store)s)",
    "import_write": "import_id = ANY(SELECT id FROM import WHERE store_id = %(store)s)",
    "inbox": "store_id = %(store)s",
    "shop_call": "store_id = %(store)s",
    "audit_day": "store_id = %(store)s",
    "sync": "store_id = %(store)s",
    "connection": "store_id = %(store)s",
    "import_draft": "store_id = %(store)s",
    "import": "store_id = %(store)s",
}
"""Table → which of its rows go, in this order: what imports wrote goes before the imports."""
_SOME = "DELETE FROM {table} WHERE ctid = ANY(ARRAY(SELECT ctid FROM {table} WHERE {own} LIMIT %(step)s))"
_OF_RECORDS = """
DELETE FROM activity
WHERE id > %(after)s AND id <= %(to)s AND store_id = %(store)s
AND (order_id IS NOT NULL OR cart_id IS NOT NULL)
"""
_OF_PEOPLE = """
UPDATE activity SET store_id = NULL WHERE id > %(after)s AND id <= %(to)s AND store_id = %(store)s
"""
_LIGHTER = 20
"""An activity looked at is so much less work than an order deleted."""
_ACTIVITY_STEP = _LIGHTER * _STEP
_NOTICE = """
INSERT INTO activity (kind, store_id, at, live, data)
VALUES ('store_removed', %(store)s, now(), false, %(data)s)
"""


def carry_out(store_id: int, tell: Tell) -> None:
    """Takes away the rest of a store that was closed by ``begin``; one that is gone already is no harm."""
    store = Store.objects.filter(id=store_id).first()
    if store is None:
        return
    going = contents(store)
    total = going.orders + going.products + going.carts + going.activity // _LIGHTER
    done = 0
    last = _alone(_last_activity)
    for rows in _steps(store_id, 0, last):
        done += rows
        tell(min(done, total), total)
    _end(store, last)


def _last_activity(cursor: Cursor[Any]) -> int:
    """With the door closed: then nobody has a smaller id in hand."""
    cursor.execute("SELECT COALESCE(max(id), 0) FROM activity")
    return int(cursor.fetchall()[0][0])


def _steps(store_id: int, since: int, until: int) -> Iterator[int]:
    """Does all but the store itself; gives for each step how much it was about.

    ``since`` and ``until`` are the ids between which to look for its activity.
    """
    for table in _BRANCHES:
        after: str | None = ""
        while after is not None:
            count, after = _alone(partial(_cut, table=table, store_id=store_id, after=after))
            yield count
    for table in _FLAT:
        while _alone(partial(_thin, table=table, store_id=store_id)):
            yield 0
    for start in range(since, until, _ACTIVITY_STEP):
        _alone(partial(_quieten, store_id=store_id, after=start, to=start + _ACTIVITY_STEP))
        yield _ACTIVITY_STEP // _LIGHTER


def _alone(step: Callable[[Cursor[Any]], T]) -> T:
    """A step in a transaction of its own, with the door closed."""
    with transaction.atomic(), database.cursor() as cursor:
        locks.close_door(cursor)
        return step(cursor)


def _cut(cursor: Cursor[Any], table: str, store_id: int, after: str) -> tuple[int, str | None]:
    """Deletes the next records with what hangs on them; how many, and the shop's id of the last."""
    asked = {"store": store_id, "after": after, "step": _STEP}
    found = cursor.execute(_NEXT.format(table=table), asked).fetchall()
    if not found:
        return 0, None
    ids = {"ids": [row[0] for row in found]}
    for branch in _BRANCHES[table]:
        cursor.execute(f"DELETE FROM {branch} WHERE {_PARENT[branch]} = ANY(%(ids)s)", ids)
    cursor.execute(f"DELETE FROM {table} WHERE id = ANY(%(ids)s)", ids)
    return len(found), found[-1][1]


def _thin(cursor: Cursor[Any], table: str, store_id: int) -> int:
    """Deletes some rows; how many."""
    own = _FLAT[table]
    cursor.execute(_SOME.format(table=table, own=own), {"store": store_id, "step": 10 * _STEP})
    return cursor.rowcount


def _quieten(cursor: Cursor[Any], store_id: int, after: int, to: int) -> None:
    asked = {"store": store_id, "after": after, "to": to}
    cursor.execute(_OF_RECORDS, asked)
    cursor.execute(_OF_PEOPLE, asked)


def _end(store: Store, since: int) -> None:
    """What came in at the last moment goes with the store itself, in one transaction."""
    with transaction.atomic(), database.cursor() as cursor:
        locks.close_door(cursor)
        for _ in _steps(store.pk, since, _last_activity(cursor)):
            pass
        cursor.execute(_NOTICE, {"store": store.pk, "data": Jsonb({"key": store.key, "name": store.name})})
        cursor.execute("DELETE FROM store WHERE id = %(store)s", {"store": store.pk})
