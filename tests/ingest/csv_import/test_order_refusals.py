"""Rows that cannot come in, and what is said of them."""

import pytest

from tests.ingest.csv_import.reading import LINE, csv_of, read, refuse_column, refused


@pytest.mark.parametrize(
    ("column", "cell", "code"),
    [
        ("order_date", "", "missing"),
        ("order_date", "yesterday", "not_a_date"),
        ("order_date", "2025-02-30", "not_a_date"),
        ("order_date", "0001-01-01", "implausible_date"),
        ("order_date", "0001-01-01T00:00:00+14:00", "implausible_date"),
        ("order_date", "9999-12-31", "implausible_date"),
        ("order_date", "9999-12-31T23:59:59-14:00", "implausible_date"),
        ("order_date", "1969-12-31", "implausible_date"),
        ("order_updated_at", "never", "not_a_date"),
        ("contact_identifier", "maria@", "not_an_email"),
        ("contact_identifier", "a@b@c.example", "not_an_email"),
        ("contact_identifier", "+351 12", "not_a_phone_or_id"),
        ("contact_identifier", "+351999999999999", "not_a_phone"),
        ("contact_identifier", "x" * 256, "too_long"),
        ("product_price", "", "missing"),
        ("product_price", "abc", "not_a_number"),
        ("product_price", "1e400", "not_a_number"),
        ("product_price", "NaN", "not_a_number"),
        ("product_price", "12%", "not_a_number"),
        ("product_price", "1000000000000", "not_a_number"),
        ("product_price", "0.0000001", "not_a_number"),
        ("product_price", "$ 5", ""),
        ("product_price", "£ 5", "other_currency"),
        ("product_price", "5 USD", "other_currency"),
        ("product_quantity", "", "missing"),
        ("product_quantity", "NaN", "not_a_number"),
        ("product_quantity", "Infinity", "not_a_number"),
        ("product_quantity", "3 €", "not_a_number"),
        ("product_quantity", "3 pcs", "not_a_number"),
        ("order_revenue", "1e400", "not_a_number"),
        ("order_revenue", "£ 5", "other_currency"),
        ("discount", "10%", "not_a_number"),
        ("currency", "EURO", "not_a_currency"),
        ("currency", "XYZ", "not_a_currency"),
        ("currency", "$", "not_a_currency"),
        ("product_name", "x" * 20_001, "too_long"),
    ],
)
def test_it_refuses_what_cannot_be_and_says_why(column: str, cell: str, code: str) -> None:
    told_codes = refuse_column(column, cell)
    expected = [] if code in ("", "not_a_phone_or_id") else [(2, column, code)]
    assert told_codes == expected


def test_it_tells_row_column_value_expected_and_mend() -> None:
    (parsed,) = read(csv_of(LINE, "A1,completed,16.01.2025 25:00,maria@,x,,y,1"), date_order="dmy")
    assert parsed.order is None
    assert (parsed.rows, parsed.lines) == (2, 0)
    problem = next(each for each in parsed.problems if each.column == "product_price")
    assert problem.row == 3
    assert problem.problem.value == "y"
    assert problem.problem.expected == "A number like 1234.56."
    assert problem.problem.mend == "It is no number."
    assert problem.raw == ["A1", "completed", "16.01.2025 25:00", "maria@", "x", "", "y", "1"]


def test_it_tells_all_that_is_wrong_with_a_row() -> None:
    parsed = read(csv_of("A1,completed,soon,maria@,x,,y,z"))
    assert refused(parsed) == [
        (2, "product_id", "missing"),
        (2, "product_quantity", "not_a_number"),
        (2, "product_price", "not_a_number"),
        (2, "order_date", "not_a_date"),
        (2, "order_revenue", "not_a_number"),
        (2, "contact_identifier", "not_an_email"),
    ]


def test_it_refuses_an_order_as_a_whole_and_keeps_its_rows() -> None:
    good, bad = "A1,paid,2025-01-16,,,P1,1,1", "A1,paid,2025-01-16,,,P2,x,1"
    first, second = read(csv_of(good, bad, good, LINE.replace("A1", "B1")))
    assert first.order is None
    assert first.raw_rows == [(2, good.split(",")), (3, bad.split(",")), (4, good.split(","))]
    assert second.order is not None
    assert second.raw_rows == []


def test_it_refuses_rows_without_an_order_id_together_and_first() -> None:
    parsed = read(csv_of(LINE, LINE.replace("A1", ""), LINE.replace("A1", " "), ",x"))
    assert [(each.order_id, each.rows, each.lines) for each in parsed] == [("", 3, 0), ("A1", 1, 1)]
    assert refused(parsed) == [(3, "order_id", "missing"), (4, "order_id", "missing"), (5, "", "wrong_width")]
