"""Tags and lists of contacts."""

from collections.abc import Iterable
from typing import Any

from psycopg import Cursor

from . import text
from .log import Log
from .people import Person

_KINDS = (
    ("tag", "contact_tag", "tag_id", "tag_added"),
    ("list", "list_member", "list_id", "list_joined"),
)


def join(cursor: Cursor[Any], persons: Iterable[Person], log: Log) -> None:
    """Puts the tags and lists that each person brings onto their contact; leaves all others."""
    persons = list(persons)
    wanted = {
        "tag": {(name, person.known.id) for person in persons for name in person.shape.tags if name},
        "list": {(name, person.known.id) for person in persons for name in person.shape.lists if name},
    }
    for noun, table, column, activity in _KINDS:
        ids = _ids(cursor, noun, {name for name, _ in wanted[noun]})
        pairs = {(ids[name], contact_id) for name, contact_id in wanted[noun]}
        if noun == "list" and log.store.list_id is not None:
            pairs |= {(log.store.list_id, person.known.id) for person in persons}
        _link(cursor, table, column, activity, sorted(pairs), log)


def _ids(cursor: Cursor[Any], noun: str, names: set[str]) -> dict[str, int]:
    if not names:
        return {}
    asked = {"names": sorted(names)}
    cursor.execute(
        f"INSERT INTO {noun} (name{', label' if noun == 'list' else ''})"
        f" SELECT name{', %(none)s' if noun == 'list' else ''} FROM unnest(%(names)s::text[]) AS name ORDER BY 1"
        " ON CONFLICT (name) DO NOTHING",
        {**asked, **({"none": ""} if noun == "list" else {})},
    )
    cursor.execute(f"SELECT name, id FROM {noun} WHERE name = ANY(%(names)s)", asked)
    return dict(cursor.fetchall())


def _link(
    cursor: Cursor[Any], table: str, column: str, activity: str, pairs: list[tuple[int, int]], log: Log
) -> None:
    if not pairs:
        return
    groups, contacts = zip(*pairs, strict=True)
    cursor.execute(
        f"INSERT INTO {table} ({column}, contact_id)"
        " SELECT * FROM unnest(%(groups)s::bigint[], %(contacts)s::bigint[]) ORDER BY 1, 2"
        f" ON CONFLICT DO NOTHING RETURNING {column}, contact_id",
        {"groups": list(groups), "contacts": list(contacts)},
    )
    for group_id, contact_id in cursor.fetchall():
        log.add(activity, log.now, {column: group_id}, contact_id=contact_id)
        log.changed("contact", contact_id, "{}", text.json_text({f"{column}:{group_id}": True}))
