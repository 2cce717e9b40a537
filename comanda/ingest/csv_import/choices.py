"""What a person chose of a file's columns, weighed against what the file shows, before any of it is run.

The rules are those of the import itself (``header``, ``evidence``), asked of what was seen when the file was
looked into, so that an answer takes no time.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from decimal import Decimal
from typing import Any

from comanda.ingest.csv_import import cells, header
from comanda.ingest.csv_import.fields import FIELDS, REQUIRED, Kind
from comanda.ingest.csv_import.problems import CellProblem
from comanda.ingest.csv_import.seen import Column, Proof, Seen
from comanda.lib import dates, numbers
from comanda.lib.dates import Epoch, Order
from comanda.shapes import OrderStatus

_DOUBTFUL = 0.5
_EXPECTED = {Kind.DATE: "date", Kind.MONEY: "number", Kind.QUANTITY: "number"}

USUAL: dict[str, str] = {
    "order_status": OrderStatus.COMPLETED,
    "contact_identifier": "",
    "product_quantity": "1",
}
"""What may be said of all rows where no column says it: paid orders, guests, one piece a row."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """``mapping`` gives fields the index of their column, ``constants`` a value for all rows."""

    mapping: dict[str, int] = field(default_factory=dict)
    constants: dict[str, str] = field(default_factory=dict)
    decimal: str = ""
    date_order: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """Something that the file leaves open or contradicts: ``about`` is ``decimal`` or ``date_order``.

    ``proofs`` has the values that leave it open (one), or that contradict each other (two).
    """

    about: str
    column: str
    proofs: tuple[Proof, ...]

    @property
    def is_contradiction(self) -> bool:
        """Whether the file says both."""
        return len(self.proofs) > 1


@dataclass(frozen=True, slots=True)
class Doubt:
    """A column that does not look like the field it was chosen for. ``code`` says what is odd."""

    code: str
    field: str
    index: int
    share: float


@dataclass(slots=True)
class Verdict:
    """``missing`` fields nothing gives; ``twice`` fields were given two columns; ``bad`` constants cannot be.

    ``decimal`` and ``date_order`` are what is chosen or shows, "" where that is open.
    """

    missing: list[str] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)
    unnamed: list[int] = field(default_factory=list)
    bad: list[str] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)
    decimal: str = ""
    date_order: str = ""

    @property
    def is_ready(self) -> bool:
        """Whether the import can be tried."""
        return not (self.missing or self.twice or self.unnamed or self.bad or self.questions)


def suggested(seen: Seen) -> Chosen:
    """What to begin with: each suggestion, and what a rejects file says of itself."""
    mapping = {each.field: each.index for each in seen.suggestions}
    constants = {name: value for name, value in seen.constants.items() if value or not USUAL.get(name, "-")}
    return Chosen(mapping, constants, seen.decimal, seen.date_order)


def weigh(seen: Seen, chosen: Chosen, doubled: Iterable[str] = ()) -> Verdict:
    """What stands between these choices and an import. ``doubled`` are fields chosen for two columns."""
    verdict = Verdict(twice=sorted(doubled), decimal=chosen.decimal, date_order=chosen.date_order)
    given = {*chosen.mapping, *chosen.constants}
    verdict.missing = [name for name in REQUIRED if name not in given]
    if not given & {"product_price", "line_total"}:
        verdict.missing.append("product_price")
    columns = {column.index: column for column in seen.columns}
    mapped = {name: columns[index] for name, index in chosen.mapping.items() if index in columns}
    verdict.unnamed = _unnamed(seen, mapped)
    _decide_decimal(verdict, mapped)
    _decide_order(verdict, mapped)
    verdict.doubts = [doubt for name, column in mapped.items() if (doubt := _doubt(name, column))]
    verdict.bad = [name for name, value in chosen.constants.items() if not _can_be(name, value, verdict)]
    return verdict


def _unnamed(seen: Seen, mapped: Mapping[str, Column]) -> list[int]:
    """Columns that cannot be told by their header, because another has the same."""
    titles = Counter(column.title for column in seen.columns)
    return sorted({column.index for column in mapped.values() if titles[column.title] > 1})


def _decide_decimal(verdict: Verdict, mapped: Mapping[str, Column]) -> None:
    if verdict.decimal:
        return
    of_kind = [c for name, c in mapped.items() if FIELDS[name].kind in (Kind.MONEY, Kind.QUANTITY)]
    proofs = {mark: _first(of_kind, "marks", mark) for mark in (".", ",", "?")}
    verdict.decimal = _decided("decimal", verdict, (".", ","), proofs)


def _decide_order(verdict: Verdict, mapped: Mapping[str, Column]) -> None:
    if verdict.date_order:
        return
    of_kind = [c for name, c in mapped.items() if FIELDS[name].kind is Kind.DATE and not c.epoch]
    proofs = {order: _first(of_kind, "orders", order) for order in (*Order, "?")}
    verdict.date_order = _decided("date_order", verdict, (*Order,), proofs)


Found = tuple[str, Proof]
"""The title of a column, and what stands in it."""


def _first(columns: Iterable[Column], kind: str, key: str) -> Found | None:
    found = [(column.title, proof) for column in columns if (proof := getattr(column, kind).get(key))]
    return min(found, key=lambda each: each[1].row, default=None)


def _decided(
    about: str, verdict: Verdict, either: tuple[str, str], proofs: Mapping[str, Found | None]
) -> str:
    """The one that is proven, "" with a question where both are or where it stays open."""
    proven = [(key, found) for key in either if (found := proofs[key])]
    if len(proven) == 2:
        both = tuple(proof for _, (_, proof) in proven)
        verdict.questions.append(Question(about, proven[0][1][0], both))
    elif not proven and (open_ := proofs["?"]):
        verdict.questions.append(Question(about, open_[0], (open_[1],)))
    return proven[0][0] if len(proven) == 1 else ""


def _doubt(name: str, column: Column) -> Doubt | None:
    """Whether a column is empty, or its first values do not read as what the field holds."""
    if not column.filled:
        return Doubt("empty", name, column.index, 0.0)
    kind = _EXPECTED.get(FIELDS[name].kind)
    if kind == "date" and (column.epoch or column.share("whole") == 1.0):
        return None
    if kind and column.share(kind) < _DOUBTFUL:
        return Doubt(f"no_{kind}", name, column.index, column.share(kind))
    if name == "order_id" and column.share("email") > _DOUBTFUL:
        return Doubt("no_id", name, column.index, column.share("email"))
    if name == "currency" and column.share("currency") < _DOUBTFUL:
        return Doubt("no_currency", name, column.index, column.share("currency"))
    return None


def _can_be(name: str, value: str, verdict: Verdict) -> bool:
    """Whether a constant reads as what its field holds; an empty one says that there is none."""
    if name not in FIELDS or not value.strip():
        return name in FIELDS and (name not in REQUIRED or name == "contact_identifier")
    if len(value) > cells.LONGEST_TEXT:
        return False
    kind = FIELDS[name].kind
    try:
        if kind in (Kind.MONEY, Kind.QUANTITY):
            own = numbers.mark_of(value)
            numbers.parse(value, own if own in (".", ",") else verdict.decimal or ".")
        elif kind is Kind.DATE:
            dates.parse(value, UTC, Order(verdict.date_order) if verdict.date_order else None)
        elif name == "currency":
            cells.Currencies()[value]
        elif name == "contact_identifier":
            cells.Identities("")[value]
    except (ValueError, CellProblem):
        return False
    return True


Reading = datetime | Decimal | OrderStatus | None
"""What a value is read as; None where it cannot be read."""


def readings(
    name: str, column: Column, verdict: Verdict, zone: tzinfo, statuses: Mapping[str, str]
) -> list[Reading]:
    """What the samples of a column are read as: dates, numbers and status words; [] for plain text."""
    reader = _READERS.get("order_status" if name == "order_status" else FIELDS[name].kind)
    return [reader(text, column, verdict, zone, statuses) for text in column.samples] if reader else []


def _read_date(
    text: str, column: Column, verdict: Verdict, zone: tzinfo, statuses: Mapping[str, str]
) -> Reading:
    order = Order(verdict.date_order) if verdict.date_order else None
    try:
        return dates.parse(text, zone, order, Epoch(column.epoch))[0]
    except ValueError:
        return None


def _read_number(
    text: str, column: Column, verdict: Verdict, zone: tzinfo, statuses: Mapping[str, str]
) -> Reading:
    try:
        return numbers.parse(text, verdict.decimal or ".")
    except ValueError:
        return None


def _read_status(
    text: str, column: Column, verdict: Verdict, zone: tzinfo, statuses: Mapping[str, str]
) -> Reading:
    return cells.Statuses(statuses)[text]


_READERS: dict[str | Kind, Callable[[str, Column, Verdict, tzinfo, Mapping[str, str]], Reading]] = {
    "order_status": _read_status,
    Kind.DATE: _read_date,
    Kind.MONEY: _read_number,
    Kind.QUANTITY: _read_number,
}


def options(seen: Seen, chosen: Chosen, remembered: Mapping[str, str]) -> dict[str, Any]:
    """The same for an import, which would else take columns that name themselves, or that it remembers.

    Fields that were left out on purpose get an empty constant: that is how an import is told so.
    """
    titles = {column.index: column.title for column in seen.columns}
    mapping = {name: titles[index] for name, index in chosen.mapping.items()}
    grabbed = {*seen.constants, *remembered, *header.named(list(titles.values()), (), ())}
    grabbed |= {each.field for each in seen.suggestions if each.why in ("rejects", "remembered")}
    left_out = {name: "" for name in sorted(grabbed) if name not in mapping}
    return {
        "mapping": mapping,
        "constants": {**left_out, **chosen.constants},
        "delimiter": seen.delimiter,
        "encoding": seen.encoding,
        "decimal": chosen.decimal,
        "date_order": chosen.date_order,
    }


def left_out(chosen: Mapping[str, Any]) -> list[str]:
    """Fields of an import's options that were left out on purpose."""
    constants = chosen.get("constants", {})
    return [name for name, value in constants.items() if not value and name not in REQUIRED]
