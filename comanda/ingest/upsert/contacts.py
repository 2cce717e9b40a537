"""Contacts written: made, or filled in.

An order fills what is missing of a contact; a contact shape also changes what it names, unless an older
version comes late. Consent is taken from the latest statement, and each statement that counted is kept.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from psycopg import Cursor

from . import groups, recall, rows, text
from .log import Log
from .people import COLUMNS, DETAILS, Known, Person, Resolver

Changes = dict[str, list[Any]]
"""Column → [before, after]."""

_SILENT = ("source_updated_at", "accepts_marketing", "consent_at", "consent_source")
"""Columns whose change is no news of its own: consent has its own activity."""

_LOCK = f"SELECT {', '.join(COLUMNS)} FROM contact WHERE id = ANY(%(ids)s) ORDER BY id FOR NO KEY UPDATE"
_UPDATE = f"""
UPDATE contact SET {", ".join(f"{column} = %({column})s" for column in COLUMNS[1:])}, updated_at = now()
WHERE id = %(id)s
"""


def settle(cursor: Cursor[Any], persons: list[Person], log: Log) -> None:
    """Gives each person their contact (``person.contact``), writing what is new or newly known."""
    resolver = Resolver()
    identities = [identity for person in persons for identity in person.identities]
    resolver.look_up(cursor, identities)
    if log.rehearsal:
        recall.look_up(cursor, resolver, identities, log.rehearsal)
    for person in persons:
        resolver.match(person)
    met = [person for person in persons if person.contact is not None]
    _lock(cursor, met)
    changes = _merge(met)
    _insert(cursor, resolver, log)
    _update(cursor, changes, resolver, log)
    if log.rehearsal:
        emailed = [contact for contact, what in changes.values() if "email" in what]
        recall.remember(resolver, emailed, log.rehearsal)
    _remember_gains(met, log)
    _consents(cursor, met, log)
    groups.join(cursor, met, log)


def _lock(cursor: Cursor[Any], persons: Iterable[Person]) -> None:
    """Locks the contacts that will change, lowest id first, and reads them again as they are now."""
    changing = {
        contact.id: contact
        for person in persons
        if (contact := person.contact) is not None and contact.id and _differences(contact, person)
    }
    if not changing:
        return
    cursor.execute(_LOCK, {"ids": sorted(changing)})
    for row in cursor.fetchall():
        changing[row[0]].refresh(row)


def _merge(persons: Iterable[Person]) -> dict[int, tuple[Known, Changes]]:
    """Applies what each person adds to their contact; the changes, by ``id(contact)``."""
    merged: dict[int, tuple[Known, Changes]] = {}
    for person in persons:
        contact = person.contact
        if contact is None:
            continue
        person.changes = _differences(contact, person)
        if not person.changes:
            continue
        _, changes = merged.setdefault(id(contact), (contact, {}))
        for column, (before, after) in person.changes.items():
            contact.put(column, after)
            changes.setdefault(column, [before, after])[1] = after
    return merged


def _differences(contact: Known, person: Person) -> Changes:
    shape = person.shape
    said = {
        "email": person.email,
        "phone": person.phone,
        "first_name": shape.first_name,
        "last_name": shape.last_name,
        "company": shape.company,
        "language": shape.language,
    }
    overwrites = person.authoritative and not contact.is_newer_than(shape.updated_at)
    found: Changes = {}
    for column, value in said.items():
        before = contact.details[column]
        if value and value != before and (overwrites or not before):
            found[column] = [before, value]
    if shape.fields:
        fields = {**contact.fields, **shape.fields} if overwrites else {**shape.fields, **contact.fields}
        if fields != contact.fields:
            found["fields"] = [contact.fields, fields]
    if overwrites and shape.updated_at and shape.updated_at != contact.source_updated_at:
        found["source_updated_at"] = [contact.source_updated_at, shape.updated_at]
    found.update(_consent_differences(contact, person))
    return found


def _consent_differences(contact: Known, person: Person) -> Iterator[tuple[str, list[Any]]]:
    """The latest statement counts. The same said again counts too if it is dated: what was said between the
    two may yet come in."""
    accepts, at, kept = person.shape.accepts_marketing, person.consent_at, contact.consent_at
    if accepts is None or (kept is not None and at < kept):
        return
    if accepts != contact.accepts_marketing:
        yield "accepts_marketing", [contact.accepts_marketing, accepts]
    elif not person.consent_is_dated or at == kept:
        return
    yield "consent_at", [kept, at]
    yield "consent_source", [contact.consent_source, person.consent_source]


def _insert(cursor: Cursor[Any], resolver: Resolver, log: Log) -> None:
    for contact, new_id in zip(
        resolver.new, rows.next_ids(cursor, "contact", len(resolver.new)), strict=True
    ):
        contact.id = new_id
    rows.copy(cursor, "contact", COLUMNS, (_row(contact) for contact in resolver.new))
    identities = sorted((identity, contact.id) for identity, contact in resolver.gained)
    rows.copy(
        cursor,
        "contact_identity",
        ("kind", "store_id", "value", "contact_id"),
        (f"{kind}\t{store_id}\t{text.text(value)}\t{owner}" for (kind, store_id, value), owner in identities),
    )
    for contact in resolver.new:
        log.add("contact_created", contact.since or log.now, {}, contact_id=contact.id)
        log.made("contact", contact.id)


def _row(contact: Known) -> str:
    said = "\t".join(text.text(contact.details[column]) for column in DETAILS)
    return (
        f"{contact.id}\t{said}\t{text.optional(contact.accepts_marketing)}\t{text.time(contact.consent_at)}\t"
        f"{text.text(contact.consent_source)}\t{text.data(contact.fields)}\t{text.time(contact.source_updated_at)}"
    )


def _update(
    cursor: Cursor[Any], changes: dict[int, tuple[Known, Changes]], resolver: Resolver, log: Log
) -> None:
    fresh = {id(contact) for contact in resolver.new}
    changed = [pair for key, pair in changes.items() if key not in fresh]
    if not changed:
        return
    cursor.executemany(_UPDATE, [contact.values() for contact, _ in changed])
    for contact, what in changed:
        told = {column: pair for column, pair in what.items() if column not in _SILENT}
        if told:
            log.add("contact_updated", log.now, {"changes": told}, contact_id=contact.id)
        before, after = ({column: pair[side] for column, pair in what.items()} for side in (0, 1))
        log.changed("contact", contact.id, before, after)
        if log.rehearsal:
            log.rehearsal.contact_changed(contact.id)


def _remember_gains(persons: Iterable[Person], log: Log) -> None:
    """Tells of identities that contacts known before have now too."""
    for person in persons:
        if person.gained and person.known.since is None:
            log.add("contact_identified", log.now, {"identities": person.gained}, contact_id=person.known.id)
            marks = {f"identity:{kind}:{store_id}:{value}": True for kind, store_id, value in person.gained}
            log.changed("contact", person.known.id, {}, marks)


def _consents(cursor: Cursor[Any], persons: Iterable[Person], log: Log) -> None:
    stated = [person for person in persons if "consent_at" in person.changes]
    ids = rows.next_ids(cursor, "consent", len(stated))
    rows.copy(
        cursor,
        "consent",
        ("id", "contact_id", "accepts_marketing", "at", "source", "proof"),
        (
            f"{consent_id}\t{person.known.id}\t{text.optional(person.shape.accepts_marketing)}\t"
            f"{text.time(person.consent_at)}\t{text.text(person.consent_source)}\t"
            f"{text.text(person.shape.consent_proof)}"
            for consent_id, person in zip(ids, stated, strict=True)
        ),
    )
    for consent_id, person in zip(ids, stated, strict=True):
        log.changed("contact", person.known.id, {}, {f"consent_id:{consent_id}": True})
        if "accepts_marketing" in person.changes:
            data = {"accepts_marketing": person.shape.accepts_marketing, "source": person.consent_source}
            kind = "consent_given" if person.shape.accepts_marketing else "consent_withdrawn"
            log.add(kind, person.consent_at, data, contact_id=person.known.id)
