"""Whose order is it? Contacts found by their identities, made when new, filled in when known better.

The e-mail decides; without a known one the shop's customer id; the phone only where it cannot take one
person for another (families share one). Identities never move from one contact to another here: merging
people is a decision of its own, with evidence.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from psycopg import Cursor
from psycopg.types.json import Jsonb

from comanda.lib import emails, phones, placeholders
from comanda.records import tombstones
from comanda.shapes import ContactIn, Outcome

from .cause import StoreRef

Identity = tuple[str, int, str]
"""(kind, store id or 0, value) as in the table ``contact_identity``."""

DETAILS = ("email", "phone", "first_name", "last_name", "company", "language")
COLUMNS = (
    "id", *DETAILS, "accepts_marketing", "consent_at", "consent_source", "fields", "source_updated_at",
)  # fmt: skip


@dataclass(slots=True)
class Known:
    """A contact, in the database or about to be; ``id`` is 0 until it has one."""

    id: int
    details: dict[str, str]
    accepts_marketing: bool | None = None
    consent_at: datetime | None = None
    consent_source: str = ""
    fields: dict[str, str] = field(default_factory=dict)
    source_updated_at: datetime | None = None
    since: datetime | None = None

    @classmethod
    def of(cls, row: Sequence[Any]) -> "Known":
        """From a row of ``COLUMNS``."""
        return cls(row[0], dict(zip(DETAILS, row[1:7], strict=True)), *row[7:])

    def refresh(self, row: Sequence[Any]) -> None:
        """Takes over what a later reading of the same contact found."""
        fresh = Known.of(row)
        self.details, self.fields = fresh.details, fresh.fields
        self.accepts_marketing, self.consent_at = fresh.accepts_marketing, fresh.consent_at
        self.consent_source, self.source_updated_at = fresh.consent_source, fresh.source_updated_at

    def is_newer_than(self, version: datetime | None) -> bool:
        """Whether a source told a later version of this contact already."""
        return version is not None and self.source_updated_at is not None and version < self.source_updated_at

    def put(self, column: str, value: Any) -> None:
        """Sets one of ``COLUMNS``."""
        if column in self.details:
            self.details[column] = value
        else:
            setattr(self, column, value)

    def values(self) -> dict[str, Any]:
        """All ``COLUMNS`` by name, as psycopg takes them."""
        return {
            "id": self.id,
            **self.details,
            "accepts_marketing": self.accepts_marketing,
            "consent_at": self.consent_at,
            "consent_source": self.consent_source,
            "fields": Jsonb(self.fields),
            "source_updated_at": self.source_updated_at,
        }


@dataclass(slots=True)
class Person:
    """A contact as one shape describes it, with identities normalised.

    ``authoritative`` shapes (contacts, as against orders) also change what was known before.
    """

    shape: ContactIn
    as_of: datetime
    email: str
    phone: str
    identities: list[Identity]
    source: str
    authoritative: bool = False
    note: str = ""
    contact: Known | None = None
    made: bool = False
    changes: dict[str, list[Any]] = field(default_factory=dict)

    @property
    def known(self) -> Known:
        """The contact of a person who has one."""
        if self.contact is None:
            raise ValueError("a guest has no contact")
        return self.contact

    @property
    def outcome(self) -> Outcome:
        """What came of it: the contact was made, changed or left as it was."""
        if self.made:
            return Outcome.CREATED
        return Outcome.UPDATED if self.changes else Outcome.UNCHANGED

    @property
    def consent_at(self) -> datetime:
        """When the statement on marketing was made, as far as the source tells."""
        return self.shape.consent_at or self.shape.updated_at or self.as_of

    @property
    def consent_source(self) -> str:
        """Where the statement on marketing comes from."""
        return self.shape.consent_source or self.source


def describe(
    shape: ContactIn, as_of: datetime, store: StoreRef, source: str, *, authoritative: bool = False
) -> Person:
    """Normalises what identifies the person; what cannot be read is said in ``note`` and left out."""
    notes = []
    email, phone = "", ""
    if shape.email:
        try:
            email = emails.normalise(shape.email)
        except ValueError as error:
            notes.append(f"e-mail left out: {error}")
    if shape.phone:
        try:
            phone = phones.normalise(shape.phone, store.country)
        except ValueError as error:
            notes.append(f"phone left out: {error}")
    if email and placeholders.is_placeholder(email):
        notes.append(f"{email} stands for nobody")
        email = ""
    identities: list[Identity] = []
    if email:
        identities.append(("email", 0, email))
    if shape.customer_id:
        identities.append(("customer", store.id, shape.customer_id))
    if phone:
        identities.append(("phone", 0, phone))
    return Person(shape, as_of, email, phone, identities, source, authoritative, "; ".join(notes))


class Resolver:
    """Matches persons with contacts: first ``look_up``, then ``match``; ``new`` and ``gained`` are to be written."""

    def __init__(self) -> None:
        self.owners: dict[Identity, Known] = {}
        self.erased: set[Identity] = set()
        self.new: list[Known] = []
        self.gained: list[tuple[Identity, Known]] = []

    def look_up(self, cursor: Cursor[Any], identities: Iterable[Identity]) -> None:
        """Reads who owns these identities now, and which belong to persons erased."""
        asked = list(dict.fromkeys(identities))
        if not asked:
            return
        self.erased = tombstones.find(cursor, asked)
        known: dict[int, Known] = {}
        for kind, store_id, value, *contact in read(cursor, asked):
            found = Known.of(contact)
            self.owners[kind, store_id, value] = known.setdefault(found.id, found)

    def match(self, person: Person) -> Known | None:
        """The contact of this person, new if need be; None for a guest or someone erased."""
        if not person.identities or any(identity in self.erased for identity in person.identities):
            return None
        owner = self._owner(person)
        if owner is None:
            owner = Known(0, dict.fromkeys(DETAILS, ""), since=person.as_of)
            self.new.append(owner)
            person.made = True
        for identity in person.identities:
            if identity not in self.owners:
                self.owners[identity] = owner
                self.gained.append((identity, owner))
        person.contact = owner
        return owner

    def _owner(self, person: Person) -> Known | None:
        by_kind = {identity[0]: self.owners.get(identity) for identity in person.identities}
        if found := by_kind.get("email") or by_kind.get("customer"):
            return found
        by_phone = by_kind.get("phone")
        if (
            by_phone is not None
            and "customer" not in by_kind
            and not (person.email and by_phone.details["email"])
        ):
            return by_phone
        return None


_READ = f"""
SELECT i.kind, i.store_id, i.value, {", ".join(f"c.{column}" for column in COLUMNS)}
FROM unnest(%(kinds)s::text[], %(stores)s::bigint[], %(values)s::text[]) AS asked(kind, store_id, value)
JOIN contact_identity i USING (kind, store_id, value)
JOIN contact c ON c.id = i.contact_id
"""


def read(cursor: Cursor[Any], asked: list[Identity]) -> list[tuple[Any, ...]]:
    """Rows of (kind, store id, value, contact id, details …) for those identities that exist."""
    kinds, stores, values = zip(*asked, strict=True)
    cursor.execute(_READ, {"kinds": list(kinds), "stores": list(stores), "values": list(values)})
    return cursor.fetchall()
