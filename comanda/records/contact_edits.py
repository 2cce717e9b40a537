"""Contacts changed by hand: what a person or program says here is told in the activity and the audit log."""

from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from django.db import transaction
from psycopg import Cursor

from comanda.lib import emails, phones
from comanda.records import audit, database, locks, tombstones
from comanda.records.models import Activity, Contact, ContactIdentity

DETAILS = ("email", "phone", "first_name", "last_name", "company", "language")
_IDENTITIES = ("email", "phone")
_TAKE = """
INSERT INTO contact_identity (kind, store_id, value, contact_id)
VALUES (%(kind)s, 0, %(value)s, %(contact_id)s)
ON CONFLICT DO NOTHING RETURNING contact_id
"""


class Reason(StrEnum):
    """Why an e-mail or phone cannot be."""

    INVALID = "invalid"
    TAKEN = "taken"
    ERASED = "erased"
    NEEDED = "needed"


class Conflict(ValueError):
    """An e-mail or phone that cannot be; ``expected`` would have been right.

    It does not exist, it is another contact's or that of someone erased, or it is taken away though nothing
    else tells who this is.
    """

    def __init__(self, field: str, reason: Reason, expected: str) -> None:
        super().__init__(f"{field}: expected {expected}")
        self.field = field
        self.reason = reason
        self.expected = expected


def edit(
    contact_id: int, details: Mapping[str, str], fields: Mapping[str, str | None], actor: str
) -> Contact | None:
    """Changes ``DETAILS`` and fields (None removes one); the contact as it is now, None if there is none.

    A new e-mail or phone takes the place of the old one, by which the contact is no longer found. Raises
    Conflict.
    """
    wanted = {column: _normalised(column, value) for column, value in details.items()}
    with transaction.atomic(durable=True), database.cursor() as cursor:
        locks.enter_door(cursor)
        contact = Contact.objects.select_for_update(no_key=True).filter(id=contact_id).first()
        if contact is not None:
            _apply(cursor, contact, wanted, fields, actor)
        return contact


def _normalised(column: str, value: str) -> str:
    if not value or column not in _IDENTITIES:
        return value
    try:
        return emails.normalise(value) if column == "email" else phones.normalise(value, "")
    except ValueError as error:
        raise Conflict(column, Reason.INVALID, f"another {column}: {error}") from None


def _apply(
    cursor: Cursor[Any],
    contact: Contact,
    details: Mapping[str, str],
    fields: Mapping[str, str | None],
    actor: str,
) -> None:
    changes: dict[str, list[Any]] = {}
    for column, value in sorted(details.items()):
        before = getattr(contact, column)
        if value != before:
            changes[column] = [before, value]
            setattr(contact, column, value)
    merged = {key: value for key, value in {**contact.fields, **fields}.items() if value is not None}
    if merged != contact.fields:
        changes["fields"] = [contact.fields, merged]
        contact.fields = merged
    if not changes:
        return
    for kind in _IDENTITIES:
        if kind in changes:
            _move(cursor, contact, kind, *changes[kind])
    _keep_findable(contact)
    contact.updated_at = now = datetime.now(UTC)
    contact.save(update_fields=[*changes, "updated_at"])
    Activity.objects.create(
        kind="contact_updated", contact_id=contact.pk, at=now, live=True, data={"changes": changes}
    )
    audit.note(actor, "contact.edit", f"contact {contact.pk}", columns=sorted(changes))


def _move(cursor: Cursor[Any], contact: Contact, kind: str, before: str, after: str) -> None:
    """Has the contact found by another e-mail or phone."""
    if after:
        asked = (kind, 0, after)
        if tombstones.find(cursor, [asked]):
            raise Conflict(kind, Reason.ERASED, f"another {kind}: this one is of someone who was erased")
        mine = ContactIdentity.objects.filter(kind=kind, store_id=0, value=after, contact=contact)
        values = {"kind": kind, "value": after, "contact_id": contact.pk}
        if not mine.exists() and cursor.execute(_TAKE, values).fetchone() is None:
            raise Conflict(kind, Reason.TAKEN, f"another {kind}: this one is of another contact")
    ContactIdentity.objects.filter(kind=kind, store_id=0, value=before, contact=contact).delete()


def _keep_findable(contact: Contact) -> None:
    if not ContactIdentity.objects.filter(contact=contact).exists():
        raise Conflict("email", Reason.NEEDED, "an e-mail or a phone: nothing else tells who this is")
