"""Prices, sums and currencies of orders of a file."""

from decimal import Decimal

import pytest

from tests.ingest.csv_import.reading import (
    HEADER,
    csv_of,
    orders_of,
    read,
    read_column,
    read_one,
    refused,
    told,
)


def test_it_sums_the_lines_where_no_revenue_is_said() -> None:
    assert read_one(csv_of("A,paid,2025-01-01,,,P,9.99,3")).total == Decimal("29.97")
    data = csv_of(
        "A,paid,2025-01-01,P,10,2,5,3,2,1",
        header="order_id,order_status,order_date,product_id,"
        "product_price,product_quantity,shipping_total,tax_total,discount,refund_total",
    )
    order = read_one(data, constants={"contact_identifier": ""})
    assert order.total == 20
    amounts = [order.shipping_total, order.tax_total, order.discount_total, order.refund_total]
    assert amounts == [Decimal(5), Decimal(3), Decimal(2), Decimal(1)]


def test_it_doubts_a_revenue_that_looks_like_the_total_of_a_line() -> None:
    parsed = read(csv_of(*["A,paid,2025-01-01,,10,P,5,2"] * 2, *["B,paid,2025-01-01,,20,P,5,2"] * 2))
    assert [order.total for order in orders_of(parsed)] == [Decimal(10), Decimal(20)]
    assert told(parsed) == [(2, "order_revenue", "revenue_like_a_line")]


def test_it_keeps_zero_and_negative_totals_and_quantities() -> None:
    parsed = read(
        csv_of(
            "A,paid,2025-01-01,,-12.50,P,12.50,-1", "B,paid,2025-01-01,,0,P,0,0", "C,paid,2025-01-01,,,P,-3,2"
        )
    )
    assert [order.total for order in orders_of(parsed)] == [Decimal("-12.50"), 0, -6]


@pytest.mark.parametrize(
    ("price", "quantity", "total", "unit", "result"),
    [
        ("", "3", "10", "3.333333", "10"),
        ("", "-3", "-10", "3.333333", "-10"),
        ("", "0", "5", "5", "5"),
        ("", "0", "0", "0", "0"),
        ("3.33", "3", "10", "3.33", "10"),
        ("3.33", "3", "", "3.33", "9.99"),
        ("1.005", "1", "1.01", "1.005", "1.01"),
        ("2", "100", "201", "2", "201"),
        ("0.3333333", "0.333333", "", "", ""),
        ("2.555555", "0.333333", "", "2.555555", "0.851851"),
    ],
)
def test_it_weighs_price_against_line_total(
    price: str, quantity: str, total: str, unit: str, result: str
) -> None:
    header = HEADER.replace("order_revenue", "line_total")
    parsed = read(csv_of(f"A1,paid,2025-01-16,,{total},P,{price},{quantity}", header=header))
    if not result:
        assert refused(parsed) == [(2, "product_price", "not_a_number")]
        return
    (line,) = orders_of(parsed)[0].lines
    assert (line.unit_price, line.total) == (Decimal(unit), Decimal(result))


def test_it_refuses_a_line_total_that_is_another_sum() -> None:
    header = HEADER.replace("order_revenue", "line_total")
    parsed = read(csv_of("A1,paid,2025-01-16,,18,P,10,2", header=header))
    assert refused(parsed) == [(2, "line_total", "line_total_differs")]
    problem = parsed[0].problems[0].problem
    assert problem.expected == "Price times quantity, 10 × 2 = 20, but for rounding."


def test_it_refuses_products_that_overflow() -> None:
    parsed = read(csv_of("A,paid,2025-01-16,,,P,999999999999,2", "B,paid,2025-01-16,,,P,999999,2"))
    assert refused(parsed) == [(2, "product_price", "too_large")]
    many = [f"A,paid,2025-01-16,,,P{n},999999999999,1" for n in range(2)]
    assert refused(read(csv_of(*many))) == [(2, "order_revenue", "too_large")]


def test_it_rounds_a_line_to_six_decimals() -> None:
    order = read_one(csv_of("A,paid,2025-01-16,,,P,0.0015,0.0015", "A,paid,2025-01-16,,,P,1.000001,1.000001"))
    assert [line.total for line in order.lines] == [Decimal("0.000002"), Decimal("1.000002")]


def test_it_takes_the_currency_of_the_order_then_of_the_store() -> None:
    orders = read_column("currency", "usd", " R$ ", "", currency="EUR")
    assert [order.currency for order in orders] == ["USD", "BRL", "EUR"]


def test_it_checks_currency_signs_against_the_order() -> None:
    header = HEADER + ",currency"
    parsed = read(
        csv_of("A,paid,2025-01-16,,€5.00,P,5.00 €,1,EUR", "B,paid,2025-01-16,,5,P,€5.00,1,USD", header=header)
    )
    assert refused(parsed) == [(3, "product_price", "other_currency")]
