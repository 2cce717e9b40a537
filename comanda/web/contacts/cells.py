"""The rows of the list of contacts. Made here and not in a template: a page has three hundred cells."""

from collections.abc import Callable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _t

from comanda.records.contact_rows import Row
from comanda.web.contacts.columns import Column
from comanda.web.contacts.faces import face
from comanda.web.fields import words
from comanda.web.frame import tags as writing
from comanda.web.frame.markup import filled, joined

_MOST_NAMES = 2
_EMPTY = SafeString("")


_TICK = (
    '<td class="w-1"><input class="form-check-input m-0 align-middle" type="checkbox" name="id" value="{}"'
    ' aria-label="{}"></td>'
)
_WHO = """
<td class="contact-cell"><div class="d-flex align-items-center gap-2">
<span class="avatar avatar-sm rounded-circle {}" aria-hidden="true">{}</span>
<div class="min-w-0">
<a class="text-reset fw-medium d-block text-truncate" href="/contacts/{}"><bdi>{}</bdi></a>{}
</div></div></td>
"""


def line(row: Row, columns: Sequence[tuple[Column, str]], *, can_tick: bool) -> SafeString:
    """A contact in the list, with some columns and their labels."""
    contact, seen = row.contact, face(row.contact)
    tick = filled(_TICK, contact.pk, _t("Tick %(name)s") % {"name": seen.name}) if can_tick else _EMPTY
    letters = seen.letters or writing.icon("user")
    email = contact.email if contact.email != seen.name else ""
    below = (
        filled('<span class="d-block small text-secondary text-truncate">{}</span>', email)
        if email
        else _EMPTY
    )
    who = filled(_WHO, seen.colour, letters, contact.pk, seen.name, below)
    cells = joined(cell(row, column, label) for column, label in columns)
    return filled('<tr data-href="/contacts/{}">{}{}{}</tr>', contact.pk, tick, who, cells)


def cell(row: Row, column: Column, label: str) -> SafeString:
    """A column of a contact; ``label`` stands beside it where there is no room for heads."""
    if column.field is not None:
        return _text(words.value(column.field, row.contact.fields.get(column.field.key, "")), label)
    return _CELLS[column.key](row, label)


def _td(label: str, classes: str, shown: Any) -> SafeString:
    return filled('<td data-label="{}" class="{}">{}</td>', label, classes, shown)


def _text(text: str, label: str) -> SafeString:
    if not text:
        return _td(label, "", "")
    return filled(
        '<td data-label="{}" class="text-truncate cell-text" title="{}"><bdi>{}</bdi></td>', label, text, text
    )


def accepts(answer: bool | None) -> SafeString:
    """What a contact said of marketing, as a word."""
    if answer is None:
        return filled('<span class="text-secondary">{}</span>', _t("Never said"))
    if answer:
        return filled('<span class="badge bg-green-lt">{}</span>', _t("Accepts"))
    return filled('<span class="badge bg-red-lt">{}</span>', _t("Refuses"))


def _names(names: Sequence[str], label: str) -> SafeString:
    badge = '<span class="badge bg-secondary-lt text-truncate" dir="auto" title="{}">{}</span>'
    shown = joined((filled(badge, name, name) for name in names[:_MOST_NAMES]), " ")
    if len(names) > _MOST_NAMES:
        left = filled(
            ' <span class="text-secondary small" title="{}">+{}</span>',
            ", ".join(names),
            len(names) - _MOST_NAMES,
        )
        shown = joined((shown, left))
    return _td(label, "groups", shown)


def _revenue(revenue: Sequence[tuple[str, Decimal]], label: str) -> SafeString:
    shown = joined(filled("<div>{}</div>", writing.money(amount, code)) for code, amount in revenue)
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
