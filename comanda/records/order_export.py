"""Orders as a table for a spreadsheet, one row an order."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from decimal import Decimal

from comanda.lib import money
from comanda.lib.sheets import Cell
from comanda.records import orders
from comanda.records.models import Order
from comanda.records.order_list import Listing, Sort

_AT_ONCE = 1_000


def _amount(value: Decimal) -> Cell:
    return Decimal(money.plain(value))


def _moment(at: datetime | None) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds") if at else ""


COLUMNS: dict[str, Callable[[Order], Cell]] = {
    "id": lambda order: order.pk,
    "store": lambda order: order.store.key,
    "order_id": lambda order: order.external_id,
    "number": lambda order: order.number,
    "status": lambda order: order.status,
    "source_status": lambda order: order.source_status,
    "placed_at": lambda order: _moment(order.placed_at),
    "paid_at": lambda order: _moment(order.paid_at),
    "contact_id": lambda order: order.contact_id,
    "email": lambda order: order.contact.email if order.contact else "",
    "first_name": lambda order: order.contact.first_name if order.contact else "",
    "last_name": lambda order: order.contact.last_name if order.contact else "",
    "items": lambda order: _amount(order.items),
    "currency": lambda order: order.currency,
    "total": lambda order: _amount(order.total),
    "discount_total": lambda order: _amount(order.discount_total),
    "shipping_total": lambda order: _amount(order.shipping_total),
    "tax_total": lambda order: _amount(order.tax_total),
    "refund_total": lambda order: _amount(order.refund_total),
    "revenue": lambda order: _amount(orders.revenue(order)),
    "coupons": lambda order: ", ".join(order.coupons),
    "shipping_method": lambda order: order.shipping_method,
    "payment_method": lambda order: order.payment_method,
}
"""Times are ISO 8601 in UTC."""


def cells(listing: Listing, sort: Sort) -> Iterator[list[Cell]]:
    """A row for each order of the list. Raises NotOffered before the first."""
    page = listing.page(sort, _AT_ONCE)
    while True:
        for order in page.orders:
            yield [read(order) for read in COLUMNS.values()]
        if not page.more:
            return
        page = listing.page(sort, _AT_ONCE, page.end)
