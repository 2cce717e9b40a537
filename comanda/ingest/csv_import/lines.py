"""Rows of the staged table to lines of an order.

A row is a tuple: order id, row number, fault, the seven cells of a line, then the order's own cells.
Where price and line total are both given, the line total counts as long as it differs from price ×
quantity by no more than rounding: one hundredth for each piece, and one at least.
"""

from collections.abc import Callable, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, TypeVar

from comanda.ingest.csv_import.cells import Keys, Numbers, Texts
from comanda.ingest.csv_import.evidence import Findings
from comanda.ingest.csv_import.problems import CellProblem, Severity
from comanda.lib.numbers import LIMIT
from comanda.shapes import LineIn

Row = tuple[Any, ...]

KEY, NUMBER, FAULT, PRODUCT, QUANTITY, PRICE, TOTAL, NAME, CATEGORY, IMAGE, HEAD = range(11)
LINE_FIELDS = (
    "product_id",
    "product_quantity",
    "product_price",
    "line_total",
    "product_name",
    "product_category",
    "product_image",
)
"""What stands in a row from ``PRODUCT`` on."""

_SIX_PLACES = Decimal("0.000001")
_CENT = Decimal("0.01")
_T = TypeVar("_T")


class Tray:
    """The problems found in one order so far: row, severity and what it is."""

    __slots__ = ("found", "is_refused")

    def __init__(self) -> None:
        self.found: list[tuple[int, Severity, CellProblem]] = []
        self.is_refused = False

    def refuse(self, row: int, problem: CellProblem) -> None:
        """Adds a problem for which the order cannot come in."""
        self.is_refused = True
        self.found.append((row, Severity.REFUSED, problem))

    def warn(self, row: int, problem: CellProblem) -> None:
        """Adds a problem with which the order comes in all the same."""
        self.found.append((row, Severity.WARNING, problem))

    def take(self, row: int, field: str, read: Callable[[Any], _T], text: str | None) -> _T | None:
        """What the cell says, or ``None`` with the problem added."""
        try:
            return read(text)
        except CellProblem as problem:
            problem.field = problem.field or field
            self.refuse(row, problem)
            return None


class LineReader:
    """Makes lines of rows, with what is remembered from earlier ones."""

    def __init__(self, findings: Findings) -> None:
        self._products, self._texts = Keys(), Texts()
        self._prices = Numbers(findings.mark, money=True)
        self._quantities = Numbers(findings.mark, money=False)

    def read(self, rows: Sequence[Row], tray: Tray) -> list[LineIn]:
        """The lines of these rows; those with a problem are left out and told to ``tray``."""
        lines = (self._read_one(row, tray) for row in rows)
        return [line for line in lines if line is not None]

    def _read_one(self, row: Row, tray: Tray) -> LineIn | None:
        number = row[NUMBER]
        product = self._product(row, tray)
        quantity = tray.take(number, "product_quantity", self._quantities.__getitem__, row[QUANTITY])
        amounts = self._amounts(row, quantity, tray)
        texts = [
            tray.take(number, field, self._texts.__getitem__, row[index])
            for field, index in (
                ("product_name", NAME),
                ("product_category", CATEGORY),
                ("product_image", IMAGE),
            )
        ]
        name, category, image = texts
        if (
            product is None
            or quantity is None
            or amounts is None
            or name is None
            or category is None
            or image is None
        ):
            return None
        return LineIn(product, quantity, *amounts, name, "", "", category, image)

    def _product(self, row: Row, tray: Tray) -> str | None:
        """The product's id; its name where only that is given."""
        name = (row[NAME] or "").strip()
        if name and not (row[PRODUCT] or "").strip():
            expected = "The shop's id of the product."
            said = CellProblem(
                "product_without_id", "product_id", "", expected, "The name was taken as its id."
            )
            tray.warn(row[NUMBER], said)
            return tray.take(row[NUMBER], "product_name", self._products.__getitem__, name)
        return tray.take(row[NUMBER], "product_id", self._products.__getitem__, row[PRODUCT])

    def _amounts(self, row: Row, quantity: Decimal | None, tray: Tray) -> tuple[Decimal, Decimal] | None:
        """Unit price and total of the line."""
        number, price_text, total_text = row[NUMBER], row[PRICE], (row[TOTAL] or "").strip()
        if not total_text:
            price = tray.take(number, "product_price", self._prices.__getitem__, price_text)
            if price is None or quantity is None:
                return None
            return _multiplied(number, price, quantity, tray)
        total = tray.take(number, "line_total", self._prices.__getitem__, total_text)
        if not (price_text or "").strip():
            return None if total is None or quantity is None else (_unit_price(total, quantity), total)
        price = tray.take(number, "product_price", self._prices.__getitem__, price_text)
        if total is None or price is None or quantity is None:
            return None
        if abs(total - price * quantity) > _CENT * max(abs(quantity), Decimal(1)):
            tray.refuse(number, _unequal(total_text, price, quantity))
            return None
        return price, total


def _multiplied(row: int, price: Decimal, quantity: Decimal, tray: Tray) -> tuple[Decimal, Decimal] | None:
    """Price and the total that it makes, to six decimals."""
    total = price * quantity
    if abs(total) < LIMIT:
        rounded = total.quantize(_SIX_PLACES, ROUND_HALF_UP)
        return price, total if total == rounded else rounded
    expected = f"A line of less than {LIMIT:,}."
    tray.refuse(
        row, CellProblem("too_large", "product_price", str(price), expected, "Check price and quantity.")
    )
    return None


def _unit_price(total: Decimal, quantity: Decimal) -> Decimal:
    """The price of one, to six decimals; the total itself where there is no quantity to part it by."""
    if not quantity:
        return total
    price = total / quantity
    return price.quantize(_SIX_PLACES, ROUND_HALF_UP) if abs(price) < LIMIT else total


def _unequal(total: str, price: Decimal, quantity: Decimal) -> CellProblem:
    return CellProblem(
        "line_total_differs",
        "line_total",
        total,
        f"Price times quantity, {price} × {quantity} = {price * quantity}, but for rounding.",
        "Correct one of them, or empty the price: the line total then counts.",
    )
