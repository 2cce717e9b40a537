"""Text as people compare it: small letters, no accents, in the order of code points.

Indexes and questions take the expressions from here, since PostgreSQL knows an index again by its words.
"""

from django.db.models import Func, TextField

_FOLD = r"lower(regexp_replace(normalize({}, NFD), '[\u0300-\u036f]', '', 'g'))"
LAST = "\U0010ffff"
"""Sorts behind every other character."""

COMPARED = 200
"""So many characters of a name or number are compared: an entry of an index has no room for long ones."""


def fold(expression: str) -> str:
    """SQL that makes ``elodie`` of an expression that is ``Élodie``."""
    return f'({_FOLD.format(expression)} COLLATE "C")'


def start(expression: str) -> str:
    """SQL of as much of a text as is compared."""
    return f"left({expression}, {COMPARED})"


def begins(column: str, name: str) -> str:
    """SQL for: a folded expression begins with the text bound as ``name``. An index on it serves."""
    given = _FOLD.format(f"%({name})s::text")
    return f"({column} >= {given} AND {column} < {given} || '{LAST}')"


class Folded(Func):
    """``fold`` for declaring an index; to be wrapped in ``Collate(…, "C")``."""

    template = _FOLD.format("%(expressions)s")
    output_field = TextField()


class FullName(Func):
    """A contact's first and last name as one text."""

    template = "btrim(%(expressions)s)"
    arg_joiner = " || ' ' || "
    output_field = TextField()
