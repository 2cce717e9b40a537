"""Contacts found by the beginning of their name, e-mail or phone, as someone types it.

Each way of searching is a range of one index and stops after ``limit`` rows, so that the answer takes as long
with a million contacts as with a hundred.
"""

import re
from collections.abc import Iterator
from typing import Any

from django.db import connection

from comanda.records.models import Contact

_MOST_WORDS = 6
_LAST = "\U0010ffff"
"""Sorts behind every other character."""

_INTERNATIONAL = re.compile(r"(?:\+|00)([0-9 ()./-]+)")
_FROM = (
    """{column} >= lower(%({name})s) COLLATE "C" AND {column} < lower(%({name})s || %(last)s) COLLATE "C" """
)
_FOLDED = 'lower({}) COLLATE "C"'
_IDENTITIES = """
SELECT contact_id AS id FROM contact_identity WHERE store_id = 0 AND kind = '{kind}' AND {condition}
"""
_CONTACTS = "SELECT id FROM contact WHERE {condition}"


def search(text: str, limit: int) -> list[Contact]:
    """Contacts whose name (first, last or both), e-mail or phone begins so; of many, the newest found."""
    words = text.split()
    if not words:
        return []
    values: dict[str, Any] = {"last": _LAST, "limit": limit}
    parts = [f"({part} LIMIT %(limit)s)" for part in _ways(words, values)]
    with connection.cursor() as cursor:
        cursor.execute(f"{' UNION '.join(parts)} ORDER BY id DESC LIMIT %(limit)s", values)
        ids = [row[0] for row in cursor.fetchall()]
    return sorted(Contact.objects.filter(id__in=ids), key=lambda contact: -contact.pk)


def _ways(words: list[str], values: dict[str, Any]) -> Iterator[str]:
    """A question for each way in which the text can be meant; their values are added to ``values``."""
    values["whole"] = whole = " ".join(words)
    yield _IDENTITIES.format(kind="email", condition=_FROM.format(column='value COLLATE "C"', name="whole"))
    if number := _INTERNATIONAL.fullmatch(whole):
        values["phone"] = "+" + re.sub("[^0-9]", "", number[1])
        yield _IDENTITIES.format(
            kind="phone", condition=_FROM.format(column='value COLLATE "C"', name="phone")
        )
    for column in ("first_name", "last_name"):
        begins = _FROM.format(column=_FOLDED.format(column), name="whole")
        yield _CONTACTS.format(condition=f"{begins} AND {column} <> ''")
    for cut in range(1, min(len(words), _MOST_WORDS)):
        values[f"first{cut}"], values[f"rest{cut}"] = " ".join(words[:cut]), " ".join(words[cut:])
        first = f"{_FOLDED.format('first_name')} = {_FOLDED.format(f'%(first{cut})s')} AND first_name <> ''"
        rest = _FROM.format(column=_FOLDED.format("last_name"), name=f"rest{cut}")
        yield _CONTACTS.format(condition=f"{first} AND {rest}")
