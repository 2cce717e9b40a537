"""Reads a file as an import would, for tests."""

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from comanda.ingest.csv_import.problems import RowProblem, Severity
from comanda.ingest.csv_import.reader import Format, Options, OrderFile, Parsed
from comanda.shapes import OrderIn

HEADER = (
    "order_id,order_status,order_date,contact_identifier,order_revenue,"
    "product_id,product_price,product_quantity"
)
LINE = "A1,completed,2025-01-16 14:32:10,maria@example.com,29.90,P1,29.90,1"
MINIMUM = {
    "order_status": "completed",
    "order_date": "2025-01-16",
    "contact_identifier": "",
    "product_quantity": "1",
    "product_price": "1",
}
MINIMUM_BUT_STATUS = {field: value for field, value in MINIMUM.items() if field != "order_status"}


def read(data: bytes | str, name: str = "orders.csv", **options: Any) -> list[Parsed]:
    """What the file gives, order by order."""
    return read_with_format(data, name, **options)[1]


def read_with_format(
    data: bytes | str, name: str = "orders.csv", **options: Any
) -> tuple[Format, list[Parsed]]:
    """The same, and what was found out of the file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(data.encode() if isinstance(data, str) else data)
        with OrderFile.open(path, Options(**options), Path(folder) / "work") as file:
            return file.format, list(file.read())


def csv_of(*rows: str, header: str = HEADER) -> str:
    """A file of these rows."""
    return "\n".join([header, *rows]) + "\n"


def orders_of(parsed: Sequence[Parsed]) -> list[OrderIn]:
    """The orders, all of which must have come in."""
    orders = [each.order for each in parsed if each.order is not None]
    assert len(orders) == len(parsed), [each.problems for each in parsed]
    return orders


def read_one(data: bytes | str, **options: Any) -> OrderIn:
    """The only order of the file."""
    (order,) = orders_of(read(data, **options))
    return order


def told(parsed: Sequence[Parsed]) -> list[tuple[int, str, str]]:
    """All problems, as row, column and code."""
    return [_told(problem) for each in parsed for problem in each.problems]


def refused(parsed: Sequence[Parsed]) -> list[tuple[int, str, str]]:
    """Those for which an order was refused."""
    problems = [problem for each in parsed for problem in each.problems]
    return [_told(problem) for problem in problems if problem.severity is Severity.REFUSED]


def small(column: str, *cells: str, **constants: str) -> str:
    """A file of one column besides the ids, and an order a cell."""
    return "\n".join(
        [f"order_id,product_id,{column}", *(f"{n},P,{c}" for n, c in enumerate(cells, start=1)), ""]
    )


def read_column(column: str, *cells: str, **options: str) -> list[OrderIn]:
    """The orders of a file of one column besides what an order must have."""
    constants = {field: value for field, value in MINIMUM.items() if field != column}
    return orders_of(read(small(column, *cells), constants=constants, **options))


def refuse_column(column: str, *cells: str, **options: str) -> list[tuple[int, str, str]]:
    """The problems of such a file."""
    constants = {field: value for field, value in MINIMUM.items() if field != column}
    return told(read(small(column, *cells), constants=constants, **options))


def _told(problem: RowProblem) -> tuple[int, str, str]:
    return problem.row, problem.column, problem.problem.code
