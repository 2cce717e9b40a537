"""One way to write a phone number: E.164."""

import re
from functools import lru_cache

import phonenumbers

_INTERNATIONAL = re.compile(r"\s*(?:\+|00)[0-9 ()./-]+")
_GROUPED = re.compile(r"\s*\(?[0-9][0-9 ()./-]*[ ()./-][0-9 ()./-]*")
_SHORTEST = 8
_LONGEST_INPUT = 40


@lru_cache(maxsize=1 << 16)
def normalise(text: str, country: str) -> str:
    """The number in E.164 (``+5511987654321``).

    ``country`` is the ISO 3166 alpha-2 code that a number without ``+`` belongs to, "" when none is
    known. Raises ``ValueError`` whose message is one sentence for people.
    """
    number = text.strip()
    if len(number) > _LONGEST_INPUT:
        raise ValueError("A phone number is not as long as this.")
    if number.startswith("00"):
        number = "+" + number[2:]
    if not number.startswith("+") and not country:
        raise ValueError("A phone number needs its country code, as in +351 912 345 678.")
    try:
        parsed = phonenumbers.parse(number, country.upper() or None)
    except phonenumbers.NumberParseException:
        raise ValueError("This is not a phone number.") from None
    if not phonenumbers.is_valid_number(parsed):
        raise ValueError("No such phone number can exist in its country.")
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def is_international(text: str) -> bool:
    """Whether this is written with ``+`` or ``00`` and nothing but what phone numbers hold."""
    return _INTERNATIONAL.fullmatch(text) is not None and _digits(text) >= _SHORTEST


def is_grouped(text: str) -> bool:
    """Whether this is written like a phone number of one's own country: groups of eight or more digits."""
    return _GROUPED.fullmatch(text) is not None and _digits(text) >= _SHORTEST


def _digits(text: str) -> int:
    return sum(character.isdigit() for character in text)


def begins_abroad(digits: str, country: str) -> str:
    """How a number that is dialled so within ``country`` (ISO 3166 alpha-2) begins in E.164.

    The digits may be only the first few: ``0171 2`` in Germany → ``+491712``.
    """
    trunk = phonenumbers.ndd_prefix_for_region(country.upper(), True) or ""
    return f"+{phonenumbers.country_code_for_region(country.upper())}{digits.removeprefix(trunk)}"
