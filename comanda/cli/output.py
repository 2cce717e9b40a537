"""What commands print: tables for people, one JSON document for programs."""

import json
import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

console = Console(highlight=False)
errors = Console(stderr=True, highlight=False)


class Refused(Exception):
    """What was asked cannot be done; the message says why and what to do."""

    def __init__(self, message: str, status: int = 1) -> None:
        self.status = status
        super().__init__(message)


def as_json(value: Any) -> None:
    """Prints one JSON document; what JSON has no form for (Decimal, datetime) as its text."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, default=str) + "\n")


def say(text: str) -> None:
    """One line for a person, on standard output; square brackets are no markup."""
    console.print(text, markup=False, soft_wrap=True)


def note(text: str) -> None:
    """One line for a person, on standard error, so that standard output stays clean."""
    errors.print(text, markup=False, soft_wrap=True)


def fail(message: str, status: int) -> None:
    """Says why a command failed, as JSON too where that was asked for, and ends the process."""
    note(f"comanda: {message}")
    if "--json" in sys.argv[1:]:
        as_json({"error": message})
    sys.exit(status)


def count(number: int, noun: str, nouns: str = "") -> str:
    """A number with its noun: ``1 row``, ``2 rows``."""
    return f"{number:,} {noun if number == 1 else nouns or noun + 's'}"


def moment(at: datetime | None, zone: str = "") -> str:
    """Day and time as the clock of ``zone`` (an IANA name) shows them; with the zone only where it is UTC."""
    if at is None:
        return ""
    if not zone:
        return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    return f"{at.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}"


def table(
    title: str, headers: Sequence[str], rows: Iterable[Sequence[Any]], right: Sequence[str] = ()
) -> None:
    """A table; columns named in ``right`` are aligned to the right, as numbers are."""
    grid = Table(
        title=title or None,
        title_justify="left",
        title_style="bold",
        header_style="bold",
        box=SIMPLE_HEAD,
        show_edge=False,
        pad_edge=False,
        collapse_padding=True,
    )
    for header in headers:
        grid.add_column(header, justify="right" if header in right else "left", overflow="fold")
    for row in rows:
        grid.add_row(*("" if cell is None else str(cell).replace("[", r"\[") for cell in row))
    console.print(grid)
