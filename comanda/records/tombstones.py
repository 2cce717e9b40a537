"""Keyed hashes of erased people's identities: they keep the next sync from bringing anyone back.

The key is the installation's own, so that the table alone tells nothing, not even to one who tries all known
addresses.
"""

import hmac
from collections.abc import Iterable, Sequence
from typing import Any

from psycopg import Cursor

from comanda.records import installation

Identity = tuple[str, int, str]


def digest(identity: Identity) -> bytes:
    """What stands for (kind, store id or 0, normalised value): HMAC-SHA-256, 32 bytes."""
    kind, store_id, value = identity
    return hmac.digest(installation.key("tombstone"), f"{kind}\n{store_id}\n{value}".encode(), "sha256")


def find(cursor: Cursor[Any], identities: Sequence[Identity]) -> set[Identity]:
    """Those of the identities that belong to someone erased."""
    found = cursor.execute("SELECT EXISTS (SELECT FROM tombstone)").fetchone()
    if not (found and found[0]):
        return set()
    by_digest = {digest(identity): identity for identity in identities}
    cursor.execute("SELECT digest FROM tombstone WHERE digest = ANY(%(asked)s)", {"asked": list(by_digest)})
    return {by_digest[bytes(row[0])] for row in cursor.fetchall()}


def add(cursor: Cursor[Any], identities: Iterable[Identity]) -> None:
    """Remembers that the people behind these identities were erased."""
    cursor.executemany(
        "INSERT INTO tombstone (digest) VALUES (%(digest)s) ON CONFLICT DO NOTHING",
        [{"digest": digest(identity)} for identity in identities],
    )
