"""The first orders of a draft, from what was kept of its dry run to what a page shows."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from comanda.records.models import ImportDraft
from comanda.web.imports import causes
from comanda.web.imports.causes import Cause


@dataclass(frozen=True, slots=True)
class Line:
    """A line of an order."""

    product_id: str
    name: str
    quantity: Decimal
    unit_price: Decimal
    total: Decimal


@dataclass(frozen=True, slots=True)
class Order:
    """An order as it would come in."""

    placed_at: datetime
    status: str
    source_status: str
    currency: str
    total: Decimal
    extras: list[tuple[str, Decimal]]
    coupons: list[str]
    contact: dict[str, Any] | None
    lines: list[Line]
    more_lines: int


@dataclass(frozen=True, slots=True)
class Previewed:
    """An order of the file: ``order`` is None where it would be refused."""

    id: str
    rows: int
    is_there: bool
    order: Order | None
    problems: list[tuple[Cause, str, str]]


_EXTRAS = ("discount_total", "shipping_total", "tax_total", "refund_total")


def orders(draft: ImportDraft) -> list[Previewed]:
    """The first orders, those that were kept."""
    return [
        Previewed(
            each["id"],
            each["rows"],
            each["is_there"],
            _order(each["order"]) if each["order"] else None,
            [(causes.of(told["code"]), told["column"], told["value"]) for told in each["problems"]],
        )
        for each in draft.preview
    ]


def _order(kept: dict[str, Any]) -> Order:
    amounts = [(name, Decimal(kept[name])) for name in _EXTRAS]
    return Order(
        datetime.fromisoformat(kept["placed_at"]),
        kept["status"],
        kept["source_status"],
        kept["currency"],
        Decimal(kept["total"]),
        [(name, amount) for name, amount in amounts if amount],
        kept["coupons"],
        kept["contact"],
        [_line(line) for line in kept["lines"]],
        kept["more_lines"],
    )


def _line(kept: dict[str, str]) -> Line:
    return Line(
        kept["product_id"],
        kept["name"],
        Decimal(kept["quantity"]),
        Decimal(kept["unit_price"]),
        Decimal(kept["total"]),
    )
