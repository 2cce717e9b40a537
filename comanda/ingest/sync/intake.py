"""Records of a shop brought through the door; what cannot be read, or is refused, is kept in the inbox.

Nothing is dropped: of every record that a shop gives, either the door took it, or a row of the inbox holds
its payload and says why not. Once it is read after all, that row is done.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import Any

import orjson
from django.db import IntegrityError
from psycopg import Cursor

from comanda.connectors.base import Connector, Page, Raw, Resource, Shape
from comanda.connectors.careful import UNREADABLE, in_detail
from comanda.connectors.errors import SkipRecord
from comanda.ingest.upsert import Cause, Checked, StoreRef, check, upsert
from comanda.records import stores
from comanda.records.models import Connection, Store
from comanda.records.stores import StoreClosed
from comanda.shapes import CartIn, ContactIn, OrderIn, OrderStatus, Outcome, Problem, ProductIn, Result

AT_ONCE = 10_000
FRESH = timedelta(days=3)
"""How old what happened may be, to be told as news when it is heard of late."""
_SECONDS_OF_SHOPS = timedelta(minutes=1)
"""Shops tell times to the second, by clocks of their own."""
REFUSALS = ("refused", "refused_empty")
"""Codes of what could be read, and broke a rule of the door."""
_ORDER_OF_KINDS = (ProductIn, ContactIn, CartIn, OrderIn)
_KEEP = """
INSERT INTO inbox (store_id, kind, external_id, source, delivery, body, state, error_code,
                   error_facts, tries)
SELECT %(store_id)s, kind, external_id, %(source)s, 'failed ' || kind || ' ' || external_id, body, 'failed',
       code, facts::jsonb, 1
FROM unnest(%(kinds)s::text[], %(ids)s::text[], %(bodies)s::bytea[], %(codes)s::text[], %(facts)s::text[])
     AS lost(kind, external_id, body, code, facts)
ON CONFLICT (store_id, delivery) DO UPDATE SET
    body = EXCLUDED.body, error_code = EXCLUDED.error_code, error_facts = EXCLUDED.error_facts,
    state = 'failed', tries = inbox.tries + 1
"""
_DONE = """
UPDATE inbox SET state = 'done', error_code = '', error_facts = '{}'
WHERE store_id = %(store_id)s AND state = 'failed' AND kind = %(kind)s AND external_id = ANY(%(ids)s)
"""

Also = Callable[[Cursor[Any]], None]


@dataclass(frozen=True, slots=True)
class Lost:
    """A record that did not come in: its payload, and why, as the code of a sentence and its facts."""

    kind: str
    id: str
    body: bytes
    code: str
    facts: Mapping[str, str]


@dataclass(slots=True)
class Taken:
    """What became of some records: how many of each outcome, and those lost."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    lost: list[Lost] = field(default_factory=list)

    def add(self, other: "Taken") -> None:
        """Counts another batch in."""
        self.created += other.created
        self.updated += other.updated
        self.unchanged += other.unchanged
        self.lost += other.lost


@dataclass(slots=True)
class Read:
    """Records read: the shapes of each, looked at for the door, and those that could not be."""

    shapes: list[tuple[Shape, str, Raw]] = field(default_factory=list)
    checked: list[Checked] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    lost: list[Lost] = field(default_factory=list)


def ref(store: Store) -> StoreRef:
    """What the door needs of a store."""
    return StoreRef(store.pk, store.key, store.country, store.contact_list_id)


def read(store: Store, connector: Connector, resource: Resource, raws: Iterable[Raw]) -> Read:
    """The shapes of records, statuses as the store's map has them."""
    found = Read()
    for raw in raws:
        record = ""
        try:
            record = connector.id_of(resource, raw)
            shapes = connector.shapes(resource, raw)
        except SkipRecord as error:
            found.lost.append(_lost(resource, record, raw, error.code, error.facts))
        except UNREADABLE as error:
            found.lost.append(_lost(resource, record, raw, "unreadable", {"what": in_detail(error)}))
        else:
            found.ids.append(record)
            for shape in shapes:
                _complete(shape, raw, store.status_map)
                found.shapes.append((shape, record, raw))
    found.shapes.sort(key=lambda each: _ORDER_OF_KINDS.index(type(each[0])))
    found.checked = [check(shape) for shape, _, _ in found.shapes]
    return found


def read_page(store: Store, connector: Connector, resource: Resource, page: Page) -> Read:
    """The records of a page; those that the shop could not give are lost too."""
    found = read(store, connector, resource, page.items)
    found.lost += [
        Lost(resource.value, key, b"", "stumbled", {"what": reason}) for key, reason in page.lost.items()
    ]
    return found


def _complete(shape: Shape, raw: Raw, status_map: dict[str, str]) -> None:
    if isinstance(shape, OrderIn):
        mapped = status_map.get(shape.source_status)
        if mapped:
            shape.status = OrderStatus(mapped)
    if isinstance(shape, OrderIn | CartIn):
        shape.raw = payload(raw)


def payload(raw: Raw) -> bytes:
    """The record as JSON again."""
    return orjson.dumps(raw, option=orjson.OPT_NON_STR_KEYS, default=str)


def _lost(resource: Resource, record: str, raw: Raw, code: str, facts: Mapping[str, str]) -> Lost:
    body = payload(raw)
    name = record or blake2b(body, digest_size=12).hexdigest()
    return Lost(resource.value, name, body, code, facts)


def take(
    store: Store,
    connector: Connector,
    resource: Resource,
    raws: Sequence[Raw],
    cause: Cause,
    also: Also | None = None,
) -> Taken:
    """Brings records in; ``also`` is done in the transaction of the last of them."""
    return write(store, resource, read(store, connector, resource, raws), cause, also)


def write(store: Store, resource: Resource, found: Read, cause: Cause, also: Also | None = None) -> Taken:
    """The same for records that were read already. Raises StoreClosed."""
    taken = Taken()

    def last(cursor: Cursor[Any], results: list[Result]) -> None:
        taken.lost = found.lost + _refused(resource, found, results)
        keep(cursor, store, cause.source, taken.lost)
        refused = {lost.id for lost in taken.lost}
        done = [record for record in found.ids if record not in refused]
        cursor.execute(_DONE, {"store_id": store.pk, "kind": resource.value, "ids": done})
        if also:
            also(cursor)

    _expect_open(store)
    if cause.live:
        cause = replace(cause, news_since=_news_since(store))
    try:
        results = upsert(ref(store), found.checked, cause, last)
    except IntegrityError:
        _expect_open(store)  # it may have been deleted between the look and the writing
        raise
    for (shape, _, _), result in zip(found.shapes, results, strict=True):
        if _counts(resource, shape):
            taken.created += result.outcome is Outcome.CREATED
            taken.updated += result.outcome is Outcome.UPDATED
            taken.unchanged += result.outcome is Outcome.UNCHANGED
    return taken


def _news_since(store: Store) -> datetime:
    """What was before the store was connected, or is long over, is no news, for an audit may find it late."""
    now = datetime.now(UTC)
    connected = Connection.objects.filter(store_id=store.pk).values_list("connected_at", flat=True).first()
    return max((connected or now) - _SECONDS_OF_SHOPS, now - FRESH)


def _expect_open(store: Store) -> None:
    """Raises StoreClosed for a store that was archived or deleted while its shop was read."""
    row = Store.objects.filter(id=store.pk).first()
    if row is None:
        raise StoreClosed(f"The store {store.key} was deleted.")
    stores.check_open(row)


_KINDS = {
    Resource.PRODUCTS: ProductIn,
    Resource.CUSTOMERS: ContactIn,
    Resource.ORDERS: OrderIn,
    Resource.CARTS: CartIn,
}


def _counts(resource: Resource, shape: Shape) -> bool:
    return isinstance(shape, _KINDS[resource])


def _refused(resource: Resource, found: Read, results: list[Result]) -> list[Lost]:
    """Contacts without an identity are no loss: they are guests of their orders."""
    lost = []
    for (shape, record, raw), result in zip(found.shapes, results, strict=True):
        if result.outcome is Outcome.REFUSED and not isinstance(shape, ContactIn):
            lost.append(_lost(resource, record, raw, *_why(result.problems)))
    return lost


def _why(problems: Sequence[Problem]) -> tuple[str, Mapping[str, str]]:
    """What the door has against a record: the first thing in words, all of it in detail."""
    first = problems[0]
    what = "; ".join(f"{each.field}: expected {each.expected}" for each in problems)
    code = "refused" if first.value.strip() else "refused_empty"
    return code, {"part": first.field, "value": first.value, "what": what}


def clean(facts: Mapping[str, str]) -> dict[str, str]:
    """Facts as they can be stored, whatever the shop put into them."""
    return {name: _fit(value) for name, value in facts.items()}


def _fit(value: str) -> str:
    return value[:1000].replace("\0", "\N{SYMBOL FOR NULL}").encode("utf-8", "replace").decode()


def keep(cursor: Cursor[Any], store: Store, source: str, lost: Sequence[Lost]) -> None:
    """Puts what did not come in into the inbox, each record once."""
    once = list({(each.kind, each.id): each for each in lost}.values())
    if once:
        cursor.execute(
            _KEEP,
            {
                "store_id": store.pk,
                "source": source,
                "kinds": [each.kind for each in once],
                "ids": [each.id for each in once],
                "bodies": [each.body for each in once],
                "codes": [each.code for each in once],
                "facts": [orjson.dumps(clean(each.facts)).decode() for each in once],
            },
        )
