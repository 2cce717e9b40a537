"""What the rows of one order say about the order as a whole.

An empty cell says nothing. Where rows say different things:

- money and currency: the order is refused, for no rule can be right;
- ``order_updated_at``: the latest counts;
- anything else: the row with the latest ``order_updated_at`` counts, or the first row where there is
  no such column; this is told as a warning.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from comanda.ingest.csv_import.fields import FIELDS, Kind
from comanda.ingest.csv_import.problems import CellProblem
from comanda.lib.text import shorten

Reader = Callable[[str], object]
"""Gives what a cell means, so that two spellings of one thing do not differ."""


_MEND_REVENUE = (
    "Write the same in all rows of the order; "
    "or, if the column has the total of each line, map it to line_total."
)
_NEVER = datetime(1, 1, 1, tzinfo=UTC)

Head = tuple[str | None, ...]
Found = tuple[int, CellProblem]
"""A problem and its row."""


@dataclass(slots=True)
class Merged:
    """One cell a field and its row; where rows differed harmlessly, and where they must not."""

    cells: dict[str, str]
    rows: dict[str, int]
    differences: list[Found]
    conflicts: list[Found]


def merge(fields: Sequence[str], heads: Sequence[tuple[int, Head]], meanings: Mapping[str, Reader]) -> Merged:
    """Makes one of the distinct ``heads`` (row number, cells of ``fields``) of an order, in file order."""
    by_version = _by_version(fields, heads, meanings)
    rule = "first row" if by_version is heads else "row updated last"
    merged = Merged({}, {}, [], [])
    for index, field in enumerate(fields):
        said = [(row, text) for row, head in by_version if (text := (head[index] or "").strip())]
        if not said:
            continue
        merged.rows[field], kept = said[0]
        merged.cells[field] = kept
        if field == "order_updated_at":
            continue
        other = next((each for each in said if not _is_same(meanings.get(field, str), each[1], kept)), None)
        if other is None:
            continue
        if FIELDS[field].kind is Kind.MONEY or field == "currency":
            merged.conflicts.append((other[0], _conflict(field, said[0], other)))
        else:
            merged.differences.append((other[0], _difference(field, said[0], other, rule)))
    return merged


def _by_version(
    fields: Sequence[str], heads: Sequence[tuple[int, Head]], meanings: Mapping[str, Reader]
) -> Sequence[tuple[int, Head]]:
    """The heads, those last updated first; as they are where nothing tells when they were updated."""
    if "order_updated_at" not in fields:
        return heads
    index, meaning = fields.index("order_updated_at"), meanings["order_updated_at"]

    def version(head: tuple[int, Head]) -> datetime:
        try:
            at = meaning(head[1][index] or "")
        except CellProblem:
            return _NEVER
        return at if isinstance(at, datetime) else _NEVER

    latest = sorted(heads, key=version, reverse=True)
    return heads if version(latest[0]) == _NEVER else latest


def _is_same(meaning: Reader, one: str, other: str) -> bool:
    if one == other:
        return True
    try:
        return meaning(one) == meaning(other)
    except CellProblem:
        return False


def _difference(field: str, kept: tuple[int, str], other: tuple[int, str], rule: str) -> CellProblem:
    return CellProblem(
        "rows_differ",
        field,
        other[1],
        f"The same {field} in every row of the order; row {kept[0]} has {shorten(kept[1], 60)}.",
        f"That of the {rule} was taken.",
    )


def _conflict(field: str, kept: tuple[int, str], other: tuple[int, str]) -> CellProblem:
    return CellProblem(
        "rows_conflict",
        field,
        other[1],
        f"The same {field} in every row of the order; row {kept[0]} has {shorten(kept[1], 60)}.",
        _MEND_REVENUE if field == "order_revenue" else "Write the same in all rows of the order.",
    )
