"""Payloads as received, laid out for reading: not a character of them is changed but the space between."""

import json
from dataclasses import dataclass

from comanda.records.models import Inbox

SHOWN = 100_000
"""So many characters are put into a page; all of them can be downloaded."""

_INDENT = "  "


@dataclass(frozen=True, slots=True)
class Payload:
    """One payload: ``text`` is laid out if it is JSON, and cut if it is long."""

    kept: Inbox
    text: str
    is_cut: bool


def show(kept: Inbox) -> Payload:
    """A payload for the page of its order."""
    text = decode(kept)
    is_cut = len(text) > SHOWN
    if not is_cut and _is_json(text):
        text = lay_out(text)
    return Payload(kept, text[:SHOWN], is_cut or len(text) > SHOWN)


def decode(kept: Inbox) -> str:
    """Its text; bytes that are none are marked."""
    return bytes(kept.body).decode("utf-8", "replace").replace("\0", "\ufffd")


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def lay_out(text: str) -> str:
    """JSON with a line for each thing; numbers and letters stay as they were written."""
    out: list[str] = []
    depth, place = 0, 0
    while place < len(text):
        letter = text[place]
        if letter == '"':
            end = _end_of_string(text, place)
            out.append(text[place:end])
            place = end
            continue
        if letter in "{[":
            end = _next_mark(text, place + 1)
            if text[end] in "}]":
                out.append(letter + text[end])
                place = end + 1
                continue
            depth += 1
            out.append(letter + _line(depth))
        elif letter in "}]":
            depth -= 1
            out.append(_line(depth) + letter)
        elif letter == ",":
            out.append(letter + _line(depth))
        elif letter == ":":
            out.append(": ")
        elif not letter.isspace():
            out.append(letter)
        place += 1
    return "".join(out)


def _line(depth: int) -> str:
    return "\n" + _INDENT * depth


def _next_mark(text: str, place: int) -> int:
    while text[place].isspace():
        place += 1
    return place


def _end_of_string(text: str, place: int) -> int:
    place += 1
    while text[place] != '"':
        place += 2 if text[place] == "\\" else 1
    return place + 1
