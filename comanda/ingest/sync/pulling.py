"""What changed in a shop, asked for again and again: the truth, whatever webhooks were lost on the way.

Each pull begins a little before the last one ended, for clocks differ and shops write late; what is known
already changes nothing. A record is told as news only if it changed since the store was connected.
"""

import logging
from datetime import UTC, datetime, timedelta

from comanda.connectors.base import Connector, Resource
from comanda.ingest.sync import intake
from comanda.ingest.upsert import Cause
from comanda.jobs import leaving
from comanda.records.models import Store, Sync, SyncState

log = logging.getLogger(__name__)
CAUSE = Cause("pull", live=True)
_QUIET = Cause("pull", live=False)
_REREAD = timedelta(hours=6)
"""How often resources are gone through whole that cannot be asked for by when they changed."""
_ORDER = (Resource.ORDERS, Resource.CARTS, Resource.CUSTOMERS, Resource.PRODUCTS)
"""What people wait for comes first: a catalogue may change as a whole, and take long."""


def run(store: Store, connector: Connector, *, all_of_it: bool = False) -> intake.Taken:
    """Reads what changed in every resource whose history is in; ``all_of_it`` also what is else read seldom.

    Raises ShopError.
    """
    taken = intake.Taken()
    now = datetime.now(UTC)
    done = Sync.objects.filter(store=store, state=SyncState.DONE)
    for state in sorted(done, key=lambda each: _ORDER.index(Resource(each.resource))):
        resource = Resource(state.resource)
        if resource in connector.rereads and not all_of_it and not _is_time(state, now):
            continue
        taken.add(_resource(store, connector, resource, state, now))
    return taken


def _is_time(state: Sync, now: datetime) -> bool:
    last = state.pulled_at or state.ended_at
    return last is None or now - last >= _REREAD


def _resource(
    store: Store, connector: Connector, resource: Resource, state: Sync, now: datetime
) -> intake.Taken:
    taken = intake.Taken()
    behind = timedelta(seconds=min(connector.http.skew, 0.0))  # a slow clock dates changes into the past
    since = (state.synced_to or now) - connector.overlap + behind
    # The first pull catches up with what happened while the history was read: that is history too.
    cause = CAUSE if state.pulled_at is not None else _QUIET
    for page in connector.changes(resource, since, now):
        leaving.check()
        found = intake.read_page(store, connector, resource, page)
        taken.add(intake.write(store, resource, found, cause))
    Sync.objects.filter(store=store, resource=resource.value).update(
        synced_to=now, pulled_at=datetime.now(UTC)
    )
    return taken
