"""The sample shop: a year of a British gift shop's real orders, moved so that the last one was yesterday.

Source: Online Retail, Daqing Chen, UCI Machine Learning Repository, CC BY 4.0 (see README.md beside).
"""

import csv
import io
from collections.abc import Iterator
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import zstandard

DATA = Path(__file__).parent / "online_retail.csv.zst"
STORE = {
    "key": "online-retail",
    "name": "Online Retail (sample shop)",
    "currency": "GBP",
    "timezone": "Europe/London",
    "country": "GB",
}
OPTIONS = {
    "mapping": {
        "order_id": "InvoiceNo",
        "order_date": "InvoiceDate",
        "contact_identifier": "Customer",
        "product_id": "StockCode",
        "product_name": "Description",
        "product_quantity": "Quantity",
        "product_price": "UnitPrice",
    },
    "constants": {"order_status": "completed"},
}
LAST_ORDER = date(2011, 12, 9)
EXPECTED: dict[str, Any] = {
    "lines": 541_909,
    "orders": 25_900,
    "contacts": 4_372,
    "products": 4_070,
    "revenue": {"GBP": "9747747.93"},
}
"""What anyone who adds the set up finds (contacts: distinct customers; a quarter of the lines has none)."""


def write(file: Path, yesterday: date) -> None:
    """Writes the set as a CSV file whose last order is of ``yesterday``, each customer with an e-mail."""
    shift = yesterday - LAST_ORDER

    @cache
    def moved(moment: str) -> str:
        return str(datetime.fromisoformat(moment) + shift)

    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        rows = _rows()
        invoice, stock, description, quantity, when, price, _, country = next(rows)
        writer.writerow((invoice, stock, description, quantity, when, price, "Customer", country))
        writer.writerows(
            (
                invoice,
                stock,
                name,
                quantity,
                moved(when),
                price,
                f"c{who}@example.com" if who else "",
                country,
            )
            for invoice, stock, name, quantity, when, price, who, country in rows
        )


def _rows() -> Iterator[list[str]]:
    with DATA.open("rb") as packed, zstandard.ZstdDecompressor().stream_reader(packed) as plain:
        yield from csv.reader(io.TextIOWrapper(plain, encoding="utf-8", newline=""))
