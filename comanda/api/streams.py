"""Many JSON values in one body: an array, or a value a line (NDJSON), read one after another."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from comanda import env
from comanda.api import reading
from comanda.api.problems import ApiProblem
from comanda.api.reading import Malformed

NDJSON = "application/x-ndjson"
_BLOCK = 1 << 18
_SPACE = re.compile(r"[ \t\r\n]*")


@dataclass(frozen=True, slots=True)
class Sent:
    """One value: its place (from 1), its bytes as received, and how to decode them."""

    row: int
    raw: bytes

    def value(self) -> Any:
        """What it stands for; raises Malformed."""
        return reading.decode(reading.text_of(self.raw))


def values(request: HttpRequest) -> Iterator[Sent]:
    """The values of the body, by its media type; raises ApiProblem.

    An array is looked through to its end before its first value is given, so that nothing is half done when
    it is broken. Of NDJSON only a line at a time is held, and a broken line is its own affair.
    """
    kind = reading.expect(request, reading.JSON, NDJSON)
    return _lines(request) if kind == NDJSON else _of_array(request)


def _of_array(request: HttpRequest) -> Iterator[Sent]:
    try:
        text = reading.text_of(request.body)
        spans = list(_spans(text))
    except Malformed as error:
        raise ApiProblem(400, f"The body is not JSON: {error}.") from None
    return (Sent(row, text[start:end].encode()) for row, (start, end) in enumerate(spans, 1))


def _spans(text: str) -> Iterator[tuple[int, int]]:
    """Where each value of an array begins and ends; raises Malformed."""
    place = _past(text, 0, "[", "an array")
    place = _skip(text, place)
    if text[place : place + 1] == "]":
        _end(text, place + 1)
        return
    while True:
        end = reading.end_of_value(text, place)
        yield place, end
        place = _skip(text, end)
        if text[place : place + 1] == "]":
            _end(text, place + 1)
            return
        place = _skip(text, _past(text, place, ",", "a comma or the end of the array"))


def _past(text: str, place: int, sign: str, expected: str) -> int:
    place = _skip(text, place)
    if text[place : place + 1] != sign:
        raise Malformed(f"expected {expected} at character {place}")
    return place + 1


def _skip(text: str, place: int) -> int:
    found = _SPACE.match(text, place)
    return found.end() if found else place


def _end(text: str, place: int) -> None:
    place = _skip(text, place)
    if place < len(text):
        raise Malformed(f"expected nothing behind the array, at character {place}")


def _lines(request: HttpRequest) -> Iterator[Sent]:
    longest = env.get("max_json_mb") * 1024 * 1024
    before, rest = 0, b""
    while block := request.read(_BLOCK):
        *whole, rest = (rest + block).split(b"\n")
        if len(rest) > longest:
            raise ApiProblem(413, f"Line {before + len(whole) + 1} is longer than {longest:,} bytes.")
        yield from _told(whole, before)
        before += len(whole)
    yield from _told([rest], before)


def _told(lines: list[bytes], before: int) -> Iterator[Sent]:
    """The lines that are not blank, counted on."""
    for row, line in enumerate(lines, before + 1):
        if line := line.strip():
            yield Sent(row, line)
