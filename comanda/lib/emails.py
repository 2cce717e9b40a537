"""One way to write an e-mail address, so that the same person is found again."""

import re
import unicodedata
from functools import lru_cache

from email_validator import EmailNotValidError, validate_email

_PLAIN = re.compile(
    r"(?=.{6,254}\Z)(?=[^@]{1,64}@)[a-z0-9_+-]+(?:\.[a-z0-9_+-]+)*"
    r"@(?:[a-z0-9]+(?:-[a-z0-9]+)*\.)+(?!(?:arpa|invalid|local|localhost|onion)\Z)[a-z]{2,63}"
)
"""Addresses that need no closer look: ``email-validator`` gives them back unchanged, and a test says so."""

_LONGEST_LABEL = 63


@lru_cache(maxsize=1 << 14)
def normalise(text: str) -> str:
    """The address trimmed, in lower case and NFC, its domain in ASCII (IDNA).

    Two addresses are one person's when this gives the same for both. Raises ``ValueError`` whose
    message is one sentence for people. Nothing is asked of the network; ``.test`` domains pass.
    """
    address = unicodedata.normalize("NFC", text.strip()).lower()
    if _PLAIN.fullmatch(address) and _has_short_labels(address):
        return address
    try:
        found = validate_email(address, check_deliverability=False, test_environment=True, strict=True)
    except EmailNotValidError as error:
        raise ValueError(str(error)) from None
    local = unicodedata.normalize("NFC", found.local_part.lower())
    return f"{local}@{found.ascii_domain.lower()}"


def _has_short_labels(address: str) -> bool:
    domain = address.rpartition("@")[2]
    return all(len(label) <= _LONGEST_LABEL for label in domain.split("."))
