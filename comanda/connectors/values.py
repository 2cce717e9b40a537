"""What shops write into JSON, read: amounts, times, ids and texts that may be of any type, or missing.

Each raises ValueError for what cannot be read: then the record is kept in the inbox and told, not guessed.
"""

import hmac
from base64 import b64encode
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from decimal import Decimal, InvalidOperation
from typing import Any

from comanda.lib import dates

ZERO = Decimal(0)
_MILLIONTH = Decimal("0.000001")


def text(value: object) -> str:
    """A text without the spaces around it; "" for what is missing, empty or no plain value."""
    if value is None or isinstance(value, bool | Mapping | list):
        return ""
    return str(value).strip().replace("\0", "")


def key(value: object) -> str:
    """An id as text; "" for none: null, 0, "0" and "" all mean that."""
    said = text(value)
    return "" if said == "0" else said


def amount(value: object) -> Decimal:
    """An amount; a missing one is 0. Raises ValueError for what is no number."""
    if value is None or value == "":
        return ZERO
    if isinstance(value, bool | Mapping | list):
        raise ValueError(f"{value!r} is no amount")
    try:
        found = Decimal(str(value).strip())
    except InvalidOperation:
        raise ValueError(f"{value!r} is no amount") from None
    if not found.is_finite():
        raise ValueError(f"{value!r} is no amount")
    return found


def spread(whole: Decimal, weights: Sequence[Decimal], places: int = 2) -> list[Decimal]:
    """Parts of an amount in the measure of their weights, to the cent, that add up to it exactly.

    For discounts of a whole order, which lines share. Where nothing weighs anything, all weigh the same.
    """
    if not weights:
        return []
    if not sum(weights):
        weights = [Decimal(1)] * len(weights)
    cent, all_of_it = Decimal(1).scaleb(-places), sum(weights)
    parts = [(whole * each / all_of_it).quantize(cent) for each in weights]
    largest = max(range(len(parts)), key=lambda index: abs(weights[index]))
    parts[largest] += whole - sum(parts)
    return parts


def price_of_one(total: Decimal, count: Decimal) -> Decimal:
    """What one cost of ``count``, to a millionth; the total itself where there is none to divide it by."""
    return (total / count).quantize(_MILLIONTH) if count else total


def flag(value: object) -> bool | None:
    """Yes, no, or None where nothing was said."""
    if isinstance(value, bool):
        return value
    return {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}.get(
        text(value).lower()
    )


def moment(value: object, zone: tzinfo = UTC) -> datetime | None:
    """An instant; None for none, also as "0000-00-00 00:00:00" or a year before 1. ``zone`` is of bare times.

    Takes ``+0000`` without a colon, and seconds since 1970 as a number. Raises ValueError.
    """
    if isinstance(value, int | float) and not isinstance(value, bool):
        return datetime.fromtimestamp(value, UTC) if value else None
    said = text(value)
    if not said or said.startswith(("0000-00-00", "-", "0001-")):
        return None
    try:
        found = datetime.fromisoformat(said)
    except ValueError:
        return dates.parse(said, zone)[0]
    return found if found.tzinfo else dates.settle(found.replace(tzinfo=zone))[0]


def certain(value: object, zone: tzinfo = UTC) -> datetime:
    """The same for an instant that must be there. Raises ValueError."""
    found = moment(value, zone)
    if found is None:
        raise ValueError(f"{value!r} is no date")
    return found


def child(value: object) -> Mapping[str, Any]:
    """An object; an empty one for null, and for the ``[]`` that PHP makes of an empty one."""
    return value if isinstance(value, Mapping) else {}


def children(value: object) -> list[Any]:
    """A list; an empty one for null; the values of an object whose keys are numbers."""
    if isinstance(value, Mapping):
        return list(value.values())
    return list(value) if isinstance(value, list | tuple) else []


def names(full: str) -> tuple[str, str]:
    """First and last name of a full one, parted at the first space."""
    first, _, last = " ".join(full.split()).partition(" ")
    return first, last


def first(*said: object) -> str:
    """The first text that says something."""
    return next(filter(None, map(text, said)), "")


def words(value: object) -> tuple[str, ...]:
    """Words of a list, or of a text parted by commas."""
    parts = value if isinstance(value, Sequence) and not isinstance(value, str) else text(value).split(",")
    return tuple(dict.fromkeys(filter(None, map(text, parts))))


def is_signed(body: bytes, secret: str, signature: str, *, form: str = "hex") -> bool:
    """Whether ``signature`` is the HMAC-SHA256 of the body, in ``hex`` or ``base64``, in constant time."""
    # Not ``hmac.digest``: for a short body that would give Python's lock away and wait to have it back.
    made = hmac.new(secret.encode(), body, "sha256").digest()
    right = made.hex() if form == "hex" else b64encode(made).decode()
    return bool(secret) and hmac.compare_digest(right.encode(), signature.strip().encode("utf-8", "replace"))
