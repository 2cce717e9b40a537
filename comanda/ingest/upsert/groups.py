"""Tags and lists of contacts."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from psycopg import Cursor

from comanda.shapes import ContactIn

from .log import Log
from .people import Person

Pair = tuple[int, int]
"""(id of a tag or list, id of a contact)."""


_MAKE_TAGS = """
INSERT INTO tag (name) SELECT name FROM unnest(%(names)s::text[]) AS name ORDER BY 1
ON CONFLICT (name) DO NOTHING
"""
_MAKE_LISTS = """
INSERT INTO list (name, label) SELECT name, '' FROM unnest(%(names)s::text[]) AS name ORDER BY 1
ON CONFLICT (name) DO NOTHING
"""


@dataclass(frozen=True, slots=True)
class _Kind:
    """One way to group contacts: the table of its names, the one that links them to contacts, and how names
    are made."""

    noun: str
    table: str
    column: str
    activity: str
    make: str

    def names(self, shape: ContactIn) -> Iterable[str]:
        """What a shape says of this kind."""
        return filter(None, shape.tags if self.noun == "tag" else shape.lists)


_KINDS = (
    _Kind("tag", "contact_tag", "tag_id", "tag_added", _MAKE_TAGS),
    _Kind("list", "list_member", "list_id", "list_joined", _MAKE_LISTS),
)


def join(cursor: Cursor[Any], persons: list[Person], log: Log) -> None:
    """Puts the tags and lists that each person brings onto their contact; leaves all others."""
    for kind in _KINDS:
        names = {name for person in persons for name in kind.names(person.shape)}
        always = [] if kind.noun == "tag" or log.store.list_id is None else [log.store.list_id]
        if not (names or always):
            continue
        ids = _ids(cursor, kind, names)
        wanted = [
            {
                (group_id, person.known.id)
                for group_id in (*always, *map(ids.__getitem__, kind.names(person.shape)))
            }
            for person in persons
        ]
        linked = _link(cursor, kind, sorted(set().union(*wanted)), log)
        for person, pairs in zip(persons, wanted, strict=True):
            if not linked.isdisjoint(pairs):
                person.joined = True
                linked -= pairs


def _ids(cursor: Cursor[Any], kind: _Kind, names: set[str]) -> dict[str, int]:
    """The ids of these names, made if need be."""
    found = _find(cursor, kind, names)
    missing = sorted(names - found.keys())
    if not missing:
        return found
    cursor.execute(kind.make, {"names": missing})
    return _find(cursor, kind, names)


def _find(cursor: Cursor[Any], kind: _Kind, names: set[str]) -> dict[str, int]:
    if not names:
        return {}
    cursor.execute(f"SELECT name, id FROM {kind.noun} WHERE name = ANY(%(names)s)", {"names": sorted(names)})
    return dict(cursor.fetchall())


def _link(cursor: Cursor[Any], kind: _Kind, pairs: list[Pair], log: Log) -> set[Pair]:
    """Links contacts, and gives the pairs that were not linked before."""
    if not pairs:
        return set()
    groups, contacts = zip(*pairs, strict=True)
    cursor.execute(
        f"INSERT INTO {kind.table} ({kind.column}, contact_id)"
        " SELECT * FROM unnest(%(groups)s::bigint[], %(contacts)s::bigint[]) ORDER BY 1, 2"
        f" ON CONFLICT DO NOTHING RETURNING {kind.column}, contact_id",
        {"groups": list(groups), "contacts": list(contacts)},
    )
    linked = set(cursor.fetchall())
    for group_id, contact_id in sorted(linked):
        log.add(kind.activity, log.now, {kind.column: group_id}, contact_id=contact_id)
        log.changed("contact", contact_id, {}, {f"{kind.column}:{group_id}": True})
    return linked
