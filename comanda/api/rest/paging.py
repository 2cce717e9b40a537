"""Cursor paging: ``{"items": [...], "next": cursor | null}``.

A cursor says behind which row the next page begins, so that rows added meanwhile shift nothing. It is signed:
what is not ours is refused rather than guessed at.
"""

import base64
import binascii
import hmac
import re
from collections.abc import Sequence
from typing import Annotated, Any

import orjson
from django.conf import settings

from comanda.api.problems import ApiProblem
from comanda.api.rest.fields import Reads, wrong

MOST = 200
USUAL = 50
_SIGNATURE = 12
_CURSOR = re.compile("[A-Za-z0-9_-]{20,400}")


def _limit(value: Any) -> int:
    if value == USUAL:
        return USUAL
    if isinstance(value, str) and re.fullmatch("[0-9]{1,3}", value) and 1 <= int(value) <= MOST:
        return int(value)
    raise wrong(f"a whole number from 1 to {MOST}")


def _cursor(value: Any) -> str | None:
    if value is None or (isinstance(value, str) and _CURSOR.fullmatch(value)):
        return value
    raise wrong("the `next` of a page")


Limit = Annotated[int, Reads(_limit, {"type": "integer", "minimum": 1, "maximum": MOST})]
Cursor = Annotated[
    str | None,
    Reads(
        _cursor,
        {
            "type": "string",
            "pattern": f"^{_CURSOR.pattern}$",
            "description": "`next` of the page before; left out for the first.",
        },
    ),
]


def encode(listing: str, position: Sequence[Any]) -> str:
    """The cursor that stands for a position in a listing."""
    payload = orjson.dumps(list(position))
    return base64.urlsafe_b64encode(_sign(listing, payload) + payload).decode().rstrip("=")


def decode(listing: str, cursor: str) -> list[Any]:
    """The position behind a cursor; raises ApiProblem (404) for one that this listing did not give."""
    try:
        raw = base64.b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4), b"-_", validate=True)
    except (UnicodeEncodeError, binascii.Error):
        raise _foreign() from None
    signature, payload = raw[:_SIGNATURE], raw[_SIGNATURE:]
    if not hmac.compare_digest(signature, _sign(listing, payload)):
        raise _foreign()
    position: list[Any] = orjson.loads(payload)
    return position


def _sign(listing: str, payload: bytes) -> bytes:
    key = f"cursor {settings.SECRET_KEY}".encode()
    return hmac.digest(key, listing.encode() + b"\n" + payload, "sha256")[:_SIGNATURE]


def _foreign() -> ApiProblem:
    fault = {"in": "query", "parameter": "cursor", "detail": "expected the `next` of a page of this list"}
    return ApiProblem(404, "There is no such page: this list did not give this cursor.", [fault])
