"""People whom earlier batches of a dry run would have left in the database."""

from collections.abc import Iterable
from typing import Any

from psycopg import Cursor

from .people import COLUMNS, DETAILS, Identity, Known, Resolver
from .rehearsal import Rehearsal

_READ = f"SELECT {', '.join(COLUMNS)} FROM contact WHERE id = ANY(%(ids)s)"


def look_up(
    cursor: Cursor[Any], resolver: Resolver, identities: Iterable[Identity], rehearsal: Rehearsal
) -> None:
    """Adds them to what ``resolver`` has looked up."""
    recalled = {
        identity: owner
        for identity in identities
        if identity not in resolver.owners and (owner := rehearsal.owner(identity)) is not None
    }
    known = {contact.id: contact for contact in resolver.owners.values()}
    absent = sorted(set(recalled.values()) - known.keys() - rehearsal.made)
    if absent:
        cursor.execute(_READ, {"ids": absent})
        known |= {row[0]: Known.of(row) for row in cursor.fetchall()}
    for identity, owner in recalled.items():
        resolver.owners[identity] = known.setdefault(owner, Known(owner, dict.fromkeys(DETAILS, "")))
    for contact in known.values():
        contact.has_email = contact.has_email or contact.id in rehearsal.emailed


def remember(resolver: Resolver, emailed: Iterable[Known], rehearsal: Rehearsal) -> None:
    """Keeps in mind whom this batch made, and by what everyone is found now."""
    for contact in resolver.new:
        rehearsal.contact_made(contact.id)
    for identity, owner in resolver.gained:
        rehearsal.identity_gained(identity, owner.id)
    rehearsal.emailed.update(contact.id for contact in emailed)
