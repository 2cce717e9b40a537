"""Orders that are read as columns come out as they do when each row is read by itself."""

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from decimal import Decimal
from pathlib import Path
from typing import Any
from unittest import mock

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comanda.ingest.csv_import import amounts, lines, plain
from comanda.ingest.csv_import.reader import FileRefused, Parsed
from comanda.ingest.upsert import StoreRef, check
from comanda.ingest.upsert.packed import PackedLines
from comanda.shapes import LineIn
from tests import factories
from tests.ingest.csv_import.importing import bring, counts, row, told, write
from tests.ingest.csv_import.reading import HEADER, csv_of, read

LINE = "A1,completed,2025-01-16 14:32:10,maria@example.com,59.80,P1,29.90,1"

FIELDS = (
    "order_id", "order_status", "order_date", "contact_identifier", "order_revenue", "product_id",
    "product_price", "product_quantity", "line_total", "product_name", "product_category", "currency",
)  # fmt: skip
_OFTEN: dict[str, tuple[str, ...]] = {
    "order_id": ("A", "B", "B ", "C", "Ç", "", "x" * 256),
    "order_status": ("paid", "paid", "Paid", "on its way", "odd"),
    "order_date": ("2025-01-16 14:32:10", "2025-01-16 14:32:10", "2025-03-30 01:30:00", "soon"),
    "contact_identifier": ("ana@example.com", "ana@example.com", "", "C-1", "no@e@mail"),
    "order_revenue": ("", "", "12.00", "24.00", "$ 3", "999999999999", "much"),
    "product_id": ("P1", "P1", "P2", " P2", "", "P\\3", "P\t4", "p" * 256, "\u00a0P1"),
    "product_price": ("12.00", "12", "0.333333", "£ 5", "-3.50", "", " ", "999999999999", "1e3"),
    "product_quantity": ("1", "2", "3", "-1", "0", "0.000001", "999999999999", "", "two", "€ 2"),
    "line_total": ("", "", "12.00", "12.01", "24", "-3.5", "1", "999999999999.999999", "x"),
    "product_name": ("Mug", "Mug", " Mug ", "", "Caneca nº 1", "tab\there", "two\nlines", "b\\n"),
    "product_category": ("", "Kitchen", "Kitchen\u2003", "a\x1fb"),
    "currency": ("", "EUR", "EUR", "GBP", "euros"),
}
CELLS = {field: st.sampled_from(cells) for field, cells in _OFTEN.items()}


@st.composite
def files(draw: st.DrawFn) -> str:
    """Rows of a few orders, tidy or not; some columns may be missing."""
    left_out = draw(st.sets(st.sampled_from(("order_revenue", "line_total", "product_category", "currency"))))
    header = [field for field in FIELDS if field not in left_out]
    tidy = {field: draw(CELLS[field]) for field in header}
    rows = []
    for _ in range(draw(st.integers(1, 8))):
        untidy = draw(st.sets(st.sampled_from(header), max_size=3))
        rows.append([draw(CELLS[field]) if field in untidy else tidy[field] for field in header])
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n").writerows([header, *rows])
    return out.getvalue()


@contextmanager
def row_by_row() -> Iterator[None]:
    """Takes no order for plain."""
    with mock.patch.object(plain, "FEW", 1_000_000):
        yield


@pytest.fixture(autouse=True, scope="module")
def _however_few() -> Iterator[None]:
    """Takes orders for plain however few rows there are."""
    with mock.patch.object(plain, "FEW", 0):
        yield


def found(file: str) -> list[Parsed] | str:
    """What is read, or why the file is refused."""
    try:
        return read(file, decimal=".", date_order="dmy", timezone="Europe/Lisbon")
    except FileRefused as refusal:
        return str(refusal)


def made(parsed: Parsed) -> tuple[Any, ...] | None:
    """All that the door is given of an order."""
    if parsed.order is None:
        return None
    checked = check(parsed.order)
    if checked.problem is not None:
        return asdict(checked.problem), parsed.order.fingerprint
    row, lines = checked.row, parsed.order.lines
    products = lines.products if isinstance(lines, PackedLines) else row.products
    return row.key, row.columns, products, list(row.lines), row.digest, row.items, parsed.order.fingerprint


@given(files())
@settings(max_examples=60)
def test_it_reads_plain_orders_as_it_reads_their_rows(file: str) -> None:
    quick = found(file)

    with row_by_row():
        careful = found(file)

    assert quick == careful
    if not isinstance(quick, str):
        assert [made(parsed) for parsed in quick] == [made(parsed) for parsed in careful]  # type: ignore[arg-type]


def test_it_takes_tidy_orders_for_plain_and_no_others() -> None:
    (tidy,) = read(csv_of(LINE, LINE))
    (with_a_tab,) = read(csv_of(LINE, LINE.replace("P1", '"P\t1"')))
    (at_odds,) = read(csv_of(LINE, LINE.replace("maria", "ana")))

    kinds = [type(parsed.order.lines) for parsed in (tidy, with_a_tab, at_odds) if parsed.order]
    assert kinds == [PackedLines, list, list]


@pytest.mark.parametrize("status", ["on its way", "completed"])
def test_it_tells_an_unknown_word_once_wherever_it_is_read(status: str) -> None:
    rows = [LINE.replace("A1", key).replace("completed", status) for key in ("A1", "A2", "A3")]
    rows[1] = rows[1].replace("P1", '"P\t1"')

    parsed = read(csv_of(*rows))

    codes = [problem.problem.code for each in parsed for problem in each.problems]
    assert codes == (["unknown_status"] if status == "on its way" else [])


def test_it_gives_single_lines_when_asked() -> None:
    header = f"{HEADER},product_name,product_category,product_image"
    (parsed,) = read(csv_of(f"{LINE},Mug,Kitchen,https://shop.test/m.png", LINE + ",,,", header=header))

    assert parsed.order is not None
    price = Decimal("29.9")
    one = LineIn("P1", Decimal(1), price, price, "Mug", "", "", "Kitchen", "https://shop.test/m.png")
    other = LineIn("P1", Decimal(1), price, price)
    assert parsed.order.lines == [one, other]
    assert parsed.order.lines[1] == other
    assert parsed.order.lines[:1] == [one]
    assert repr(parsed.order.lines) == f"PackedLines({[one, other]!r})"


AMOUNTS = st.decimals(Decimal("-999999999999.999999"), Decimal("999999999999.999999"), places=6)


@given(AMOUNTS, AMOUNTS | st.integers(-9, 9).map(Decimal))
def test_it_parts_totals_as_decimals_are_parted(total: Decimal, quantity: Decimal) -> None:
    with duckdb.connect() as connection:
        connection.execute(plain._MACROS)
        asked = connection.execute(
            f"SELECT unit_price($total::VARCHAR::{amounts.NUMBER}, $quantity::VARCHAR::{amounts.NUMBER})",
            {"total": f"{total:f}", "quantity": f"{quantity:f}"},
        ).fetchone()

    assert asked == (lines._unit_price(total, quantity),)


ROWS = [
    row("1", "ana@example.com", "mug"),
    row("1", "ana@example.com", "cup", "4.00", 3),
    row("2", "", "m\\ug"),
    row("2", "", "mug", "9.00"),
    row("3", "bia@example.com", "pot", "7.00"),
    row("3", "ana@example.com", "pot", "7.00"),
    row("4", "bia@example.com", "", "1.00"),
]
RECORDS = (
    "SELECT o.external_id, o.total, o.items, o.status, o.digest, o.fingerprint <> '', l.position, l.quantity,"
    " l.unit_price, l.total, l.name, l.category, p.external_id, p.name, p.category, c.email"
    " FROM orders o JOIN order_line l ON l.order_id = o.id LEFT JOIN product p ON p.id = l.product_id"
    " LEFT JOIN contact c ON c.id = o.contact_id WHERE o.store_id = {store} ORDER BY 1, 7"
)


@pytest.mark.django_db(transaction=True)
def test_it_writes_the_same_records(store: StoreRef, tmp_path: Path) -> None:
    names = ["Mug", "Cup", "", "Mug, large", "Pot", "Pot", "Nothing"]
    file = write(
        tmp_path / "a.csv",
        [[*each, name] for each, name in zip(ROWS, names, strict=True)],
        (*HEADER.replace("order_revenue,", "").split(","), "product_name"),
    )
    other = factories.make_store("other")

    quick = bring(store.id, file)
    with row_by_row():
        careful = bring(other.id, file)

    written = [factories.query(RECORDS.format(store=of.id)) for of in (store, other)]
    assert written[0] == written[1]
    assert len(written[0]) == 7
    assert [found[:-2] for found in told(quick)] == [found[:-2] for found in told(careful)]
    assert (
        counts(quick)["orders"] == counts(careful)["orders"] == {"created": 4, "updated": 0, "unchanged": 0}
    )
    assert counts(quick)["products"] == counts(careful)["products"]
