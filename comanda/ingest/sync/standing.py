"""How a store stands: the stamp ("complete to 14:05, 2 refused"), and all that is behind it."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from django.db.models import Count

from comanda.connectors import sentences
from comanda.connectors.base import Resource
from comanda.ingest.sync import history
from comanda.records import progress
from comanda.records.models import Connection, ConnectionState, Inbox, InboxState, Store, Sync, SyncState
from comanda.records.progress import Standing as Progress

SKEWED = 60.0
"""Seconds by which a shop's clock may be wrong before anyone is told."""


@dataclass(frozen=True, slots=True)
class Part:
    """How far one resource is; ``total`` is how many records there are, None where the shop does not say."""

    resource: str
    state: str
    seen: int
    total: int | None
    synced_to: datetime | None
    pulled_at: datetime | None


@dataclass(frozen=True, slots=True)
class Stand:
    """``state`` is ``unconnected``, ``history``, ``in_step``, ``waiting``, ``paused`` or ``broken``.

    ``complete_to`` is the instant up to which every order of the shop is here or in the inbox; ``refused`` is
    how many are in the inbox. ``error_code`` names a sentence, filled by ``error_facts``; so do ``remarks``.
    """

    state: str
    complete_to: datetime | None
    refused: int
    resources: tuple[Part, ...]
    progress: Progress | None = None
    error_code: str = ""
    error_facts: dict[str, str] | None = None
    retry_at: datetime | None = None
    hook_seen_at: datetime | None = None
    hooks_forged: int = 0
    skew: float = 0.0
    remarks: tuple[tuple[str, dict[str, str]], ...] = ()

    @property
    def lag(self) -> float | None:
        """Seconds since ``complete_to``."""
        return (datetime.now(UTC) - self.complete_to).total_seconds() if self.complete_to else None


def of(store: Store) -> Stand:
    """How a store stands now."""
    return of_all([store])[store.pk]


def of_all(stores: Collection[Store]) -> dict[int, Stand]:
    """How each of these stores stands now, by its id."""
    ids = [store.pk for store in stores]
    joined = {each.store_id: each for each in Connection.objects.filter(store_id__in=ids)}
    rows: dict[int, dict[str, Sync]] = defaultdict(dict)
    for row in Sync.objects.filter(store_id__in=ids):
        rows[row.store_id][row.resource] = row
    failed = Inbox.objects.filter(store_id__in=ids, state=InboxState.FAILED)
    refused = dict(failed.values_list("store_id").annotate(Count("id")))
    return {
        each.pk: _stand(each, joined.get(each.pk), rows[each.pk], refused.get(each.pk, 0)) for each in stores
    }


def _stand(store: Store, connection: Connection | None, rows: dict[str, Sync], refused: int) -> Stand:
    parts = tuple(_part(rows[each]) for each in Resource if each in rows)
    orders = rows.get(Resource.ORDERS)
    complete = orders.synced_to if orders and orders.state == SyncState.DONE else None
    if connection is None:
        return Stand("unconnected", complete, refused, parts)
    state = _state(connection, rows)
    return Stand(
        state,
        complete,
        refused,
        parts,
        progress.find(history.task(store)) if state == "history" else None,
        connection.error_code,
        connection.error_facts,
        connection.retry_at,
        connection.hook_seen_at,
        connection.hooks_forged,
        connection.skew,
        tuple((code, facts) for code, facts in connection.remarks),
    )


def _part(row: Sync) -> Part:
    return Part(row.resource, row.state, row.seen, row.total, row.synced_to, row.pulled_at)


def _state(connection: Connection, rows: dict[str, Sync]) -> str:
    if connection.state != ConnectionState.ON:
        return str(connection.state)
    if connection.failures:
        return "waiting"
    done = rows and all(row.state == SyncState.DONE for row in rows.values())
    return "in_step" if done else "history"


def error(stand: Stand) -> str:
    """What is wrong and what to do, in English; "" when nothing is."""
    if not stand.error_code or stand.error_code not in sentences.ALL:
        return ""
    return sentences.say(stand.error_code, stand.error_facts or {})


def remarks(stand: Stand) -> list[str]:
    """What else is to be known of the shop, in English."""
    said = [sentences.say(code, facts) for code, facts in stand.remarks if code in sentences.ALL]
    if abs(stand.skew) > SKEWED:
        said.append(
            f"The shop's clock is {stand.skew:.0f} seconds away from ours. Have its host set the clock."
        )
    return said


def sentence(stand: Stand) -> str:
    """The stamp in English."""
    if said := error(stand):
        return said
    if stand.state == "unconnected":
        return "It is not connected with a shop."
    seen = sum(part.seen for part in stand.resources)
    refused = f", {stand.refused:,} refused" if stand.refused else ""
    if stand.complete_to is None:
        return f"Its history is being read: {seen:,} records so far{refused}."
    return f"Complete to {stand.complete_to:%Y-%m-%d %H:%M} UTC{refused}."


def as_json(stand: Stand) -> dict[str, Any]:
    """For programs."""
    told = asdict(stand)
    told.pop("progress")
    return {
        **told,
        "error": error(stand),
        "remarks": remarks(stand),
        "resources": [asdict(part) for part in stand.resources],
    }
