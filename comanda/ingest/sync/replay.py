"""What did not come in, tried again: read anew from the shop, or else made of the payload that is kept.

The shop is asked first, for what was wrong there may be mended. What cannot be asked for by an id is shaped
from its payload again, as a newer Comanda may read it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import orjson

from comanda.connectors.base import Connector, Raw, Resource
from comanda.connectors.errors import Unsupported
from comanda.ingest.sync import gone, hooks, intake
from comanda.ingest.upsert import Cause
from comanda.jobs import leaving
from comanda.records import progress
from comanda.records.models import Inbox, InboxState, Store

CAUSE = Cause("replay", live=False)
GONE = "gone"
_AT_ONCE = 100
_RESOURCES = frozenset(Resource)


@dataclass(frozen=True, slots=True)
class Replayed:
    """How many payloads came in at last, and how many did not."""

    done: int
    failed: int


def task(store: Store) -> str:
    """The name under which the progress of a replay shows."""
    return f"replay {store.pk}"


def run(store: Store, connector: Connector, kind: str, ids: Sequence[int], tell: progress.Tell) -> Replayed:
    """Tries failed payloads of a kind again: those with these ids, or all. Raises ShopError."""
    found = Inbox.objects.filter(store=store, kind=kind, state=InboxState.FAILED).order_by("id")
    if ids:
        found = found.filter(id__in=ids)
    wanted = list(found.values_list("id", flat=True))
    for start in range(0, len(wanted), _AT_ONCE):
        tell(kind, start, len(wanted))
        leaving.check()
        _some(store, connector, kind, wanted[start : start + _AT_ONCE])
    failed = Inbox.objects.filter(id__in=wanted, state=InboxState.FAILED).count()
    return Replayed(len(wanted) - failed, failed)


def _some(store: Store, connector: Connector, kind: str, ids: Sequence[int]) -> None:
    rows = list(Inbox.objects.filter(id__in=ids))
    if kind == hooks.KIND:
        hooks.replay(rows)
        hooks.work(store, connector)
    elif kind in _RESOURCES:
        _records(store, connector, Resource(kind), rows)


def _records(store: Store, connector: Connector, resource: Resource, rows: Sequence[Inbox]) -> None:
    named = [row for row in rows if _has_id(connector, resource, row)]
    nameless = [row for row in rows if row not in named]
    if named:
        try:
            _read(store, connector, resource, named)
        except Unsupported:
            nameless = list(rows)
    for row in nameless:
        _shape(store, connector, resource, row)


def _has_id(connector: Connector, resource: Resource, row: Inbox) -> bool:
    """Whether the name that the record has in the inbox is the shop's; else it is made of the payload."""
    raw = _raw(row)
    return raw is None or bool(connector.id_of(resource, raw))


def _raw(row: Inbox) -> Raw | None:
    try:
        found = orjson.loads(bytes(row.body))
    except orjson.JSONDecodeError:
        return None
    return found if isinstance(found, dict) else None


def _read(store: Store, connector: Connector, resource: Resource, rows: Sequence[Inbox]) -> None:
    ids = [row.external_id for row in rows]
    raws = connector.read(resource, ids)
    intake.take(store, connector, resource, raws, CAUSE)
    there = {connector.id_of(resource, raw) for raw in raws}
    lost = [row for row in rows if row.external_id not in there]
    if lost and resource is Resource.ORDERS:
        gone.orders(store, [row.external_id for row in lost], live=False)
    _end(lost, GONE)


def _shape(store: Store, connector: Connector, resource: Resource, row: Inbox) -> None:
    raw = _raw(row)
    if raw is None:
        return
    if not intake.take(store, connector, resource, [raw], CAUSE).lost:
        _end([row], "")


def _end(rows: Sequence[Inbox], code: str) -> None:
    ended = Inbox.objects.filter(id__in=[row.pk for row in rows])
    ended.update(state=InboxState.DONE, error_code=code, error_facts={})
