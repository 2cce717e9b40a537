"""The rows of one order to one ``OrderIn``, or to the reasons why not.

The order's total is ``order_revenue``. Where the file does not say it, it is the sum of the lines and
nothing else: whether prices hold tax already, or a discount is already taken off them, no file says.
Discounts and refunds count as positive whichever sign they are written with.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from comanda.ingest.csv_import import merging
from comanda.ingest.csv_import.cells import (
    CONSENTS,
    Currencies,
    Identities,
    Keys,
    Moments,
    Numbers,
    Statuses,
    parts,
)
from comanda.ingest.csv_import.evidence import Findings
from comanda.ingest.csv_import.faults import Fault, problem_of
from comanda.ingest.csv_import.lines import FAULT, HEAD, KEY, NUMBER, PRICE, TOTAL, LineReader, Row, Tray
from comanda.ingest.csv_import.plain import Fact
from comanda.ingest.csv_import.problems import CellProblem
from comanda.ingest.upsert.packed import PackedLines
from comanda.lib import numbers, phones
from comanda.lib.dates import Epoch, Note
from comanda.lib.numbers import LIMIT
from comanda.lib.text import fold
from comanda.shapes import ZERO, ContactIn, LineIn, OrderIn

MONEY = ("order_revenue", "discount", "shipping_total", "tax_total", "refund_total")

_LINE_MONEY = (("product_price", PRICE), ("line_total", TOTAL))


@dataclass(frozen=True, slots=True)
class Place:
    """Where the shop is: its currency, time zone and country, what time it is now, and its status words."""

    currency: str
    zone: ZoneInfo
    country: str
    now: datetime
    statuses: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Said:
    """The order's own cells; ``rows`` has those that do not stand in its first row, ``row``."""

    cells: Mapping[str, str]
    row: int
    rows: Mapping[str, int] = field(default_factory=dict)

    def row_of(self, name: str) -> int:
        """Where the cell stands."""
        return self.rows.get(name, self.row)


@dataclass(frozen=True, slots=True)
class Sums:
    """What the totals of an order's lines come to, and the least and the largest of them."""

    total: Decimal
    least: Decimal
    most: Decimal

    @classmethod
    def of(cls, lines: Sequence[LineIn]) -> "Sums":
        """Those of these lines."""
        totals = [line.total for line in lines]
        return cls(sum(totals, ZERO), min(totals, default=ZERO), max(totals, default=ZERO))


class OrderReader:
    """Makes orders of groups of rows, with what is remembered from earlier ones."""

    def __init__(
        self,
        fields: Sequence[str],
        constants: Mapping[str, str],
        findings: Findings,
        place: Place,
        *,
        has_faults: bool,
    ) -> None:
        self._fields, self._place = tuple(fields), place
        self._constants = {field: text.strip() for field, text in constants.items() if text.strip()}
        self._amounts = [name for name in MONEY if name in {*fields, *constants}]
        self._names_currency, self._has_faults = findings.names_currency, has_faults
        self._lines = LineReader(findings)
        self._keys, self._statuses = Keys(), Statuses(place.statuses)
        self._money = Numbers(findings.mark, money=True)
        self._identities, self._currencies = Identities(place.country), Currencies()
        self._dates = {
            field: Moments(place.zone, findings.order, findings.epochs.get(field, Epoch.NONE), place.now)
            for field in ("order_date", "order_updated_at")
        }
        self._meanings: dict[str, merging.Reader] = {
            **dict.fromkeys(MONEY, self._money.__getitem__),
            "order_date": lambda text: self._dates["order_date"].read(text)[0],
            "order_updated_at": lambda text: self._dates["order_updated_at"].read(text)[0],
            "contact_identifier": self._identities.__getitem__,
            "currency": self._currencies.__getitem__,
            "order_status": fold,
            "accepts_marketing": lambda text: CONSENTS.get(fold(text), text),
            "tags": parts,
            "coupon": parts,
        }

    def read(self, rows: Sequence[Row]) -> tuple[OrderIn | None, Tray]:
        """The order of these rows, ``None`` when it is refused, and all problems of it."""
        tray = Tray()
        if self._has_faults:
            rows = _sound(rows, tray)
        if not rows:
            return None, tray
        if not rows[0][KEY]:
            _tell_nameless(rows, tray)
            return None, tray
        order_id = tray.take(rows[0][NUMBER], "order_id", self._keys.__getitem__, rows[0][KEY])
        lines = self._lines.read(rows, tray)
        said = self._merge(rows, tray)
        if self._names_currency:
            self._check_currency(rows, said, tray)
        order = self._read_order(order_id or "", said, lines, Sums.of(lines), tray)
        return (None if tray.is_refused else order), tray

    def read_plain(self, fact: Fact, lines: PackedLines) -> OrderIn | None:
        """The order of rows that are plain; ``None`` where anything has to be told, which ``read`` does."""
        tray = Tray()
        said = self._said(fact.cells, fact.first)
        if self._names_currency and self._names_other(said, fact.currency):
            return None
        order = self._read_order(fact.key, said, lines, Sums(fact.total, fact.least, fact.most), tray)
        return None if tray.found else order

    def _said(self, head: Sequence[str | None], number: int) -> Said:
        """The order's cells where all rows say the same."""
        cells = {field: text.strip() for field, text in zip(self._fields, head, strict=True) if text}
        return Said({**self._constants, **cells} if self._constants else cells, number)

    def _names_other(self, said: Said, named: str | None) -> bool:
        """Whether amounts name a currency that is not the order's; ``named`` is what prices name."""
        cells = (said.cells.get(name) for name in MONEY)
        return {named, *(numbers.currency_of(text) for text in cells if text)} - {
            None, "", self._currency(said, Tray())
        } != set()  # fmt: skip

    def _merge(self, rows: Sequence[Row], tray: Tray) -> Said:
        """The order's cells out of all its rows."""
        number, first = rows[0][NUMBER], rows[0][HEAD:]
        if all(row[HEAD:] == first for row in rows):
            return self._said(first, number)
        heads: dict[Row, int] = {}
        for row in rows:
            heads.setdefault(row[HEAD:], row[NUMBER])
        merged = merging.merge(self._fields, [(row, head) for head, row in heads.items()], self._meanings)
        for place, problem in merged.conflicts:
            tray.refuse(place, problem)
        for place, problem in merged.differences:
            tray.warn(place, problem)
        return Said({**self._constants, **merged.cells}, number, merged.rows)

    def _read_order(
        self, order_id: str, said: Said, lines: Sequence[LineIn], sums: Sums, tray: Tray
    ) -> OrderIn | None:
        cells = said.cells
        placed_at = self._moment("order_date", said, tray)
        updated_at = self._moment("order_updated_at", said, tray) if cells.get("order_updated_at") else None
        word = cells.get("order_status", "")
        if self._statuses.is_news(word):
            tray.warn(said.row_of("order_status"), self._statuses.tell(word))
        amounts = {name: self._amount(name, said, tray) for name in self._amounts if name in cells}
        total = amounts.get("order_revenue")
        if total is None:
            total = sums.total
        elif len(lines) > 1 and total and sums.least == total == sums.most:
            tray.warn(said.row_of("order_revenue"), _like_a_line(total))
        if abs(total) >= LIMIT:
            tray.refuse(said.row, _too_large(total))
        currency = self._currency(said, tray)
        tags = parts(cells.get("tags", ""))
        contact = self._contact(said, tags, updated_at or placed_at, tray)
        if placed_at is None or tray.is_refused:
            return None
        return OrderIn(
            order_id,
            placed_at,
            currency,
            total,
            lines,
            self._statuses[word],
            word,
            contact,
            updated_at=updated_at,
            discount_total=abs(amounts.get("discount") or ZERO),
            shipping_total=amounts.get("shipping_total") or ZERO,
            tax_total=amounts.get("tax_total") or ZERO,
            refund_total=abs(amounts.get("refund_total") or ZERO),
            coupons=parts(cells.get("coupon", "")),
            shipping_method=cells.get("shipping_method", ""),
            tags=tags,
        )

    def _currency(self, said: Said, tray: Tray) -> str:
        if "currency" not in said.cells:
            return self._place.currency
        read, row = self._currencies.__getitem__, said.row_of("currency")
        return tray.take(row, "currency", read, said.cells["currency"]) or ""

    def _check_currency(self, rows: Sequence[Row], said: Said, tray: Tray) -> None:
        """Refuses amounts that name another currency than the order's."""
        currency = self._currency(said, Tray())
        amounts = [(row[NUMBER], name, row[index]) for row in rows for name, index in _LINE_MONEY]
        amounts += [(said.row_of(name), name, said.cells.get(name)) for name in MONEY]
        for number, name, text in amounts:
            named = numbers.currency_of(text) if text else ""
            if named and currency and named != currency:
                mend = "Say the order's currency in the column currency, or correct the sign."
                problem = CellProblem("other_currency", name, text or "", f"An amount in {currency}.", mend)
                tray.refuse(number, problem)

    def _moment(self, field: str, said: Said, tray: Tray) -> datetime | None:
        row, text = said.row_of(field), said.cells.get(field)
        found = tray.take(row, field, self._dates[field].read, text)
        if found is None:
            return None
        at, note = found
        if note is not Note.PLAIN:
            tray.warn(row, _odd_hour(note, field, text or "", at))
        return at

    def _amount(self, field: str, said: Said, tray: Tray) -> Decimal | None:
        text = said.cells[field]
        return tray.take(said.row_of(field), field, self._money.__getitem__, text) if text else None

    def _contact(
        self, said: Said, tags: tuple[str, ...], at: datetime | None, tray: Tray
    ) -> ContactIn | None:
        """Who bought; ``None`` for a guest. A phone beside it that is none is told and left out."""
        cells, name = said.cells, "contact_identifier"
        identity = tray.take(said.row_of(name), name, self._identities.__getitem__, cells.get(name))
        if identity is None:
            return None
        phone = identity.phone
        if "phone" in cells and not phone:
            phone = self._phone(said.row_of("phone"), cells["phone"], tray)
        if not (identity.email or phone or identity.customer_id):
            return None
        answer = cells.get("accepts_marketing", "")
        if answer and fold(answer) not in CONSENTS:
            tray.warn(said.row_of("accepts_marketing"), _unknown_consent(answer))
        return ContactIn(
            identity.email,
            phone,
            identity.customer_id,
            cells.get("first_name", ""),
            cells.get("last_name", ""),
            cells.get("company", ""),
            accepts_marketing=CONSENTS.get(fold(answer)) if answer else None,
            tags=tags,
            updated_at=at,
        )

    def _phone(self, row: int, text: str, tray: Tray) -> str:
        try:
            return phones.normalise(text, self._place.country)
        except ValueError as error:
            mend = f"{error} The order came in without it."
            tray.warn(
                row, CellProblem("not_a_phone", "phone", text, "A phone number like +351912345678.", mend)
            )
            return ""


def _sound(rows: Sequence[Row], tray: Tray) -> list[Row]:
    """The rows that are whole as rows; the others are told."""
    sound = []
    for row in rows:
        fault = Fault(row[FAULT]) if row[FAULT] is not None else None
        if fault is None or fault is Fault.SHORT:
            sound.append(row)
        if fault is Fault.SHORT:
            tray.warn(row[NUMBER], problem_of(fault))
        elif fault is not None:
            tray.refuse(row[NUMBER], problem_of(fault))
    return sound


def _tell_nameless(rows: Sequence[Row], tray: Tray) -> None:
    for row in rows:
        mend = "Write the shop's id of the order."
        tray.refuse(row[NUMBER], CellProblem("missing", "order_id", "", "An order id in every row.", mend))


def _odd_hour(note: Note, field: str, text: str, at: datetime) -> CellProblem:
    said = {
        Note.SKIPPED: "An hour that the clock shows; this one is skipped when summer time begins.",
        Note.DOUBLED: "An hour that the clock shows once; this one comes twice when summer time ends.",
    }
    rule = {Note.SKIPPED: "It was moved forward to", Note.DOUBLED: "The first was taken:"}
    return CellProblem(note.value, field, text, said[note], f"{rule[note]} {at.isoformat()}.")


def _like_a_line(total: Decimal) -> CellProblem:
    return CellProblem(
        "revenue_like_a_line",
        "order_revenue",
        f"{total:f}",
        "The total of the order; each of its lines comes to just as much.",
        "If the column has the total of each line, undo the import and map the column to line_total.",
    )


def _too_large(total: Decimal) -> CellProblem:
    return CellProblem(
        "too_large",
        "order_revenue",
        f"{total:f}",
        f"An order of less than {LIMIT:,}.",
        "Check prices and quantities.",
    )


def _unknown_consent(said: str) -> CellProblem:
    expected = "yes, no, or nothing where it is not known."
    return CellProblem("unknown_consent", "accepts_marketing", said, expected, "It was taken as not known.")
