"""Request bodies: their size, media type, and JSON read strictly.

Numbers are read digit by digit (``Decimal``), never through a float. What the JSON standard leaves open and
money must not (one key twice, NaN, Infinity) is refused.
"""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal, InvalidOperation
from typing import Any

from django.http import HttpRequest
from ninja.parser import Parser

from comanda import env

from .problems import ApiProblem

JSON = "application/json"
_LONGEST_NUMBER = 100


class Malformed(ValueError):
    """Text that is not the JSON that we read."""


def _object(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise Malformed(f"an object has the key {twice[:100]!r} twice")
    return found


def _integer(text: str) -> int | Decimal:
    return int(text) if len(text) <= _LONGEST_NUMBER else _number(text)


def _number(text: str) -> Decimal:
    if len(text) > _LONGEST_NUMBER:
        raise Malformed(f"a number has more than {_LONGEST_NUMBER} characters")
    try:
        return Decimal(text)
    except InvalidOperation:
        raise Malformed(f"{text[:20]} is beyond all numbers") from None


def _constant(text: str) -> Any:
    raise Malformed(f"{text} is not a number in JSON")


_DECODER = json.JSONDecoder(
    object_pairs_hook=_object, parse_float=_number, parse_int=_integer, parse_constant=_constant
)


def decode(text: str) -> Any:
    """The value that a JSON text stands for; raises Malformed, saying where it goes wrong."""
    with _malformed():
        return _DECODER.decode(text)


def end_of_value(text: str, start: int) -> int:
    """Where the value that begins at ``start`` ends; raises Malformed."""
    with _malformed():
        return _DECODER.raw_decode(text, start)[1]


@contextmanager
def _malformed() -> Iterator[None]:
    try:
        yield
    except json.JSONDecodeError as error:
        raise Malformed(f"{error.msg} at line {error.lineno}, column {error.colno}") from None
    except RecursionError:
        raise Malformed("it is nested too deeply") from None


def text_of(raw: bytes) -> str:
    """UTF-8 decoded; raises Malformed."""
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        raise Malformed(f"byte {error.start} is not UTF-8") from None


def too_large() -> ApiProblem:
    """The body is larger than ``COMANDA_MAX_JSON_MB``."""
    most = env.get("max_json_mb")
    return ApiProblem(413, f"A JSON body may be {most} MB at most. Send more as NDJSON to orders/bulk.")


def expect(request: HttpRequest, *media_types: str) -> str:
    """The media type of the body, one of those; raises ApiProblem (415)."""
    if request.content_type not in media_types:
        sent = request.content_type or "nothing"
        wanted = " or ".join(media_types)
        raise ApiProblem(415, f"Content-Type is {sent[:100]}: send {wanted}.", headers={"Accept": wanted})
    return request.content_type


class StrictParser(Parser):
    """Reads the JSON bodies that routes declare."""

    def parse_body(self, request: HttpRequest) -> Any:
        """The body's value; raises ApiProblem."""
        expect(request, JSON)
        try:
            return decode(text_of(request.body))
        except Malformed as error:
            raise ApiProblem(400, f"The body is not JSON: {error}.") from None
