"""The cells of the list of contacts. Made here and not in templates: a page has three hundred of them."""

from collections.abc import Callable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _t

from comanda.records.contact_rows import Row
from comanda.web.contacts.columns import Column
from comanda.web.fields import words
from comanda.web.frame import tags as writing

_MOST_NAMES = 2
_EMPTY = SafeString("")


def cell(row: Row, column: Column, label: str) -> SafeString:
    """A column of a contact; ``label`` stands beside it where there is no room for heads."""
    if column.field is not None:
        return _text(words.value(column.field, row.contact.fields.get(column.field.key, "")), label)
    return _CELLS[column.key](row, label)


def _td(label: str, classes: str, shown: Any) -> SafeString:
    return format_html('<td data-label="{}" class="{}">{}</td>', label, classes, shown)


def _text(text: str, label: str) -> SafeString:
    if not text:
        return _td(label, "", "")
    return format_html(
        '<td data-label="{}" class="text-truncate cell-text" title="{}"><bdi>{}</bdi></td>', label, text, text
    )


def accepts(answer: bool | None) -> SafeString:
    """What a contact said of marketing, as a word."""
    if answer is None:
        return format_html('<span class="text-secondary">{}</span>', _t("Never said"))
    if answer:
        return format_html('<span class="badge bg-green-lt">{}</span>', _t("Accepts"))
    return format_html('<span class="badge bg-red-lt">{}</span>', _t("Refuses"))


def _names(names: Sequence[str], label: str) -> SafeString:
    badge = '<span class="badge bg-secondary-lt text-truncate" title="{}">{}</span>'
    shown = format_html_join(" ", badge, ((name, name) for name in names[:_MOST_NAMES]))
    if len(names) > _MOST_NAMES:
        left = format_html(
            ' <span class="text-secondary small" title="{}">+{}</span>',
            ", ".join(names),
            len(names) - _MOST_NAMES,
        )
        shown = format_html("{}{}", shown, left)
    return _td(label, "groups", shown)


def _revenue(revenue: Sequence[tuple[str, Decimal]], label: str) -> SafeString:
    shown = format_html_join(
        "", "<div>{}</div>", ((writing.money(amount, code),) for code, amount in revenue)
    )
    return _td(label, "numeric", shown)


def _moment(when: datetime | None, form: str, label: str) -> SafeString:
    return _td(label, "text-nowrap text-secondary", writing.moment(when, form))


_CELLS: dict[str, Callable[[Row, str], SafeString]] = {
    "phone": lambda row, label: _td(label, "text-nowrap", row.contact.phone),
    "company": lambda row, label: _text(row.contact.company, label),
    "language": lambda row, label: _text(row.contact.language, label),
    "marketing": lambda row, label: _td(label, "", accepts(row.contact.accepts_marketing)),
    "tags": lambda row, label: _names(row.tags, label),
    "lists": lambda row, label: _names(row.lists, label),
    "orders": lambda row, label: _td(label, "numeric", writing.number(row.figures.orders)),
    "revenue": lambda row, label: _revenue(row.figures.revenue, label),
    "last_order": lambda row, label: _moment(row.figures.last_order_at, "relative", label),
    "added": lambda row, label: _moment(row.contact.created_at, "date", label),
}
"""Column → how it is shown."""
