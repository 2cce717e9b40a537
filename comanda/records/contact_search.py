"""Contacts found by how their name, company, e-mail or phone begins, as someone types it.

Each way of searching is a range of one index and stops after a given number of rows, so that the answer takes
as long with a million contacts as with a hundred. Accents and capitals do not count.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection

from comanda.lib import phones
from comanda.records import folding
from comanda.records.models import Contact, Store

_INTERNATIONAL = re.compile(r"(?:\+|00)([0-9 ()./-]+)")
_NATIONAL = re.compile(r"[0-9 ()./-]+")
_LEAST_DIGITS = 3
_LONGEST = 200
"""Nothing that one searches by is longer; what is typed beyond that cannot match."""

_COLUMNS = {
    "full_name_folded": "NOT (c.first_name = '' AND c.last_name = '')",
    "last_name_folded": "NOT c.last_name = ''",
    "company_folded": "NOT c.company = ''",
}
"""What is searched → whose it is; as the index says it, so that it serves."""


@dataclass(frozen=True, slots=True)
class Typed:
    """What someone typed, and the phone numbers (in E.164, or how they begin) that it can mean."""

    text: str
    phones: tuple[str, ...] = ()

    ordered = False
    joins = True
    by_id = False

    def members(self, name: str) -> list[str]:
        """The contacts that it can mean: a question for each way."""
        return [f"SELECT {way.id} AS id FROM {way.table} WHERE {way.condition}" for way in self._ways(name)]

    def holds(self, name: str) -> str:
        """A test of one contact ``c``: a sub-query, so that a walk stays one instead of all ways, sorted."""
        return f"(SELECT {' OR '.join(way.holds for way in self._ways(name))})"

    def values(self, name: str) -> dict[str, Any]:
        """What is bound."""
        numbers = {f"{name}_{place}": phone for place, phone in enumerate(self.phones)}
        return {name: self.text[:_LONGEST], **numbers}

    def _ways(self, name: str) -> Iterator["_Way"]:
        for column, given in _COLUMNS.items():
            yield _OwnWay(f"{given} AND {folding.begins(f'c.{column}', name)}")
        if " " not in self.text:
            yield _IdentityWay("email", name)
        for place in range(len(self.phones)):
            yield _IdentityWay("phone", f"{name}_{place}")


class _OwnWay:
    """Found by a column of the contact."""

    table, id = "contact c", "c.id"

    def __init__(self, condition: str) -> None:
        self.condition = condition
        self.holds = f"({condition})"


class _IdentityWay:
    """Found by any of the contact's e-mails or phones."""

    table, id = "contact_identity i", "i.contact_id"

    def __init__(self, kind: str, name: str) -> None:
        given = f'lower(%({name})s::text) COLLATE "C"'
        self.condition = (
            f"i.store_id = 0 AND i.kind = '{kind}' AND i.value COLLATE \"C\" >= {given}"
            f" AND i.value COLLATE \"C\" < {given} || '{folding.LAST}'"
        )
        self.holds = f"EXISTS (SELECT FROM contact_identity i WHERE i.contact_id = c.id AND {self.condition})"


_Way = _OwnWay | _IdentityWay


def read(text: str) -> Typed | None:
    """What the text asks for; None if it asks for nothing."""
    words = text.replace("\0", " ").split()
    if not words:
        return None
    whole = " ".join(words)
    return Typed(whole, tuple(_phones(whole)))


def _phones(whole: str) -> Iterator[str]:
    """In the international form, or as they are dialled in a country in which there is a store."""
    if number := _INTERNATIONAL.fullmatch(whole):
        yield "+" + re.sub("[^0-9]", "", number[1])
    elif _NATIONAL.fullmatch(whole) and len(digits := re.sub("[^0-9]", "", whole)) >= _LEAST_DIGITS:
        countries = Store.objects.exclude(country="").order_by("country")
        known = countries.values_list("country", flat=True).distinct()
        yield from dict.fromkeys(phones.begins_abroad(digits, country) for country in known)


def search(text: str, limit: int) -> list[Contact]:
    """Contacts whose name, company, e-mail or phone begins so; of many, the newest found."""
    typed = read(text)
    if typed is None:
        return []
    parts = [f"({part} LIMIT %(limit)s)" for part in typed.members("typed")]
    with connection.cursor() as cursor:
        cursor.execute(
            f"{' UNION '.join(parts)} ORDER BY id DESC LIMIT %(limit)s",
            {**typed.values("typed"), "limit": limit},
        )
        ids = [row[0] for row in cursor.fetchall()]
    return sorted(Contact.objects.filter(id__in=ids), key=lambda contact: -contact.pk)
