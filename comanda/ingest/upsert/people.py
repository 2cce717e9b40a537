"""Whose order is it? Contacts found by their identities, made when new, filled in when known better.

The e-mail decides; without a known one the shop's customer id; the phone only where it cannot take one
person for another (families share one). Identities never move from one contact to another here: merging
people is a decision of its own, with evidence.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from psycopg import Cursor
from psycopg.types.json import Jsonb

from comanda.lib import emails, phones, placeholders
from comanda.records import tombstones
from comanda.shapes import ContactIn, Outcome

from .log import Log

Identity = tuple[str, int, str]
"""(kind, store id or 0, value) as in the table ``contact_identity``."""

DETAILS = ("email", "phone", "first_name", "last_name", "company", "language")
COLUMNS = (
    "id", *DETAILS, "accepts_marketing", "consent_at", "consent_source", "fields", "source_updated_at",
)  # fmt: skip


class Moved(Exception):
    """Someone else gave a contact an e-mail between our look at it and our lock: match again."""


@dataclass(slots=True)
class Known:
    """A contact, in the database or about to be; ``id`` is 0 until it has one.

    ``has_email`` is true as soon as a person with an e-mail was matched, before the details are merged.
    """

    id: int
    details: dict[str, str]
    accepts_marketing: bool | None = None
    consent_at: datetime | None = None
    consent_source: str = ""
    fields: dict[str, str] = field(default_factory=dict)
    source_updated_at: datetime | None = None
    since: datetime | None = None
    has_email: bool = False

    @classmethod
    def of(cls, row: Sequence[Any]) -> "Known":
        """From a row of ``COLUMNS``."""
        found = cls(row[0], dict(zip(DETAILS, row[1:7], strict=True)), *row[7:])
        found.fields = json.loads(row[10])  # Django has psycopg hand jsonb over as text
        found.has_email = bool(found.details["email"])
        return found

    def refresh(self, row: Sequence[Any]) -> None:
        """Takes over what a later reading of the same contact found; raises Moved."""
        fresh = Known.of(row)
        if fresh.details["email"] != self.details["email"]:
            raise Moved
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

    ``as_of`` is when it was so. ``authoritative`` shapes (contacts, as against orders) also change what was
    known before. The statement on marketing, if there is one, was made at ``consent_at``;
    ``consent_is_dated`` is false where that is only when we heard of it.
    """

    shape: ContactIn
    as_of: datetime
    email: str
    phone: str
    identities: list[Identity]
    consent_at: datetime
    consent_is_dated: bool
    consent_source: str
    authoritative: bool = False
    note: str = ""
    is_erased: bool = False
    contact: Known | None = None
    made: bool = False
    joined: bool = False
    gained: list[Identity] = field(default_factory=list)
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
        return Outcome.UPDATED if self.changes or self.gained or self.joined else Outcome.UNCHANGED

    def remark(self, note: str) -> None:
        """Adds to ``note``."""
        self.note = f"{self.note}; {note}" if self.note else note


def describe(shape: ContactIn, log: Log, placed_at: datetime | None = None) -> Person:
    """Normalises what identifies the person; what cannot be read is said in ``note`` and left out.

    ``placed_at`` is given for the person behind an order or cart; without it the shape is authoritative.
    """
    stated_at = shape.consent_at or shape.updated_at or placed_at
    person = Person(
        shape,
        as_of=placed_at or shape.updated_at or log.now,
        email="",
        phone="",
        identities=[],
        # A statement dated ahead would keep every later one from counting.
        consent_at=min(stated_at or log.now, log.now),
        consent_is_dated=stated_at is not None and stated_at <= log.now,
        consent_source=shape.consent_source or log.cause.source,
        authoritative=placed_at is None,
    )
    if shape.email:
        _read_email(person)
    if shape.phone:
        _read_phone(person, log.store.country)
    if person.email:
        person.identities.append(("email", 0, person.email))
    if shape.customer_id:
        person.identities.append(("customer", log.store.id, shape.customer_id))
    if person.phone:
        person.identities.append(("phone", 0, person.phone))
    return person


def _read_email(person: Person) -> None:
    try:
        email = emails.normalise(person.shape.email)
    except ValueError as error:
        person.remark(f"e-mail left out: {error}")
        return
    if placeholders.is_placeholder(email):
        person.remark(f"{email} stands for nobody")
        if person.shape.accepts_marketing:  # nobody's consent: it was the form's, or the marketplace's
            person.shape = replace(person.shape, accepts_marketing=None)
    else:
        person.email = email


def _read_phone(person: Person, country: str) -> None:
    try:
        person.phone = phones.normalise(person.shape.phone, country)
    except ValueError as error:
        person.remark(f"phone left out: {error}")


_LOOK_UP = f"""
SELECT EXISTS (SELECT FROM tombstone), {", ".join(f"c.{column}" for column in COLUMNS)}
FROM unnest(%(kinds)b::text[], %(stores)b::bigint[], %(values)b::text[])
    WITH ORDINALITY AS asked(kind, store_id, value, place)
LEFT JOIN contact_identity i USING (kind, store_id, value)
LEFT JOIN contact c ON c.id = i.contact_id
ORDER BY asked.place
"""


class Resolver:
    """Matches persons with contacts: first ``look_up``, then ``match`` for each in turn.

    ``new`` and ``gained`` then tell what is to be written.
    """

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
        kinds, stores, values = map(list, zip(*asked, strict=True))
        cursor.execute(_LOOK_UP, {"kinds": kinds, "stores": stores, "values": values})
        found = cursor.fetchall()
        known: dict[int, Known] = {}
        for identity, (_, contact_id, *details) in zip(asked, found, strict=True):
            if contact_id is not None:
                if contact_id not in known:
                    known[contact_id] = Known.of([contact_id, *details])
                self.owners[identity] = known[contact_id]
        some_are_erased = found[0][0]
        if some_are_erased:
            self.erased = tombstones.find(cursor, asked)

    def match(self, person: Person) -> None:
        """Finds the contact of this person, or makes one; a guest or someone erased has none."""
        self._leave_out_erased(person)
        if not person.identities:
            return
        owner = self._owner(person)
        if owner is None:
            owner = Known(0, dict.fromkeys(DETAILS, ""), since=person.as_of)
            self.new.append(owner)
            person.made = True
        if owner.since is not None:
            owner.since = min(owner.since, person.as_of)
        owner.has_email = owner.has_email or bool(person.email)
        person.contact = owner
        person.gained = [identity for identity in person.identities if identity not in self.owners]
        for identity in person.gained:
            self.owners[identity] = owner
            self.gained.append((identity, owner))

    def _leave_out_erased(self, person: Person) -> None:
        """An erased e-mail or customer id is the person's own; an erased phone may be someone else's too."""
        gone = {identity[0] for identity in person.identities if identity in self.erased}
        if not gone:
            return
        if gone == {"phone"} and len(person.identities) > 1:
            person.identities = [identity for identity in person.identities if identity[0] != "phone"]
            person.phone = ""
            person.remark("phone left out: it belonged to someone erased")
        else:
            person.identities = []
            person.is_erased = True
            person.remark("this person was erased and stays so")

    def _owner(self, person: Person) -> Known | None:
        by_kind = {identity[0]: self.owners.get(identity) for identity in person.identities}
        if found := by_kind.get("email") or by_kind.get("customer"):
            return found
        by_phone = by_kind.get("phone")
        if by_phone is None or "customer" in by_kind or (person.email and by_phone.has_email):
            return None
        return by_phone
