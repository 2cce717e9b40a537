"""The first orders of a file as they would come in, for someone to look at before they do."""

import csv
from decimal import Decimal
from pathlib import Path
from typing import Any

from comanda.ingest.csv_import.problems import FileRefused
from comanda.ingest.csv_import.reader import Options, OrderFile, Parsed
from comanda.records.models import Order, Store
from comanda.shapes import ContactIn, LineIn, OrderIn

MOST_ORDERS = 10
MOST_LINES = 50
"""Lines of an order that are shown."""


def first_orders(file: OrderFile, store: Store, workdir: Path) -> list[dict[str, Any]]:
    """The orders that stand first in the file, with all of their rows, as JSON can hold them.

    Their rows are written to a small file of their own, which is then read by the settings of the whole one.
    """
    ids = file.first_ids(MOST_ORDERS)
    path = workdir / "first.csv"
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, delimiter=file.format.delimiter)
        writer.writerow(file.format.header)
        for order_id in ids:
            writer.writerows(cells for _, cells in file.rows_of(order_id))
    try:
        with OrderFile.open(path, _options(file, store), workdir / "first") as small:
            found = {parsed.order_id: parsed for parsed in small.read()}
    except FileRefused:
        return []
    there = _there(store, ids)
    return [_shown(found[each], is_there=each in there) for each in ids if each in found]


def _options(file: OrderFile, store: Store) -> Options:
    """All that was decided for the whole file; its constants as they were given."""
    settings = file.format.settings()
    return Options(
        mapping=settings.mapping,
        constants=settings.constants,
        currency=store.currency,
        timezone=store.timezone,
        country=store.country,
        delimiter=file.format.delimiter,
        encoding="utf-8",
        decimal=settings.decimal,
        date_order=settings.date_order or None,
        statuses=store.status_map,
    )


def _there(store: Store, ids: list[str]) -> set[str]:
    """Which of them the store has already."""
    return set(Order.objects.filter(store=store, external_id__in=ids).values_list("external_id", flat=True))


def _shown(parsed: Parsed, *, is_there: bool) -> dict[str, Any]:
    problems = [
        {"code": each.problem.code, "column": each.column, "value": each.problem.value}
        for each in parsed.problems
    ]
    order = _order(parsed.order) if parsed.order else None
    return {
        "id": parsed.order_id,
        "rows": parsed.rows,
        "is_there": is_there,
        "order": order,
        "problems": problems,
    }


def _order(order: OrderIn) -> dict[str, Any]:
    amounts = ("total", "discount_total", "shipping_total", "tax_total", "refund_total")
    return {
        "placed_at": order.placed_at.isoformat(),
        "status": order.status,
        "source_status": order.source_status,
        "currency": order.currency,
        **{name: _plain(getattr(order, name)) for name in amounts},
        "coupons": list(order.coupons),
        "tags": list(order.tags),
        "shipping_method": order.shipping_method,
        "contact": _contact(order.contact) if order.contact else None,
        "lines": [_line(line) for line in order.lines[:MOST_LINES]],
        "more_lines": max(len(order.lines) - MOST_LINES, 0),
    }


def _contact(contact: ContactIn) -> dict[str, Any]:
    return {
        "identifier": contact.email or contact.phone or contact.customer_id,
        "phone": contact.phone,
        "name": f"{contact.first_name} {contact.last_name}".strip(),
        "company": contact.company,
        "accepts_marketing": contact.accepts_marketing,
    }


def _line(line: LineIn) -> dict[str, Any]:
    return {
        "product_id": line.product_id,
        "name": line.name,
        "quantity": _plain(line.quantity),
        "unit_price": _plain(line.unit_price),
        "total": _plain(line.total),
    }


def _plain(number: Decimal) -> str:
    return f"{number:f}"
