"""Calls to the door, as sources make them."""

from comanda.ingest.upsert import Cause, StoreRef, upsert
from comanda.shapes import ContactIn, Outcome, Result
from tests.factories import LIVE, at, order, query


def tell(store: StoreRef, *shapes: ContactIn, cause: Cause = LIVE) -> list[Result]:
    """What a source says of people."""
    return upsert(store, shapes, cause)


def buy(store: StoreRef, *shapes: ContactIn | None, cause: Cause = LIVE) -> list[int | None]:
    """Orders by these people, all in one call; the contact of each."""
    last = query("SELECT count(*) FROM orders")[0][0]
    given = [order(f"{last + n:06}", contact=shape, placed_at=at(n)) for n, shape in enumerate(shapes)]
    results = upsert(store, given, cause)
    assert all(result.outcome is Outcome.CREATED for result in results)
    contacts = dict(query("SELECT id, contact_id FROM orders"))
    return [contacts[result.id] for result in results]
