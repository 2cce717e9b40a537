"""Webhooks: verified, stored, answered; then what they speak of is read again from the shop.

A webhook is a hint: late, doubled, lost or out of order, it changes nothing but when a record is read. Its
raw bytes are stored before it is answered, and many that arrive together share a commit.
"""

import logging
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2b

from django.db import transaction

from comanda.connectors import registry
from comanda.connectors.base import (
    Changed,
    Closed,
    Connector,
    Delivery,
    Event,
    Privacy,
    Raw,
    Resource,
)
from comanda.connectors.careful import UNREADABLE, in_detail
from comanda.connectors.errors import NeedsOwner, SkipRecord
from comanda.ingest.sync import gone, intake, privacy, shops
from comanda.ingest.upsert import Cause
from comanda.records import connections, database
from comanda.records.models import Connection, Inbox, InboxState, Store

log = logging.getLogger(__name__)
KIND = "webhook"
CAUSE = Cause("webhook", live=True)
_AT_ONCE = 200
_STORE = """
INSERT INTO inbox (store_id, kind, external_id, source, delivery, body, state, tries)
SELECT store_id, 'webhook', head, 'webhook', delivery, body, 'new', 0
FROM unnest(%(stores)b::bigint[], %(heads)b::text[], %(deliveries)b::text[], %(bodies)b::bytea[])
     AS came(store_id, head, delivery, body)
ON CONFLICT (store_id, delivery) DO UPDATE SET
    body = EXCLUDED.body, tries = inbox.tries + 1, state = 'new', received_at = now()
WHERE inbox.state IN ('new', 'done')
"""
"""The same again is the same row, to be worked off once more: the record may have changed since.

Arrays go over in binary (``b``), which takes half the time of writing them as text.
"""
_TAKE = """
SELECT id, external_id, body, tries FROM inbox
WHERE store_id = %(store_id)s AND kind = 'webhook' AND state = 'new'
ORDER BY received_at, id LIMIT %(limit)s FOR UPDATE SKIP LOCKED
"""
_DONE = """
UPDATE inbox SET state = 'done', error_code = '', error_facts = '{}'
FROM unnest(%(ids)s::bigint[], %(tries)s::int[]) AS worked(id, tries)
WHERE inbox.id = worked.id AND inbox.tries = worked.tries
"""
"""Rows that came once more while they were worked off stay."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A genuine delivery on its way into the inbox; ``head`` holds its headers that matter, as text."""

    store_id: int
    head: str
    delivery: str
    body: bytes


def arrival(store: Store, delivery: Delivery, connector: type[Connector]) -> Arrival:
    """The delivery as it is stored: known again by what it says, for its own id is not to be trusted."""
    head = "\n".join(
        f"{name}: {delivery.headers[name]}" for name in connector.hook_headers if name in delivery.headers
    )
    minute = datetime.now(UTC).replace(second=0, microsecond=0)
    marked = f"{head}\n{minute.isoformat()}\n".encode() + delivery.body
    return Arrival(store.pk, head, f"hook {blake2b(marked, digest_size=16).hexdigest()}", delivery.body)


def store(arrivals: Sequence[Arrival]) -> None:
    """Stores deliveries, all or none; outside of transactions they are durable once this returns.

    It is one statement, and so a transaction by itself: shops wait for this, and each round counts.
    """
    each_once = {(each.store_id, each.delivery): each for each in arrivals}.values()
    with database.cursor() as cursor:
        cursor.execute(
            _STORE,
            {
                "stores": [each.store_id for each in each_once],
                "heads": [each.head for each in each_once],
                "deliveries": [each.delivery for each in each_once],
                "bodies": [each.body for each in each_once],
            },
        )


def work(store: Store, connector: Connector) -> int:
    """Works off what is in the inbox; gives how many deliveries it was. Raises ShopError: they stay, then."""
    count = 0
    while rows := _next(store):
        count += len(rows)
        _renew_map(store)
        _work(store, connector, rows)
    return count


def _renew_map(store: Store) -> None:
    """The status map may be changed while webhooks come and come."""
    kept = Store.objects.filter(id=store.pk).values_list("status_map", flat=True).first()
    store.status_map = kept if kept is not None else store.status_map


def _next(store: Store) -> list[tuple[int, str, bytes, int]]:
    with transaction.atomic(), database.cursor() as cursor:
        cursor.execute(_TAKE, {"store_id": store.pk, "limit": _AT_ONCE})
        return [(row[0], row[1], bytes(row[2]), row[3]) for row in cursor.fetchall()]


def _work(store: Store, connector: Connector, rows: list[tuple[int, str, bytes, int]]) -> None:
    """Each row ends as done or failed; the shop is asked once for each record, whatever was said of it."""
    wanted: dict[Resource, dict[str, None]] = defaultdict(dict)
    whole: dict[Resource, dict[str, Raw]] = defaultdict(dict)
    done: dict[int, int] = {}
    for number, head, body, tries in rows:
        try:
            events = connector.events(Delivery(body, _headers(head)))
            for event in events:
                _sort_in(store, event, wanted, whole)
        except SkipRecord as error:
            _fail(number, error)
        except UNREADABLE as error:
            _fail(number, SkipRecord("unreadable", what=in_detail(error)))
        else:
            if any(isinstance(event, Privacy) for event in events):
                _forget(number)
            else:
                done[number] = tries
    for resource, records in wanted.items():
        reread(store, connector, resource, list(records), CAUSE)
    for resource, raws in whole.items():
        intake.take(store, connector, resource, list(raws.values()), CAUSE)
    with transaction.atomic(), database.cursor() as cursor:
        cursor.execute(_DONE, {"ids": list(done), "tries": list(done.values())})


def _headers(head: str) -> dict[str, str]:
    pairs = (line.partition(": ") for line in head.split("\n") if line)
    return {name: value for name, _, value in pairs}


def _sort_in(
    store: Store,
    event: Event,
    wanted: dict[Resource, dict[str, None]],
    whole: dict[Resource, dict[str, Raw]],
) -> None:
    """What is told whole is taken as it is, the latest of each record; all else is read again."""
    match event:
        case Changed(raw=raw) if raw is not None:
            whole[event.resource][event.id] = raw
        case Changed():
            wanted[event.resource][event.id] = None
        case Closed():
            shops.note(shops.connection_of(store), NeedsOwner(event.code))
        case Privacy():
            privacy.carry_out(store, event)


def _forget(number: int) -> None:
    """What was asked was carried out and stands in the audit log: of whom it was said, is not kept."""
    Inbox.objects.filter(id=number).update(state=InboxState.DONE, error_code="", error_facts={}, body=b"")


def _fail(number: int, error: SkipRecord) -> None:
    facts = intake.clean(error.facts)
    Inbox.objects.filter(id=number).update(state=InboxState.FAILED, error_code=error.code, error_facts=facts)


def reread(
    store: Store, connector: Connector, resource: Resource, ids: Sequence[str], cause: Cause
) -> intake.Taken:
    """Reads these records from the shop and brings them in; those that are not there any more are gone."""
    taken = intake.Taken()
    for start in range(0, len(ids), _AT_ONCE):
        some = list(ids[start : start + _AT_ONCE])
        raws = connector.read(resource, some)
        taken.add(intake.take(store, connector, resource, raws, cause))
        there = {connector.id_of(resource, raw) for raw in raws}
        lost = [each for each in some if each not in there]
        if lost and resource is Resource.ORDERS:
            taken.updated += gone.orders(store, lost, live=cause.live)
        elif lost and resource is Resource.PRODUCTS:
            gone.products(store, lost)
    return taken


def replay(rows: Iterable[Inbox]) -> int:
    """Puts failed deliveries back, to be worked off again."""
    return Inbox.objects.filter(id__in=[row.pk for row in rows], kind=KIND).update(state=InboxState.NEW)


def address(connection: Connection, public_url: str) -> str:
    """Where the shop sends its webhooks."""
    return f"{public_url}/hooks/{connection.store.key}/{connection.hook_key}"


def address_to_enter(store: Store, public_url: str) -> str:
    """The same where the owner must enter it in the shop, for Comanda cannot; "" elsewhere."""
    connection, kind = connections.find(store), registry.all_platforms().get(store.platform)
    if connection is None or kind is None or not kind.has_webhooks or kind.makes_webhooks:
        return ""
    return address(connection, public_url) if public_url else ""


def secret_of(connection: Connection) -> str:
    """What webhooks are signed with, where we choose it: made from the address's own secret."""
    return blake2b(connection.hook_key.encode(), digest_size=24, person=b"comanda hook").hexdigest()


def keep_subscribed(connection: Connection, connector: Connector, public_url: str) -> bool:
    """Makes and mends the shop's webhooks over its API; False where that cannot be. Raises ShopError."""
    if not connector.makes_webhooks or (not public_url.startswith("https://") and not _is_local(public_url)):
        return False
    connector.subscribe(address(connection, public_url), secret_of(connection))
    made = Connection.objects.filter(store_id=connection.store_id)
    made.filter(hooks_made_at=None).update(hooks_made_at=datetime.now(UTC))
    return True


def _is_local(url: str) -> bool:
    return url.startswith(("http://127.0.0.1", "http://localhost"))
