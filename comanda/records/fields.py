"""Fields: what can be known of each contact beyond name and address. Values lie in ``Contact.fields``."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext
from procrastinate.contrib.django.models import ProcrastinateJob
from psycopg import Cursor

from comanda.jobs import app, leaving
from comanda.jobs.again import Again
from comanda.records import audit, database, locks
from comanda.records.models import Field, FieldKind

LONGEST_NAME = 200
AT_ONCE = 2_000
"""So many contacts lose a value in one transaction, and no more while someone waits."""

_KEY = re.compile("[a-z0-9]([a-z0-9_-]{0,62}[a-z0-9])?")
_TASK = "fields.forget"


class FieldRefused(ValueError):
    """Words for a person: why ``column`` of a field cannot be so."""

    def __init__(self, column: str, text: str) -> None:
        super().__init__(text)
        self.column = column


@dataclass(frozen=True, slots=True)
class Described:
    """A field that has a row, or (``field`` is None) a key that contacts hold though nobody described it."""

    key: str
    field: Field | None
    contacts: int


def all_of() -> Sequence[Field]:
    """All that are described, by name."""
    return list(Field.objects.order_by("name", "key"))


def find(field_id: int) -> Field | None:
    """The field with this id."""
    return Field.objects.filter(id=field_id).first()


_COUNTS = "SELECT key, count(*) FROM contact c CROSS JOIN LATERAL jsonb_object_keys(c.fields) key GROUP BY 1"
_COUNT = "SELECT count(*) FROM contact WHERE fields ? %(key)s"


def counts() -> dict[str, int]:
    """How many contacts hold a value, by key; keys that nobody described too. Reads all contacts."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS)
        return dict(cursor.fetchall())


def count(key: str) -> int:
    """How many contacts hold a value of this key. Reads all contacts."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, {"key": key})
        return int(cursor.fetchall()[0][0])


def key_for(name: str) -> str:
    """A key made of a name: ``Shoe size`` → ``shoe_size``; "" if nothing of it can stand in a key."""
    decomposed = unicodedata.normalize("NFKD", name.casefold())
    bare = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return re.sub("[^a-z0-9]+", "_", bare)[:64].strip("_")


def create(key: str, name: str, kind: str, actor: str) -> Field:
    """Describes a field; the key is made of the name if it is "". Raises FieldRefused."""
    called = _checked_name(name)
    chosen = key.strip() or key_for(called)
    if not _KEY.fullmatch(chosen):
        text = gettext("A key has small letters, digits, dashes and underscores, 64 at most: shoe_size.")
        raise FieldRefused("key", text)
    _check_kind(kind)
    if chosen in under_way():
        raise FieldRefused("key", gettext("Values of this key are being deleted. Try again in a moment."))
    try:
        with transaction.atomic():
            field = Field.objects.create(key=chosen, name=called, kind=kind)
            audit.note(actor, "field.create", f"field {field.pk}", key=chosen, kind=kind)
    except IntegrityError:
        raise FieldRefused("key", gettext("There is a field with this key already.")) from None
    return field


def edit(field: Field, name: str, kind: str, actor: str) -> None:
    """Calls it something else, or has its values be of another kind. Raises FieldRefused."""
    called = _checked_name(name)
    _check_kind(kind)
    with transaction.atomic():
        before = {"name": field.name, "kind": field.kind}
        field.name, field.kind = called, kind
        if {"name": called, "kind": kind} != before:
            field.save(update_fields=["name", "kind"])
            audit.note(actor, "field.edit", f"field {field.pk}", key=field.key, before=before)


def delete(field: Field, actor: str) -> bool:
    """Deletes it and all values that contacts hold; whether a job goes on with those."""
    with transaction.atomic(), database.cursor() as cursor:
        locks.enter_door(cursor)
        field_id, key = field.pk, field.key
        field.delete()
        removed = _forget(cursor, key, AT_ONCE)
        goes_on = removed == AT_ONCE
        audit.note(actor, "field.delete", f"field {field_id}", key=key)
        if goes_on:
            forget.configure(lock=_TASK).defer(key=key)
    return goes_on


def under_way() -> set[str]:
    """The keys whose values a job is taking away."""
    jobs = ProcrastinateJob.objects.filter(task_name=_TASK, status__in=["todo", "doing"])
    return {args["key"] for args in jobs.values_list("args", flat=True)}


@app.task(name=_TASK, queue="contacts", retry=Again(*database.LOST))
def forget(key: str) -> None:
    """Takes away all values of a key, some contacts at a time."""
    while True:
        leaving.check()
        with transaction.atomic(durable=True), database.cursor() as cursor:
            locks.enter_door(cursor)
            if _forget(cursor, key, AT_ONCE) < AT_ONCE:
                return


_FORGET = """
WITH chosen AS (
    SELECT id, fields FROM contact WHERE fields ? %(key)s ORDER BY id LIMIT %(limit)s FOR NO KEY UPDATE
), changed AS (
    UPDATE contact c SET fields = c.fields - %(key)s::text, updated_at = now()
    FROM chosen WHERE chosen.id = c.id RETURNING c.id, chosen.fields AS before, c.fields AS after
)
INSERT INTO activity (kind, contact_id, at, live, data)
SELECT 'contact_updated', id, now(), false,
       jsonb_build_object('changes', jsonb_build_object('fields', jsonb_build_array(before, after)))
FROM changed ORDER BY id
"""


def _forget(cursor: Cursor[Any], key: str, limit: int) -> int:
    """Takes the value from so many contacts at most; from how many it did."""
    return cursor.execute(_FORGET, {"key": key, "limit": limit}).rowcount


def _checked_name(name: str) -> str:
    called = " ".join(name.split())
    if "\0" in called:
        raise FieldRefused("name", gettext("A name has no NUL characters."))
    if not called:
        raise FieldRefused("name", gettext("Give it a name."))
    if len(called) > LONGEST_NAME:
        most = gettext("A name has {most} characters at most.").format(most=LONGEST_NAME)
        raise FieldRefused("name", most)
    return called


def _check_kind(kind: str) -> None:
    if kind not in set(FieldKind.values):
        raise FieldRefused("kind", gettext("Choose text, number, date, or yes or no."))
