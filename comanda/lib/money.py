"""Amounts as text for people and programs."""

from decimal import ROUND_HALF_UP, Decimal
from functools import cache

from babel.numbers import get_currency_precision


@cache
def minor_digits(currency: str) -> int:
    """How many decimal places the currency (ISO 4217) has: 2 for EUR, 0 for JPY, 3 for KWD."""
    return get_currency_precision(currency)


def plain(value: Decimal) -> str:
    """A number without trailing zeros or exponent: ``2.500000`` → ``2.5``."""
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def amount(value: Decimal, currency: str) -> str:
    """An amount with the currency's decimal places, and more only where they say something.

    ``2.550000`` EUR → ``2.55``, ``2.500000`` EUR → ``2.50``, ``0.123400`` EUR → ``0.1234``.
    """
    text = plain(value)
    whole, _, decimals = text.partition(".")
    padded = decimals.ljust(minor_digits(currency), "0")
    return f"{whole}.{padded}" if padded else whole


def to_the_cent(value: Decimal, currency: str) -> str:
    """A sum for people, rounded half up to the currency's decimal places: what a shop's own reports show.

    ``9747747.934`` GBP → ``9747747.93``. Single amounts are never rounded: see ``amount``.
    """
    return amount(value.quantize(Decimal(1).scaleb(-minor_digits(currency)), ROUND_HALF_UP), currency)
