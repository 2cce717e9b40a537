"""Tags and lists given and taken by hand: each change is activity, and stands in the audit log."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db import transaction
from psycopg import Cursor

from comanda.records import audit, database, locks
from comanda.records.models import List, Tag

LONGEST_NAME = 200


class Change(StrEnum):
    """What is done with a tag or list."""

    TAG = "tag"
    UNTAG = "untag"
    JOIN = "join"
    LEAVE = "leave"


class NoSuchGroup(ValueError):
    """The tag or list is not there any more."""


class BadName(ValueError):
    """No tag or list can be called so."""


@dataclass(frozen=True, slots=True)
class _Way:
    noun: str
    table: str
    column: str
    activity: str
    statement: str


_ADD = """
INSERT INTO {table} ({column}, contact_id)
SELECT %(group_id)s, id FROM contact WHERE id = ANY(%(ids)s) ORDER BY id
ON CONFLICT DO NOTHING RETURNING contact_id"""
_REMOVE = (
    "DELETE FROM {table} WHERE {column} = %(group_id)s AND contact_id = ANY(%(ids)s) RETURNING contact_id"
)
_LOGGED = """
WITH changed AS ({statement})
INSERT INTO activity (kind, contact_id, at, live, data)
SELECT '{activity}', contact_id, now(), true, jsonb_build_object('{column}', %(group_id)s::bigint)
FROM changed ORDER BY contact_id
"""
_WAYS = {
    Change.TAG: _Way("tag", "contact_tag", "tag_id", "tag_added", _ADD),
    Change.UNTAG: _Way("tag", "contact_tag", "tag_id", "tag_removed", _REMOVE),
    Change.JOIN: _Way("list", "list_member", "list_id", "list_joined", _ADD),
    Change.LEAVE: _Way("list", "list_member", "list_id", "list_left", _REMOVE),
}


def change(change: Change, group_id: int, contact_ids: Sequence[int], actor: str) -> int:
    """Does it with all these contacts; how many it changed. Raises NoSuchGroup."""
    with transaction.atomic(durable=True), database.cursor() as cursor:
        name = hold(cursor, change, group_id)
        changed = apply(cursor, change, group_id, contact_ids)
        if changed:
            note(change, name, actor, changed, *contact_ids)
    return changed


def hold(cursor: Cursor[Any], change: Change, group_id: int) -> str:
    """Keeps the tag or list from being deleted until the transaction ends; its name. Raises NoSuchGroup."""
    locks.enter_door(cursor)
    asked = f"SELECT name FROM {_WAYS[change].noun} WHERE id = %(id)s FOR KEY SHARE"
    found = cursor.execute(asked, {"id": group_id}).fetchone()
    if found is None:
        raise NoSuchGroup(f"there is no {_WAYS[change].noun} {group_id}")
    return str(found[0])


def apply(cursor: Cursor[Any], change: Change, group_id: int, contact_ids: Sequence[int]) -> int:
    """Changes and tells the activity, in a transaction that holds the tag or list."""
    way = _WAYS[change]
    statement = way.statement.format(table=way.table, column=way.column)
    logged = _LOGGED.format(statement=statement, activity=way.activity, column=way.column)
    cursor.execute(logged, {"group_id": group_id, "ids": list(contact_ids)})
    return cursor.rowcount


def note(change: Change, name: str, actor: str, changed: int, *contact_ids: int) -> None:
    """Tells the audit log; which contact it was is told where it was one."""
    target = f"contact {contact_ids[0]}" if len(contact_ids) == 1 else "contacts"
    audit.note(actor, f"contact.{change}", target, **{_WAYS[change].noun: name, "changed": changed})


def get(change: Change, name: str) -> int:
    """The id of the tag or list of this name. Raises NoSuchGroup."""
    found = _model(change).objects.filter(name=_called(name)).first()
    if found is None:
        raise NoSuchGroup(f"there is no {_WAYS[change].noun} {name!r}")
    return found.pk


def find_or_make(change: Change, name: str, actor: str) -> int:
    """The id of the tag or list of this name, made if there is none. Raises BadName."""
    called = _called(name)
    if not called or len(called) > LONGEST_NAME:
        raise BadName(called)
    group, made = _model(change).objects.get_or_create(name=called)
    if made:
        audit.note(actor, f"{_WAYS[change].noun}.create", f"{_WAYS[change].noun} {group.pk}", name=called)
    return group.pk


def _model(change: Change) -> type[Tag] | type[List]:
    return Tag if _WAYS[change].noun == "tag" else List


def _called(name: str) -> str:
    return " ".join(name.replace("\0", " ").split())
