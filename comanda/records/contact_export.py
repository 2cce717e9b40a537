"""Contacts as a table for a spreadsheet: the columns that were asked for, in the order that was asked for."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from decimal import Decimal

from comanda.lib import money
from comanda.lib.sheets import Cell
from comanda.records import contact_rows, database
from comanda.records.contact_list import Listing
from comanda.records.contact_rows import Row
from comanda.records.contact_sorts import Sort

FIELD = "field:"
"""Begins the name of a column that is one of the installation's own fields."""

REVENUE = "revenue:"
"""Begins the name of a column of revenue in one currency."""

_AT_ONCE = 1_000
_ACCEPTS = {True: "yes", False: "no", None: "unknown"}

COLUMNS: dict[str, Callable[[Row], Cell]] = {
    "id": lambda row: row.contact.pk,
    "email": lambda row: row.contact.email,
    "first_name": lambda row: row.contact.first_name,
    "last_name": lambda row: row.contact.last_name,
    "phone": lambda row: row.contact.phone,
    "company": lambda row: row.contact.company,
    "language": lambda row: row.contact.language,
    "accepts_marketing": lambda row: _ACCEPTS[row.contact.accepts_marketing],
    "consent_at": lambda row: _moment(row.contact.consent_at),
    "tags": lambda row: ", ".join(row.tags),
    "lists": lambda row: ", ".join(row.lists),
    "orders": lambda row: row.figures.orders,
    "last_order_at": lambda row: _moment(row.figures.last_order_at),
    "created_at": lambda row: _moment(row.contact.created_at),
}
"""What every installation has. Times are ISO 8601 in UTC."""


def currencies() -> list[str]:
    """Those in which there are orders: a column of revenue each. Reads all orders."""
    with database.cursor() as cursor:
        return [
            row[0] for row in cursor.execute("SELECT DISTINCT currency FROM orders ORDER BY 1").fetchall()
        ]


def cells(listing: Listing, sort: Sort, columns: Sequence[str]) -> Iterator[list[Cell]]:
    """A row for each contact of the list. Raises Unsorted before the first."""
    readers = [_reader(column) for column in columns]
    page = listing.page(sort, _AT_ONCE)
    while True:
        for row in contact_rows.of(page.contacts):
            yield [read(row) for read in readers]
        if not page.more:
            return
        page = listing.page(sort, _AT_ONCE, page.end)


def _reader(column: str) -> Callable[[Row], Cell]:
    if column.startswith(FIELD):
        key = column.removeprefix(FIELD)
        return lambda row: row.contact.fields.get(key, "")
    if column.startswith(REVENUE):
        currency = column.removeprefix(REVENUE)
        return lambda row: _revenue(row, currency)
    return COLUMNS[column]


def _revenue(row: Row, currency: str) -> Cell:
    earned = dict(row.figures.revenue).get(currency)
    return None if earned is None else Decimal(money.to_the_cent(earned, currency))


def _moment(at: datetime | None) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds") if at else ""
