"""The rows of one order to one ``OrderIn``, or to the reasons why not.

The order's total is ``order_revenue``. Where the file does not say it, it is the sum of the lines and
nothing else: whether prices hold tax already, or a discount is already taken off them, no file says.
Discounts and refunds count as positive whichever sign they are written with.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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
from comanda.ingest.csv_import.problems import CellProblem
from comanda.lib import numbers, phones
from comanda.lib.dates import Epoch, Note
from comanda.lib.numbers import LIMIT
from comanda.lib.text import fold
from comanda.shapes import ZERO, ContactIn, LineIn, OrderIn

MONEY = ("order_revenue", "discount", "shipping_total", "tax_total", "refund_total")

Cells = dict[str, str]


@dataclass(frozen=True, slots=True)
class Place:
    """Where the shop is: its currency, time zone and country, and what time it is now."""

    currency: str
    zone: ZoneInfo
    country: str
    now: datetime


class OrderReader:
    """Makes orders of groups of rows, with what is remembered from earlier ones."""

    def __init__(
        self,
        fields: Sequence[str],
        constants: Mapping[str, str],
        findings: Findings,
        place: Place,
        *,
        has_totals: bool,
        has_faults: bool,
    ) -> None:
        self._fields, self._place = tuple(fields), place
        self._constants = {field: text.strip() for field, text in constants.items() if text.strip()}
        self._names_currency, self._has_faults = findings.names_currency, has_faults
        self._lines = LineReader(findings, has_totals=has_totals, has_faults=has_faults)
        self._keys, self._statuses = Keys(), Statuses()
        self._money = Numbers(findings.mark, money=True)
        self._identities, self._currencies = Identities(place.country), Currencies()
        self._dates = {
            field: Moments(place.zone, findings.order, findings.epochs.get(field, Epoch.NONE), place.now)
            for field in ("order_date", "order_updated_at")
        }
        self._meanings: dict[str, merging.Reader] = {
            **dict.fromkeys(MONEY, self._money.__getitem__),
            "order_date": lambda text: self._dates["order_date"][text].at,
            "order_updated_at": lambda text: self._dates["order_updated_at"][text].at,
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
            _tell_faults(rows, tray)
        if not rows[0][KEY]:
            _tell_nameless(rows, tray)
            return None, tray
        order_id = tray.take(rows[0][NUMBER], "order_id", self._keys.__getitem__, rows[0][KEY])
        lines = self._lines.read(rows, tray)
        order = self._read_order(order_id or "", rows, self._merge(rows, tray), lines, tray)
        return (None if tray.is_refused else order), tray

    def _merge(self, rows: Sequence[Row], tray: Tray) -> Cells:
        """The order's cells out of all its rows."""
        first = rows[0][HEAD:]
        if all(row[HEAD:] == first for row in rows):
            cells = {field: text.strip() for field, text in zip(self._fields, first, strict=True) if text}
            return {**self._constants, **cells} if self._constants else cells
        heads: dict[Row, int] = {}
        for row in rows:
            heads.setdefault(row[HEAD:], row[NUMBER])
        merged = merging.merge(self._fields, [(row, head) for head, row in heads.items()], self._meanings)
        for number, problem in merged.conflicts:
            tray.refuse(number, problem)
        for number, problem in merged.differences:
            tray.warn(number, problem)
        return {**self._constants, **merged.cells}

    def _read_order(
        self, order_id: str, rows: Sequence[Row], cells: Cells, lines: list[LineIn], tray: Tray
    ) -> OrderIn | None:
        row, currency = rows[0][NUMBER], self._place.currency
        if "currency" in cells:
            currency = tray.take(row, "currency", self._currencies.__getitem__, cells["currency"]) or ""
        placed_at = self._moment(row, "order_date", cells.get("order_date"), tray)
        updated_at = None
        if cells.get("order_updated_at"):
            updated_at = self._moment(row, "order_updated_at", cells["order_updated_at"], tray)
        word = cells.get("order_status", "")
        if self._statuses.is_news(word):
            tray.warn(row, self._statuses.tell(word))
        total, discount, shipping, tax, refund = (self._amount(row, field, cells, tray) for field in MONEY)
        if total is None:
            total = sum([line.total for line in lines], ZERO)
        if abs(total) >= LIMIT:
            tray.refuse(row, _too_large(total))
        if self._names_currency:
            _check_currency(rows, cells, currency, tray)
        tags = parts(cells.get("tags", ""))
        contact = self._contact(row, cells, tags, updated_at or placed_at, tray)
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
            "",
            updated_at,
            discount_total=abs(discount or ZERO),
            shipping_total=shipping or ZERO,
            tax_total=tax or ZERO,
            refund_total=abs(refund or ZERO),
            coupons=parts(cells.get("coupon", "")),
            shipping_method=cells.get("shipping_method", ""),
            tags=tags,
        )

    def _moment(self, row: int, field: str, text: str | None, tray: Tray) -> datetime | None:
        moment = tray.take(row, field, self._dates[field].__getitem__, text)
        if moment is None:
            return None
        if moment.note is not Note.PLAIN:
            tray.warn(row, _odd_hour(moment.note, field, text or "", moment.at))
        return moment.at

    def _amount(self, row: int, field: str, cells: Cells, tray: Tray) -> Decimal | None:
        text = cells.get(field)
        return tray.take(row, field, self._money.__getitem__, text) if text else None

    def _contact(
        self, row: int, cells: Cells, tags: tuple[str, ...], at: datetime | None, tray: Tray
    ) -> ContactIn | None:
        """Who bought; ``None`` for a guest. A phone beside it that is none is told and left out."""
        identity = tray.take(
            row, "contact_identifier", self._identities.__getitem__, cells.get("contact_identifier")
        )
        if identity is None:
            return None
        phone = identity.phone
        if "phone" in cells:
            phone = phone or self._phone(row, cells["phone"], tray)
        if not (identity.email or phone or identity.customer_id):
            return None
        said = cells.get("accepts_marketing", "")
        if said and fold(said) not in CONSENTS:
            tray.warn(row, _unknown_consent(said))
        return ContactIn(
            identity.email,
            phone,
            identity.customer_id,
            cells.get("first_name", ""),
            cells.get("last_name", ""),
            cells.get("company", ""),
            accepts_marketing=CONSENTS.get(fold(said)) if said else None,
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


def _tell_faults(rows: Sequence[Row], tray: Tray) -> None:
    for row in rows:
        if row[FAULT] is None:
            continue
        fault = Fault(row[FAULT])
        tell = tray.warn if fault is Fault.SHORT else tray.refuse
        tell(row[NUMBER], problem_of(fault))


def _tell_nameless(rows: Sequence[Row], tray: Tray) -> None:
    for row in rows:
        if row[FAULT] is None or row[FAULT] == Fault.SHORT:
            mend = "Write the shop's id of the order."
            tray.refuse(
                row[NUMBER], CellProblem("missing", "order_id", "", "An order id in every row.", mend)
            )


def _check_currency(rows: Sequence[Row], cells: Cells, currency: str, tray: Tray) -> None:
    """Refuses amounts that name another currency than the order's."""
    amounts = [(row[NUMBER], field, row[index]) for row in rows for field, index in _LINE_MONEY]
    amounts += [(rows[0][NUMBER], field, cells.get(field)) for field in MONEY]
    for number, field, text in amounts:
        named = numbers.currency_of(text) if text else ""
        if named and named != currency:
            mend = "Say the order's currency in the column currency, or correct the sign."
            tray.refuse(
                number, CellProblem("other_currency", field, text or "", f"An amount in {currency}.", mend)
            )


_LINE_MONEY = (("product_price", PRICE), ("line_total", TOTAL))


def _odd_hour(note: Note, field: str, text: str, at: datetime) -> CellProblem:
    said = {
        Note.SKIPPED: "An hour that the clock shows; this one is skipped when summer time begins.",
        Note.DOUBLED: "An hour that the clock shows once; this one comes twice when summer time ends.",
    }
    rule = {Note.SKIPPED: "It was moved forward to", Note.DOUBLED: "The first was taken:"}
    return CellProblem(note.value, field, text, said[note], f"{rule[note]} {at.isoformat()}.")


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
