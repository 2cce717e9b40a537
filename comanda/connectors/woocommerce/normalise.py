"""What WooCommerce says, as shapes. Amounts are texts; ``date_x_gmt`` is UTC without saying so."""

from datetime import UTC, datetime
from typing import Any

from comanda.connectors.base import Digest, Raw
from comanda.connectors.errors import SkipRecord
from comanda.connectors.values import (
    ZERO,
    amount,
    certain,
    child,
    children,
    first,
    key,
    moment,
    price_of_one,
    text,
)
from comanda.shapes import CartIn, ContactIn, LineIn, OrderIn, OrderStatus, ProductIn, RefundIn

STATUSES = {
    "pending": OrderStatus.CREATED,
    "on-hold": OrderStatus.PENDING,
    "processing": OrderStatus.COMPLETED,
    "completed": OrderStatus.COMPLETED,
    "cancelled": OrderStatus.CANCELED,
    "refunded": OrderStatus.CANCELED,
    "failed": OrderStatus.CANCELED,
    "trash": OrderStatus.CANCELED,
    "ready-for-pickup": OrderStatus.COMPLETED,
    "awaiting-shipment": OrderStatus.COMPLETED,
    "partial-shipped": OrderStatus.COMPLETED,
    "shipped": OrderStatus.COMPLETED,
    "delivered": OrderStatus.COMPLETED,
}
"""What WooCommerce's own statuses mean, and those of plug-ins for shipping: what is paid is completed."""

DRAFT = "checkout-draft"
_UNPAID = ("pending", DRAFT)


def order(raw: Raw, admin: str) -> OrderIn:
    """One order; ``admin`` is the address of the shop's admin pages."""
    _expect_order(raw)
    order_id = text(raw["id"])
    refunds = _refunds(raw)
    word = text(raw["status"])
    return OrderIn(
        order_id=order_id,
        number=text(raw.get("number")) or order_id,
        placed_at=certain(raw.get("date_created_gmt")),
        updated_at=moment(raw.get("date_modified_gmt")),
        paid_at=moment(raw.get("date_paid_gmt")),
        fulfilled_at=moment(raw.get("date_completed_gmt")),
        currency=text(raw["currency"]),
        total=amount(raw["total"]),
        tax_total=amount(raw.get("total_tax")),
        discount_total=amount(raw.get("discount_total")) + amount(raw.get("discount_tax")),
        shipping_total=amount(raw.get("shipping_total")) + amount(raw.get("shipping_tax")),
        refunds=refunds,
        refund_total=sum((refund.amount for refund in refunds), ZERO),
        lines=[_line(line) for line in children(raw.get("line_items"))],
        status=STATUSES.get(word, OrderStatus.UNKNOWN),
        source_status=word,
        coupons=tuple(_each(raw.get("coupon_lines"), "code")),
        shipping_method=", ".join(filter(None, _each(raw.get("shipping_lines"), "method_title"))),
        payment_method=first(raw.get("payment_method_title"), raw.get("payment_method")),
        admin_url=f"{admin}/post.php?post={order_id}&action=edit",
        contact=buyer(raw),
        cart_id=order_id,
    )


def _expect_order(raw: Raw) -> None:
    """A webhook of an order that was deleted meanwhile carries the API's error instead of the order."""
    if "id" not in raw or "line_items" not in raw:
        raise SkipRecord("unreadable", what=text(raw.get("message")) or "this is no order")


def _line(raw: Any) -> LineIn:
    quantity = amount(raw.get("quantity"))
    total = amount(raw.get("total")) + amount(raw.get("total_tax"))
    before = amount(raw.get("subtotal")) + amount(raw.get("subtotal_tax"))
    return LineIn(
        product_id=key(raw.get("product_id")),
        variant_id=key(raw.get("variation_id")),
        name=text(raw.get("name")),
        sku=text(raw.get("sku")),
        quantity=quantity,
        unit_price=price_of_one(total, quantity),
        total=total,
        discount=before - total,
        image_url=text(child(raw.get("image")).get("src")),
    )


def _refunds(raw: Raw) -> list[RefundIn]:
    """``refunds`` of the order have no dates; those read beside it, under ``_refunds``, do."""
    dated = {text(each.get("id")): moment(each.get("date_created_gmt")) for each in raw.get("_refunds", ())}
    return [
        RefundIn(
            text(each["id"]),
            -amount(each.get("total")),
            dated.get(text(each["id"])),
            text(each.get("reason")),
        )
        for each in children(raw.get("refunds"))
    ]


def _each(value: object, name: str) -> list[str]:
    """One text of each object of a list."""
    return [text(child(each).get(name)) for each in children(value)]


def buyer(raw: Raw) -> ContactIn | None:
    """The person who ordered, guest or not; None when nothing tells one."""
    billing, shipping = child(raw.get("billing")), child(raw.get("shipping"))
    found = ContactIn(
        customer_id=key(raw.get("customer_id")),
        email=text(billing.get("email")),
        phone=first(billing.get("phone"), shipping.get("phone")),
        first_name=first(billing.get("first_name"), shipping.get("first_name")),
        last_name=first(billing.get("last_name"), shipping.get("last_name")),
        company=first(billing.get("company"), shipping.get("company")),
    )
    return found if found.email or found.phone or found.customer_id else None


def cart(raw: Raw) -> CartIn | None:
    """An order that is not paid yet is a purchase begun; None for any other."""
    if text(raw.get("status")) not in _UNPAID:
        return None
    return CartIn(
        cart_id=text(raw["id"]),
        started_at=certain(raw.get("date_created_gmt")),
        updated_at=moment(raw.get("date_modified_gmt")),
        currency=text(raw["currency"]),
        total=amount(raw["total"]),
        lines=[_line(line) for line in children(raw.get("line_items"))],
        contact=buyer(raw),
        url=text(raw.get("payment_url")),
    )


def customer(raw: Raw) -> ContactIn:
    """A registered customer; the account's own e-mail goes before that of the bill."""
    billing = child(raw.get("billing"))
    shipping = child(raw.get("shipping"))
    return ContactIn(
        customer_id=text(raw["id"]),
        email=first(raw.get("email"), billing.get("email")),
        phone=first(billing.get("phone"), shipping.get("phone")),
        first_name=first(raw.get("first_name"), billing.get("first_name")),
        last_name=first(raw.get("last_name"), billing.get("last_name")),
        company=first(billing.get("company"), shipping.get("company")),
        updated_at=moment(raw.get("date_modified_gmt")),
    )


def product(raw: Raw, currency: str) -> ProductIn:
    """One product; variations are bought under its id."""
    if "id" not in raw or "name" not in raw:
        raise SkipRecord("unreadable", what=text(raw.get("message")) or "this is no product")
    categories = _each(raw.get("categories"), "name")
    images = children(raw.get("images"))
    price = text(raw.get("price"))
    return ProductIn(
        product_id=text(raw["id"]),
        name=text(raw["name"]),
        sku=text(raw.get("sku")),
        category=next(filter(None, categories), ""),
        kind=text(raw.get("type")),
        description=first(raw.get("short_description"), raw.get("description")),
        price=amount(price) if price else None,
        currency=currency,
        image_url=text(child(images[0]).get("src")) if images else "",
        url=text(raw.get("permalink")),
        archived=text(raw.get("status")) in ("trash", "draft", "private"),
        updated_at=moment(raw.get("date_modified_gmt")),
    )


def digest(raw: Raw) -> Digest:
    """What an audit compares."""
    return Digest(
        text(raw["id"]),
        certain(raw.get("date_created_gmt")),
        text(raw["currency"]),
        amount(raw["total"]),
        text(raw["status"]),
        moment(raw.get("date_modified_gmt")),
    )


def changed_at(raw: Raw) -> datetime:
    """When the record changed last, or was made; never None, so that it can be sorted by."""
    return (
        moment(raw.get("date_modified_gmt"))
        or moment(raw.get("date_created_gmt"))
        or datetime(1970, 1, 1, tzinfo=UTC)
    )
