"""Rows of the list as they are shown, and columns of the table that is downloaded."""

from collections.abc import Iterable, Sequence

from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from comanda.records import contact_export
from comanda.records.contact_export import FIELD, REVENUE
from comanda.records.contact_rows import Row
from comanda.web.contacts import cells
from comanda.web.contacts.columns import Column


def lines(rows: Iterable[Row], shown: Sequence[Column], *, can_tick: bool) -> list[SafeString]:
    """Contacts with the columns that are shown."""
    labelled = [(column, str(column.label)) for column in shown]
    return [cells.line(row, labelled, can_tick=can_tick) for row in rows]


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
