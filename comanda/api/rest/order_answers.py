"""Orders as they are shown."""

from datetime import datetime
from typing import Any

from comanda.api.rest.activity_answers import ActivityOut
from comanda.api.rest.activity_answers import show as show_activity
from comanda.api.rest.fields import Answer, MoneyOut
from comanda.lib import money
from comanda.records import orders
from comanda.records.models import CartLine, Order, OrderLine
from comanda.shapes import OrderStatus


class OrderOut(Answer):
    """An order, without its lines. ``order_id`` is the shop's own id; ``revenue`` counts once completed."""

    id: int
    store: str
    order_id: str
    number: str
    contact_id: int | None
    status: OrderStatus
    source_status: str
    currency: str
    total: MoneyOut
    refund_total: MoneyOut
    discount_total: MoneyOut
    shipping_total: MoneyOut
    tax_total: MoneyOut
    revenue: MoneyOut
    items: MoneyOut
    placed_at: datetime
    paid_at: datetime | None
    fulfilled_at: datetime | None
    canceled_at: datetime | None
    updated_at: datetime | None
    coupons: list[str]
    tags: list[str]
    shipping_method: str
    payment_method: str
    admin_url: str
    cart_id: str
    import_id: int | None


class LineOut(Answer):
    """A line, at the price paid. ``product_id`` is the shop's own id."""

    product_id: str
    name: str
    sku: str
    variant_id: str
    category: str
    image_url: str
    quantity: MoneyOut
    unit_price: MoneyOut
    discount: MoneyOut
    total: MoneyOut


class RefundOut(Answer):
    """Money given back."""

    refund_id: str
    amount: MoneyOut
    refunded_at: datetime | None
    reason: str


class OrderDetails(OrderOut):
    """An order with its lines, refunds and history."""

    lines: list[LineOut]
    refunds: list[RefundOut]
    history: list[ActivityOut]


_AMOUNTS = ("total", "refund_total", "discount_total", "shipping_total", "tax_total")
_AS_KEPT = (
    "id", "number", "contact_id", "status", "source_status", "currency", "placed_at", "paid_at",
    "fulfilled_at", "canceled_at", "coupons", "tags", "shipping_method", "payment_method", "admin_url",
    "import_id",
)  # fmt: skip
_LINE_TEXTS = ("name", "sku", "variant_id", "category", "image_url")
_LINE_AMOUNTS = ("unit_price", "discount", "total")


def show(order: Order) -> OrderOut:
    """An order without what lies in other tables."""
    return OrderOut(**_values(order))


def show_details(order: Order) -> OrderDetails:
    """An order with all that belongs to it."""
    return OrderDetails(
        **_values(order),
        lines=[show_line(line, order.currency) for line in orders.lines(order)],
        refunds=[
            RefundOut(
                refund_id=refund.external_id,
                amount=money.amount(refund.amount, order.currency),
                refunded_at=refund.refunded_at,
                reason=refund.reason,
            )
            for refund in orders.refunds(order)
        ],
        history=[show_activity(each) for each in orders.history(order)],
    )


def show_line(line: OrderLine | CartLine, currency: str) -> LineOut:
    """A line of an order or cart."""
    texts = {column: getattr(line, column) for column in _LINE_TEXTS}
    amounts = {column: money.amount(getattr(line, column), currency) for column in _LINE_AMOUNTS}
    return LineOut(
        product_id=line.product.external_id if line.product else "",
        quantity=money.plain(line.quantity),
        **texts,
        **amounts,
    )


def _values(order: Order) -> dict[str, Any]:
    amounts = {column: money.amount(getattr(order, column), order.currency) for column in _AMOUNTS}
    return {
        **{column: getattr(order, column) for column in _AS_KEPT},
        **amounts,
        "store": order.store.key,
        "order_id": order.external_id,
        "cart_id": order.cart_external_id,
        "updated_at": order.source_updated_at,
        "items": money.plain(order.items),
        "revenue": money.amount(orders.revenue(order), order.currency),
    }
