"""What happened to an order, told in words."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from comanda.records.models import Activity, Order
from comanda.web.frame.tags import STATUSES, money, written
from comanda.web.orders.titles import TITLES

NOTHING = "–"
_MONEY = ("total", "refund_total", "discount_total", "shipping_total", "tax_total")
_TIMES = ("placed_at", "paid_at", "fulfilled_at", "canceled_at")
_WORDS = ("coupons", "tags")
_COUNTS = ("lines", "refunds")
_KINDS = {
    "order_created": (_("Order placed"), "plus"),
    "order_updated": (_("Order changed"), "pencil"),
    "order_restored": (_("An order was put back as it was before an import that was undone"), "pencil"),
}


@dataclass(frozen=True, slots=True)
class Change:
    """A column with what it was and what it became; equal where it is only known that it changed."""

    title: str
    before: str
    after: str

    @property
    def is_told(self) -> bool:
        """Whether both are worth telling."""
        return self.before != self.after


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened."""

    at: datetime
    title: str
    icon: str
    note: str
    changes: list[Change]


def tell(order: Order, activity: Iterable[Activity]) -> list[Event]:
    """The latest first."""
    return [_event(order, row) for row in activity][::-1]


def _event(order: Order, row: Activity) -> Event:
    title, icon = _KINDS.get(row.kind, (row.kind, "point"))
    changes = row.data.get("changes") if isinstance(row.data, Mapping) else None
    told = [_change(order, *each) for each in changes.items()] if isinstance(changes, Mapping) else []
    return Event(row.at, str(title), icon, _created(order, row.data) if not told else "", told)


def _created(order: Order, data: Mapping[str, Any]) -> str:
    if not {"status", "total"} <= data.keys():
        return ""
    total = _money(data["total"], str(data.get("currency", order.currency)))
    return f"{_status(data['status'])} · {total}"


def _change(order: Order, column: str, pair: Any) -> Change:
    before, after = pair if isinstance(pair, list) and len(pair) == 2 else (None, None)
    title = str(TITLES.get(column, column))
    if column == "contact_id":
        return Change(title, _contact(before), _contact(after))
    if column in _MONEY:
        return Change(title, _money(before, order.currency), _money(after, order.currency))
    form = _FORMS.get(column, _text)
    return Change(title, form(before), form(after))


def _contact(value: Any) -> str:
    return gettext("Guest") if value is None else gettext("Contact {id}").format(id=value)


def _status(value: Any) -> str:
    return str(STATUSES[value][0]) if value in STATUSES else _text(value)


def _money(value: Any, currency: str) -> str:
    try:
        return str(money(Decimal(str(value)), currency))
    except InvalidOperation:
        return _text(value)


def _time(value: Any) -> str:
    try:
        return written(datetime.fromisoformat(value), "zoned") if value else NOTHING
    except (TypeError, ValueError):
        return _text(value)


def _words(value: Any) -> str:
    return ", ".join(map(str, value)) or NOTHING if isinstance(value, list) else _text(value)


def _text(value: Any) -> str:
    return str(value) if value not in (None, "") else NOTHING


_FORMS: dict[str, Callable[[Any], str]] = {
    "status": _status,
    **dict.fromkeys(_TIMES, _time),
    **dict.fromkeys(_WORDS, _words),
    **dict.fromkeys(_COUNTS, _text),
}
