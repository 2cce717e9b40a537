"""Tags and lists as a whole: made, renamed, merged into another, deleted.

What happens to a tag or list happens to its contacts: each is told in their activity, as history (``live`` is
false), so that no flow starts for a million people because a name was put in order. Where there are many
contacts a job does it, some at a time (``group_jobs``).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models.functions import Lower
from django.utils.translation import gettext
from psycopg import Cursor

from comanda.records import audit, database, locks
from comanda.records.models import List, Store, Tag

LONGEST_NAME = 200
AT_ONCE = 5_000
"""So many contacts are moved in one transaction, and no more while someone waits."""

MANY = 300_000
"""So many memberships are counted while someone waits for the page."""


class GroupRefused(ValueError):
    """Words for a person: why a tag or list cannot be called or treated so."""


class NameTaken(GroupRefused):
    """Another one is called so: ``other_id`` says which."""

    def __init__(self, other_id: int) -> None:
        super().__init__(gettext("There is one with this name already."))
        self.other_id = other_id


@dataclass(frozen=True, slots=True)
class Kind:
    """Tags or lists: ``noun`` is the table of names, ``members`` and ``column`` link them to contacts."""

    noun: str
    members: str
    column: str
    added: str
    removed: str
    model: type[Tag] | type[List]


TAGS = Kind("tag", "contact_tag", "tag_id", "tag_added", "tag_removed", Tag)
LISTS = Kind("list", "list_member", "list_id", "list_joined", "list_left", List)
KINDS: Mapping[str, Kind] = {"tag": TAGS, "list": LISTS}


@dataclass(frozen=True, slots=True)
class Group:
    """A tag or list; ``label`` names the integration that keeps a list, ``stores`` those whose list it is.

    ``contacts`` is how many it has, None if that was not asked.
    """

    id: int
    name: str
    label: str
    contacts: int | None
    stores: Sequence[str]


@dataclass(frozen=True, slots=True)
class Done:
    """What came of a merge or deletion: whether a job goes on with it."""

    name: str
    contacts: int
    goes_on: bool


_ALL = """
SELECT g.id, g.name, {label}, {contacts}, {stores}
FROM {noun} g WHERE {test} ORDER BY lower(g.name), g.name
"""
_CONTACTS = "(SELECT count(*) FROM {members} m WHERE m.{column} = g.id)"
_STORES = "ARRAY(SELECT s.name FROM store s WHERE s.contact_list_id = g.id ORDER BY s.name)"
_SIZE = "SELECT count(*) FROM (SELECT FROM {members} WHERE {column} = %(id)s LIMIT %(limit)s) m"


def all_of(kind: Kind, *, counted: bool = True) -> list[Group]:
    """All there are, by name, with how many contacts each has if that is asked."""
    return _groups(kind, "true", {}, counted=counted)


_ABOUT = "SELECT reltuples FROM pg_class WHERE oid = %(members)s::text::regclass"


def are_many(kind: Kind) -> bool:
    """Whether it takes more than a moment to count all contacts of all of them, as PostgreSQL reckons."""
    with connection.cursor() as cursor:
        cursor.execute(_ABOUT, {"members": kind.members})
        return bool(cursor.fetchall()[0][0] > MANY)


def find(kind: Kind, group_id: int) -> Group | None:
    """The one with this id."""
    return next(iter(_groups(kind, "g.id = %(id)s", {"id": group_id}, counted=True)), None)


def names(kind: Kind) -> list[tuple[int, str]]:
    """The id and name of each, by name."""
    return list(kind.model.objects.order_by(Lower("name"), "name").values_list("id", "name"))


def _groups(kind: Kind, test: str, values: Mapping[str, Any], *, counted: bool) -> list[Group]:
    is_list = kind is LISTS
    contacts = _CONTACTS.format(members=kind.members, column=kind.column) if counted else "NULL"
    question = _ALL.format(
        noun=kind.noun, test=test, contacts=contacts,
        label="g.label" if is_list else "''", stores=_STORES if is_list else "'{}'::text[]",
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(question, values)
        return [Group(*row) for row in cursor.fetchall()]


def create(kind: Kind, name: str, actor: str) -> int:
    """Makes one with no contacts yet; its id. Raises GroupRefused."""
    called = _checked(name)
    try:
        with transaction.atomic():
            made = kind.model.objects.create(name=called)
            audit.note(actor, f"{kind.noun}.create", f"{kind.noun} {made.pk}", name=called)
    except IntegrityError:
        raise NameTaken(_named(kind, called)) from None
    return int(made.pk)


def rename(kind: Kind, group_id: int, name: str, actor: str) -> None:
    """Calls it something else; contacts keep it. Raises GroupRefused."""
    called = _checked(name)
    try:
        with transaction.atomic():
            group = _locked(kind, group_id)
            before, group.name = group.name, called
            if called != before:
                group.save(update_fields=["name"])
                audit.note(
                    actor, f"{kind.noun}.rename", f"{kind.noun} {group_id}", before=before, after=called
                )
    except IntegrityError:
        raise NameTaken(_named(kind, called)) from None


def size(kind: Kind, group_id: int, limit: int) -> int:
    """How many contacts it has, counted up to a limit."""
    with connection.cursor() as cursor:
        cursor.execute(
            _SIZE.format(members=kind.members, column=kind.column), {"id": group_id, "limit": limit}
        )
        return int(cursor.fetchall()[0][0])


def finish(kind: Kind, group_id: int, into_id: int | None, actor: str) -> Group:
    """Moves the contacts that are left to another (or nowhere) and deletes it, in one transaction.

    Raises GroupRefused.
    """
    with transaction.atomic(durable=True), database.cursor() as cursor:
        locks.close_door(cursor)
        group, into = check(kind, group_id, into_id)
        moved = move(cursor, kind, group_id, into_id, None)
        if kind is LISTS:
            Store.objects.filter(contact_list_id=group_id).update(contact_list_id=into_id)
        kind.model.objects.filter(id=group_id).delete()
        if into is None:
            audit.note(actor, f"{kind.noun}.delete", f"{kind.noun} {group_id}", name=group.name)
        else:
            audit.note(
                actor, f"{kind.noun}.merge", f"{kind.noun} {group_id}", name=group.name, into=into.name
            )
    return Group(group_id, group.name, "", moved, ())


def check(kind: Kind, group_id: int, into_id: int | None) -> tuple[Tag | List, Tag | List | None]:
    """Both, held until the transaction ends. Raises GroupRefused if one is gone, or they are the same."""
    if group_id == into_id:
        raise GroupRefused(gettext("Choose another one to merge into."))
    ids = [group_id] if into_id is None else [group_id, into_id]
    held = {
        each.pk: each for each in kind.model.objects.select_for_update().filter(id__in=ids).order_by("id")
    }
    if len(held) != len(ids):
        raise GroupRefused(gettext("It is not there any more. Load the page again."))
    return held[group_id], held[into_id] if into_id is not None else None


_MOVE = """
WITH gone AS (
    DELETE FROM {members} WHERE {column} = %(id)s AND contact_id IN (
        SELECT contact_id FROM {members} WHERE {column} = %(id)s ORDER BY contact_id LIMIT %(limit)s
    ) RETURNING contact_id
), told AS (
    INSERT INTO activity (kind, contact_id, at, live, data)
    SELECT %(removed)s::text, contact_id, now(), false,
           jsonb_build_object(%(column)s::text, %(id)s::bigint, 'name', g.name)
    FROM gone CROSS JOIN (SELECT name FROM {noun} WHERE id = %(id)s) g ORDER BY contact_id
), come AS (
    INSERT INTO {members} ({column}, contact_id)
    SELECT %(into)s::bigint, contact_id FROM gone WHERE %(into)s::bigint IS NOT NULL ORDER BY contact_id
    ON CONFLICT DO NOTHING RETURNING contact_id
), welcomed AS (
    INSERT INTO activity (kind, contact_id, at, live, data)
    SELECT %(added)s::text, contact_id, now(), false, jsonb_build_object(%(column)s::text, %(into)s::bigint)
    FROM come ORDER BY contact_id
)
SELECT count(*) FROM gone
"""


def move(cursor: Cursor[Any], kind: Kind, group_id: int, into_id: int | None, limit: int | None) -> int:
    """Takes contacts out of one and puts those into the other who are not there yet; how many it took out."""
    statement = _MOVE.format(members=kind.members, column=kind.column, noun=kind.noun)
    values = {
        "id": group_id, "into": into_id, "limit": limit, "column": kind.column,
        "added": kind.added, "removed": kind.removed,
    }  # fmt: skip
    return int(cursor.execute(statement, values).fetchall()[0][0])


def _locked(kind: Kind, group_id: int) -> Tag | List:
    found: Tag | List | None = kind.model.objects.select_for_update().filter(id=group_id).first()
    if found is None:
        raise GroupRefused(gettext("It is not there any more. Load the page again."))
    return found


def _named(kind: Kind, name: str) -> int:
    return int(kind.model.objects.values_list("id", flat=True).get(name=name))


def _checked(name: str) -> str:
    called = " ".join(name.split())
    if "\0" in called:
        raise GroupRefused(gettext("A name has no NUL characters."))
    if not called:
        raise GroupRefused(gettext("Give it a name."))
    if len(called) > LONGEST_NAME:
        raise GroupRefused(gettext("A name has {most} characters at most.").format(most=LONGEST_NAME))
    return called
