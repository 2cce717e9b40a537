"""What a new version of an order changed, as a person would want to hear it."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from comanda.shapes import LineIn, OrderIn, RefundIn

from . import text

Changes = dict[str, list[Any]]
"""Column → [before, after]; amounts as text in shortest form, times as ISO 8601 in UTC."""


def _amount(value: Any) -> str:
    return text.plain(str(value))


def _moment(value: Any) -> str | None:
    if not value:
        return None
    moment = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    return moment.astimezone(UTC).isoformat()


_COLUMNS: tuple[tuple[str, str, Callable[[Any], Any]], ...] = (
    ("status", "status", str),
    ("source_status", "source_status", str),
    ("number", "number", str),
    ("currency", "currency", str),
    ("total", "total", _amount),
    ("refund_total", "refund_total", _amount),
    ("discount_total", "discount_total", _amount),
    ("shipping_total", "shipping_total", _amount),
    ("tax_total", "tax_total", _amount),
    ("placed_at", "placed_at", _moment),
    ("paid_at", "paid_at", _moment),
    ("fulfilled_at", "fulfilled_at", _moment),
    ("canceled_at", "canceled_at", _moment),
    ("coupons", "coupons", list),
    ("tags", "tags", list),
    ("shipping_method", "shipping_method", str),
    ("payment_method", "payment_method", str),
    ("admin_url", "admin_url", str),
    ("cart_external_id", "cart_id", str),
)
_LINE = ("quantity", "unit_price", "total", "discount")
_LINE_TEXT = ("name", "sku", "variant_id", "category", "image_url")


def of_order(shape: OrderIn, contact_id: int | None, before: Mapping[str, Any]) -> Changes:
    """``before`` is the row as JSON, with its ``lines`` and ``refunds``, numbers as text."""
    found: Changes = {}
    for column, attribute, form in _COLUMNS:
        pair = [form(before[column]), form(getattr(shape, attribute))]
        if pair[0] != pair[1]:
            found[column] = pair
    if before["contact_id"] != contact_id:
        found["contact_id"] = [before["contact_id"], contact_id]
    if [_kept_line(line) for line in before["lines"]] != [_line(line) for line in shape.lines]:
        found["lines"] = [len(before["lines"]), len(shape.lines)]
    if sorted(map(_kept_refund, before["refunds"])) != sorted(map(_refund, shape.refunds)):
        found["refunds"] = [len(before["refunds"]), len(shape.refunds)]
    return found


def _line(line: LineIn) -> list[str]:
    return [*(_amount(getattr(line, c)) for c in _LINE), *(getattr(line, c) for c in _LINE_TEXT)]


def _kept_line(line: Mapping[str, Any]) -> list[str]:
    return [*(_amount(line[c]) for c in _LINE), *(line[c] for c in _LINE_TEXT)]


def _refund(refund: RefundIn) -> tuple[str, ...]:
    return (refund.refund_id, _amount(refund.amount), _moment(refund.refunded_at) or "", refund.reason)


def _kept_refund(refund: Mapping[str, Any]) -> tuple[str, ...]:
    return (
        refund["external_id"],
        _amount(refund["amount"]),
        _moment(refund["refunded_at"]) or "",
        refund["reason"],
    )
