"""What changed of an order or contact, in words: amounts in their currency, times in the reader's zone."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from comanda.records.models import Field
from comanda.web.fields import words
from comanda.web.frame import tags as writing


@dataclass(frozen=True, slots=True)
class Change:
    """What changed; ``before`` and ``after`` are "" where nothing stood, or stands now."""

    label: str
    before: str
    after: str


_Write = Callable[[Any, str], str]
"""Gives a value in words, told the currency of the order."""


def amount(value: Any, currency: str) -> str:
    """An amount as activity keeps it (text in shortest form); as it is, where the currency is not known."""
    try:
        return writing.money(Decimal(str(value)), currency) if currency else str(value or "")
    except InvalidOperation:
        return ""


def _as_is(value: Any, currency: str) -> str:
    return "" if value is None else str(value)


def _status(value: Any, currency: str) -> str:
    return str(writing.STATUSES.get(value, (value, ""))[0])


def _moment(value: Any, currency: str) -> str:
    try:
        return writing.written(datetime.fromisoformat(value))
    except (TypeError, ValueError):
        return ""


def _words(value: Any, currency: str) -> str:
    return ", ".join(map(str, value or ()))


def _lines(value: Any, currency: str) -> str:
    return ngettext("%(count)d line", "%(count)d lines", value) % {"count": value}


def _refunds(value: Any, currency: str) -> str:
    return ngettext("%(count)d refund", "%(count)d refunds", value) % {"count": value}


def _buyer(value: Any, currency: str) -> str:
    return _t("nobody") if value is None else _t("contact %(number)s") % {"number": value}


_COLUMNS: dict[str, tuple[Promise, _Write]] = {
    "status": (_("Status"), _status),
    "source_status": (_("Status in the shop"), _as_is),
    "number": (_("Number"), _as_is),
    "currency": (_("Currency"), _as_is),
    "total": (_("Total"), amount),
    "refund_total": (_("Refunded"), amount),
    "discount_total": (_("Discount"), amount),
    "shipping_total": (_("Shipping"), amount),
    "tax_total": (_("Tax"), amount),
    "placed_at": (_("Placed"), _moment),
    "paid_at": (_("Paid"), _moment),
    "fulfilled_at": (_("Fulfilled"), _moment),
    "canceled_at": (_("Canceled"), _moment),
    "coupons": (_("Discount codes"), _words),
    "tags": (_("Tags"), _words),
    "shipping_method": (_("Shipping method"), _as_is),
    "payment_method": (_("Payment"), _as_is),
    "admin_url": (_("Link in the shop"), _as_is),
    "cart_external_id": (_("Cart"), _as_is),
    "contact_id": (_("Buyer"), _buyer),
    "lines": (_("Products"), _lines),
    "refunds": (_("Refunds"), _refunds),
    "email": (_("E-mail"), _as_is),
    "phone": (_("Phone"), _as_is),
    "first_name": (_("First name"), _as_is),
    "last_name": (_("Last name"), _as_is),
    "company": (_("Company"), _as_is),
    "language": (_("Language"), _as_is),
}
"""Column → what it is called, and how its values are written."""


def tell(
    changes: Mapping[str, Sequence[Any]], currency: str, fields: Mapping[str, Field] | None = None
) -> list[Change]:
    """Changes as activity keeps them: column → [before, after]; ``fields`` are the contact's own, by key."""
    told: list[Change] = []
    for column, (before, after) in changes.items():
        if column == "fields":
            told += _fields(before or {}, after or {}, fields or {})
            continue
        label, write = _COLUMNS.get(column, (column, _as_is))
        told.append(Change(str(label), write(before, currency), write(after, currency)))
    return told


def _fields(before: Mapping[str, Any], after: Mapping[str, Any], fields: Mapping[str, Field]) -> list[Change]:
    """Each of the contact's own fields that changed, as it is called now; by its key, if it was deleted."""
    keys = sorted({*before, *after})
    return [
        _field(fields.get(key), key, before.get(key), after.get(key))
        for key in keys
        if before.get(key) != after.get(key)
    ]


def _field(field: Field | None, key: str, before: Any, after: Any) -> Change:
    return Change(
        words.called(field, key),
        words.value(field, _as_is(before, "")),
        words.value(field, _as_is(after, "")),
    )
