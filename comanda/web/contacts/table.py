"""Rows of the list as they are shown, and columns of the table that is downloaded."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from comanda.records import contact_export
from comanda.records.contact_export import FIELD, REVENUE
from comanda.records.contact_rows import Row
from comanda.web.contacts.columns import Column
from comanda.web.contacts.faces import Face, face

_VALUES = {
    "phone": lambda row: row.contact.phone,
    "company": lambda row: row.contact.company,
    "language": lambda row: row.contact.language,
    "marketing": lambda row: row.contact.accepts_marketing,
    "tags": lambda row: row.tags,
    "lists": lambda row: row.lists,
    "orders": lambda row: row.figures.orders,
    "revenue": lambda row: row.figures.revenue,
    "last_order": lambda row: row.figures.last_order_at,
    "added": lambda row: row.contact.created_at,
}
"""Column → what stands in it."""


@dataclass(frozen=True, slots=True)
class Line:
    """A contact in the list: ``cells`` pair the columns shown with what stands in them."""

    id: int
    face: Face
    email: str
    cells: Sequence[tuple[Column, Any]]


def line(row: Row, shown: Iterable[Column]) -> Line:
    """A contact with the columns that are shown."""
    return Line(
        row.contact.pk,
        face(row.contact),
        row.contact.email,
        [(column, _value(row, column)) for column in shown],
    )


def _value(row: Row, column: Column) -> Any:
    if column.key.startswith(FIELD):
        return row.contact.fields.get(column.key.removeprefix(FIELD), "")
    return _VALUES[column.key](row)


TITLES: dict[str, Promise] = {
    "id": _("Id"),
    "email": _("E-mail"),
    "first_name": _("First name"),
    "last_name": _("Last name"),
    "phone": _("Phone"),
    "company": _("Company"),
    "language": _("Language"),
    "accepts_marketing": _("Accepts marketing"),
    "consent_at": _("Said so on"),
    "tags": _("Tags"),
    "lists": _("Lists"),
    "orders": _("Orders"),
    "revenue": _("Revenue"),
    "last_order_at": _("Last order"),
    "created_at": _("Added"),
}
"""Columns of the table to download, but for the installation's own fields."""


def exportable(every: Iterable[Column]) -> list[tuple[str, str | Promise]]:
    """What can be downloaded: keys and titles."""
    own = [(column.key, column.label) for column in every if column.key.startswith(FIELD)]
    return [*TITLES.items(), *own]


def wanted(keys: Sequence[str], every: Iterable[Column]) -> list[tuple[str, str]]:
    """The columns of ``contact_export`` for what was ticked (all if nothing was), with their titles.

    Revenue is a column for each currency.
    """
    found: list[tuple[str, str]] = []
    for key, title in exportable(every):
        if keys and key not in keys:
            continue
        if key == "revenue":
            found += [
                (f"{REVENUE}{code}", _t("Revenue %(currency)s") % {"currency": code})
                for code in contact_export.currencies()
            ]
        else:
            found.append((key, str(title)))
    return found
