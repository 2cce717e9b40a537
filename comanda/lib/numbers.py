"""Numbers as people write them in files: ``1,234.56``, ``R$ 1.234,56``, ``(12.50)``, ``1 234,5-``.

Which of ``.`` and ``,`` is the decimal mark cannot be told from one number (``1.234``), so a reader
asks ``mark_of`` about all of them first and then calls ``parse`` with the one that came out.
"""

import re
from decimal import Decimal

MOST_DECIMALS = 6
LIMIT = Decimal(10) ** 12
"""Amounts and quantities lie between -LIMIT and LIMIT, both excluded."""

SIGNS = {
    "€": "EUR",
    "£": "GBP",
    "R$": "BRL",
    "¥": "",
    "$": "",
    "US$": "USD",
    "C$": "CAD",
    "A$": "AUD",
    "MX$": "MXN",
    "kr": "",
    "₺": "TRY",
    "₹": "INR",
    "₽": "RUB",
    "₴": "UAH",
    "₪": "ILS",
    "₩": "KRW",
    "₫": "VND",
    "₦": "NGN",
    "฿": "THB",
    "zł": "PLN",
    "Kč": "CZK",
    "S/": "PEN",
    "₲": "PYG",
    "Fr.": "CHF",
    "Bs": "",
}
"""Currency signs and the ISO 4217 code each means, "" where several currencies share it."""

_SIGN = "|".join(re.escape(sign) for sign in sorted(SIGNS, key=len, reverse=True))
_MONEY = rf"(?:{_SIGN}|[A-Za-z]{{3}})"
_SPACES = " \t\u00a0\u202f\u2007\u2009"
_AMOUNT = re.compile(
    rf"(?P<open>\()?(?P<minus>[-+])?(?P<before>{_MONEY})?(?P<minus2>[-+])?(?P<digits>[0-9.,'’]+)"
    rf"(?P<minus3>-)?(?P<after>{_MONEY})?(?P<minus4>-)?(?P<close>\))?"
)
_SHORT = 12
_DELETE_SPACES = str.maketrans("", "", _SPACES)
_MINUSES = str.maketrans("\u2212\u2013\u2012\ufe63\uff0d", "-----")
_PLAIN = {
    ".": re.compile(r"(?:[0-9]+|[0-9]{1,3}(?:[,'’][0-9]{2,3})*[,'’][0-9]{3})?(?:\.[0-9]*)?"),
    ",": re.compile(r"(?:[0-9]+|[0-9]{1,3}(?:[.'’][0-9]{2,3})*[.'’][0-9]{3})?(?:,[0-9]*)?"),
}
_SPACED = re.compile(rf"[0-9](?:[0-9.,'’]|[{_SPACES}](?=[0-9]{{3}}(?![0-9])))*")
_CORE = re.compile(rf"[0-9.,][0-9.,'’{_SPACES}]*")


def parse(text: str, mark: str = ".") -> Decimal:
    """The number that ``text`` says, ``mark`` being its decimal mark.

    Takes signs before or behind, parentheses for negatives, thousands parted by the other mark, an
    apostrophe or a space, and a currency sign or code on either side. Raises ``ValueError`` whose
    message is one sentence for people.
    """
    whole, point, decimals = text.partition(mark)
    is_plain = len(text) <= _SHORT and text.isascii() and whole.isdigit()
    if is_plain and not point:
        return Decimal(whole)
    if is_plain and decimals.isdigit() and len(decimals) <= MOST_DECIMALS:
        return Decimal(f"{whole}.{decimals}")
    found = _AMOUNT.fullmatch(_compact(text))
    if found is None:
        raise ValueError(_why_not(text))
    if bool(found["open"]) != bool(found["close"]):
        raise ValueError("Its parentheses do not close.")
    digits = found["digits"]
    if not _PLAIN[mark].fullmatch(digits) or not any("0" <= d <= "9" for d in digits):
        raise ValueError(f"It is no number with {_NAMES[mark]} as the decimal mark.")
    signs = [s for s in (found["minus"], found["minus2"], found["minus3"], found["minus4"]) if s]
    if len(signs) + bool(found["open"]) > 1:
        raise ValueError("It has more than one sign.")
    return _bounded(digits, mark, negative=bool(found["open"]) or signs == ["-"])


_NAMES = {".": "a point", ",": "a comma"}


def currency_of(text: str) -> str:
    """The ISO 4217 code of the currency that ``text`` names itself, "" when none or a shared sign."""
    found = _AMOUNT.fullmatch(_compact(text))
    if found is None:
        return ""
    name = found["before"] or found["after"] or ""
    return SIGNS.get(name, name.upper())


def names_currency(text: str) -> bool:
    """Whether a currency sign or code stands beside the number."""
    found = _AMOUNT.fullmatch(_compact(text))
    return found is not None and bool(found["before"] or found["after"])


def mark_of(text: str) -> str:
    """Which decimal mark this number proves: ``.`` or ``,``; ``?`` when it could be either; else "".

    "" stands for a number that looks the same either way (``1234``) and for what is no number.
    """
    core = _CORE.search(text.translate(_MINUSES).strip())
    if core is None:
        return ""
    digits = core[0].strip(_SPACES)
    grouped = any(character in digits for character in "'’" + _SPACES)
    points, commas = digits.count("."), digits.count(",")
    if points and commas:
        return "." if digits.rfind(".") > digits.rfind(",") else ","
    if not points and not commas:
        return ""
    mark, count = (".", points) if points else (",", commas)
    if count > 1:
        return "," if mark == "." else "."
    whole, _, rest = digits.rpartition(mark)
    if len(rest) != 3 or len(whole) > 3 or not whole or whole.startswith("0") or grouped:
        return mark
    return "?"


def _compact(text: str) -> str:
    """``text`` without the spaces that may stand around a sign or between groups of three digits."""
    stripped = text.strip().translate(_MINUSES)
    core = _CORE.search(stripped)
    if core and not _SPACED.fullmatch(core[0].strip(_SPACES)) and core[0][0] not in ".,":
        return text
    return stripped.translate(_DELETE_SPACES)


def _bounded(digits: str, mark: str, *, negative: bool) -> Decimal:
    for thousands in ("'", "’", "," if mark == "." else "."):
        digits = digits.replace(thousands, "")
    whole, _, decimals = digits.partition(mark)
    decimals = decimals if len(decimals) <= MOST_DECIMALS else decimals.rstrip("0")
    if len(decimals) > MOST_DECIMALS:
        raise ValueError(f"It has more than {MOST_DECIMALS} decimals.")
    if len(whole.lstrip("0")) > 12:
        raise ValueError("It is 1,000,000,000,000 or more.")
    number = Decimal(f"{whole or 0}.{decimals}" if decimals else whole or "0")
    return -number if negative and number else number


def _why_not(text: str) -> str:
    if not text.strip():
        return "It is empty."
    if "%" in text:
        return "It is a percentage, not an amount."
    if re.fullmatch(r"\s*[-+]?[0-9.,]+[eE][-+]?[0-9]+\s*", text):
        return "It is in scientific notation, which loses digits."
    return "It is no number."
