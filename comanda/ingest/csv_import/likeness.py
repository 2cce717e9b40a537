"""What values look like, whatever their column is called."""

from collections.abc import Callable, Iterable
from datetime import UTC

from comanda.ingest.csv_import.cells import CONSENTS, Currencies
from comanda.ingest.csv_import.problems import CellProblem
from comanda.ingest.csv_import.statuses import find_status
from comanda.lib import dates, emails, numbers, phones
from comanda.lib.dates import Order
from comanda.lib.text import fold

_LONGEST = 200
_currencies = Currencies()


def kinds_of(values: Iterable[str]) -> dict[str, float]:
    """For each of ``KINDS`` which share of these different values reads as one; zeros are left out."""
    texts = [value for value in values if len(value) <= _LONGEST]
    if not texts:
        return {}
    counts = {kind: sum(map(is_one, texts)) for kind, is_one in KINDS.items()}
    return {kind: round(count / len(texts), 3) for kind, count in counts.items() if count}


def _is_email(text: str) -> bool:
    if "@" not in text:
        return False
    try:
        emails.normalise(text)
    except ValueError:
        return False
    return True


def _is_phone(text: str) -> bool:
    return phones.is_international(text) or (phones.is_grouped(text) and not _is_date(text))


def _is_number(text: str) -> bool:
    return _reads(text, ".") or _reads(text, ",")


def _reads(text: str, mark: str) -> bool:
    """A code such as SKU123 would pass for an amount in a currency that is none."""
    try:
        numbers.parse(text, mark)
    except ValueError:
        return False
    named = numbers.currency_of(text)
    return not named or _is_currency(named)


def _is_whole(text: str) -> bool:
    return text.lstrip("+-").isdecimal()


def _is_date(text: str) -> bool:
    """Digits alone are more often an id than a date without marks."""
    if text.isdigit():
        return False
    return any(_is_dated(text, order) for order in Order)


def _is_dated(text: str, order: Order) -> bool:
    try:
        dates.parse(text, UTC, order)
    except ValueError:
        return False
    return True


def _is_currency(text: str) -> bool:
    try:
        _currencies[text]
    except CellProblem:
        return False
    return True


def _is_word(text: str) -> bool:
    return any(character.isalpha() for character in text)


KINDS: dict[str, Callable[[str], bool]] = {
    "email": _is_email,
    "phone": _is_phone,
    "number": _is_number,
    "whole": _is_whole,
    "date": _is_date,
    "currency": _is_currency,
    "status": lambda text: find_status(text) is not None,
    "consent": lambda text: fold(text) in CONSENTS,
    "link": lambda text: text.lower().startswith(("http://", "https://")),
    "word": _is_word,
    "spaced": lambda text: " " in text,
}
"""Kinds of values, and how one is told. A value may be of several."""
