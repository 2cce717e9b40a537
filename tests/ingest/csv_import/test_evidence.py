"""What the whole file decides about its numbers and dates."""

import pytest

from comanda.ingest.csv_import.problems import FileRefused, explain
from comanda.shapes import OrderIn
from tests.ingest.csv_import.reading import HEADER, orders_of, read, read_with_format, refused

COLUMNS = HEADER.replace(",", ";")


def file_of(*rows: tuple[str, str, str], revenue: str = "") -> str:
    """Orders of one line each with these dates, prices and quantities."""
    lines = [
        f"{n};paid;{date};;{revenue};P;{price};{count}"
        for n, (date, price, count) in enumerate(rows, start=1)
    ]
    return "\n".join([COLUMNS, *lines, ""])


def totals(data: str, **options: str) -> list[str]:
    return [f"{order.total:f}" for order in orders_of(read(data, **options))]


def dates_of(data: str, **options: str) -> list[str]:
    orders: list[OrderIn] = orders_of(read(data, **options))
    return [order.placed_at.isoformat() for order in orders]


def refusal(data: str, **options: str) -> list[tuple[str, int, str, str]]:
    with pytest.raises(FileRefused) as caught:
        read(data, **options)
    return [(each.problem.code, each.row, each.column, each.problem.value) for each in caught.value.problems]


D = "2025-01-16"


def test_it_takes_the_mark_that_some_number_proves_for_all() -> None:
    assert totals(file_of((D, "1.234", "1"), (D, "2,50", "2"), (D, "1.000,00", "1"))) == [
        "1234",
        "5.00",
        "1000.00",
    ]
    assert totals(file_of((D, "1,234", "1"), (D, "2.50", "2"), (D, "1,000.00", "1"))) == [
        "1234",
        "5.00",
        "1000.00",
    ]


def test_it_takes_proof_from_any_column_of_numbers() -> None:
    assert totals(file_of((D, "1.234", "1"), (D, "3.456", "1"), revenue="0,50")) == ["0.50", "0.50"]
    assert totals(file_of((D, "1.234", "1"), (D, "2", "0,5"))) == ["1234", "1.0"]


@pytest.mark.parametrize(
    "price", ["R$ 1.234,50", "1 234,50 €", "1\u00a0234,50", "1\u202f234,50", "1.234,50-", "(1.234,50)"]
)
def test_it_reads_money_as_it_is_written(price: str) -> None:
    currency = "BRL" if "R$" in price else "EUR"
    sign = "-" if price[-1] in "-)" else ""
    assert totals(file_of((D, price, "2")), currency=currency) == [f"{sign}2469.00"]


def test_it_needs_no_mark_where_there_are_whole_numbers_only() -> None:
    assert totals(file_of((D, "12", "2"), (D, "100", "1"))) == ["24", "100"]


def test_it_asks_when_every_number_could_be_either() -> None:
    data = file_of((D, "12", "1"), (D, "1.234", "1"))
    assert refusal(data) == [("decimal_undecided", 3, "product_price", "1.234")]
    assert totals(data, decimal=".") == ["12", "1.234"]
    assert totals(data, decimal="comma") == ["12", "1234"]


def test_it_refuses_numbers_that_contradict_each_other_and_shows_two() -> None:
    data = file_of((D, "1", "1"), (D, "2.50", "1"), (D, "2,50", "1"))
    assert refusal(data) == [
        ("decimal_contradicted", 3, "product_price", "2.50"),
        ("decimal_contradicted", 4, "product_price", "2,50"),
    ]
    parsed = read(data, decimal=".")
    assert refused(parsed) == [(4, "product_price", "not_a_number")]
    assert [each.order is None for each in parsed] == [False, False, True]


def test_it_takes_no_proof_from_what_is_no_number() -> None:
    parsed = read(
        file_of((D, "2,50", "1"), (D, "1.2.x", "1"), (D, "2025.01", "1"), (D, "v1.5", "1")), decimal=","
    )
    assert refused(parsed) == [(3, "product_price", "not_a_number"), (4, "product_price", "not_a_number"),
                               (5, "product_price", "not_a_number")]  # fmt: skip
    assert totals(file_of((D, "2,50", "1"))) == ["2.50"]


def test_it_decides_day_and_month_once_for_the_file() -> None:
    day_first = file_of(("03/04/2025", "1", "1"), ("17/04/2025 10:30", "1", "1"))
    assert dates_of(day_first) == ["2025-04-03T00:00:00+00:00", "2025-04-17T10:30:00+00:00"]
    month_first = file_of(("03/04/2025", "1", "1"), ("04/17/2025 10:30", "1", "1"))
    assert dates_of(month_first) == ["2025-03-04T00:00:00+00:00", "2025-04-17T10:30:00+00:00"]
    assert read_with_format(day_first)[0].dates == {"order_date": "dmy"}


def test_it_asks_when_every_date_could_be_either() -> None:
    data = file_of(("05/05/2025", "1", "1"), ("03/04/2025 10:30", "1", "1"))
    assert refusal(data) == [("date_order_undecided", 3, "order_date", "03/04/2025 10:30")]
    assert dates_of(data, date_order="dmy")[1] == "2025-04-03T10:30:00+00:00"
    assert dates_of(data, date_order="MDY")[1] == "2025-03-04T10:30:00+00:00"
    assert dates_of(file_of(("05/05/2025", "1", "1"))) == ["2025-05-05T00:00:00+00:00"]


def test_it_refuses_dates_that_contradict_each_other_and_shows_two() -> None:
    data = file_of(("17/04/2025", "1", "1"), ("03/04/2025", "1", "1"), ("04/18/2025", "1", "1"))
    assert refusal(data) == [
        ("date_order_contradicted", 2, "order_date", "17/04/2025"),
        ("date_order_contradicted", 4, "order_date", "04/18/2025"),
    ]
    parsed = read(data, date_order="dmy")
    assert refused(parsed) == [(4, "order_date", "not_a_date")]


def test_it_takes_proof_from_every_column_of_dates() -> None:
    data = (
        "order_id,order_date,order_updated_at,product_id,product_price\n"
        "1,03/04/2025,18/04/2025,P,1\n2,04/04/2025,,P,1\n"
    )
    constants = {"order_status": "paid", "contact_identifier": "", "product_quantity": "1"}
    orders = orders_of(read(data, constants=constants))
    assert [order.placed_at.day for order in orders] == [3, 4]
    clash = data + "3,04/19/2025,,P,1\n"
    with pytest.raises(FileRefused) as caught:
        read(clash, constants=constants)
    assert [(each.row, each.column) for each in caught.value.problems] == [
        (2, "order_updated_at"),
        (4, "order_date"),
    ]


def test_it_reads_iso_dates_beside_others() -> None:
    data = file_of(("17/04/2025", "1", "1"), ("2025-04-03T10:00:00Z", "1", "1"))
    assert dates_of(data, timezone="Europe/Lisbon") == [
        "2025-04-17T00:00:00+01:00",
        "2025-04-03T10:00:00+00:00",
    ]


def test_it_reads_a_column_of_seconds_or_milliseconds() -> None:
    assert dates_of(file_of(("1737037930", "1", "1"))) == ["2025-01-16T14:32:10+00:00"]
    assert dates_of(file_of(("1737037930500", "1", "1"))) == ["2025-01-16T14:32:10.500000+00:00"]
    form, _ = read_with_format(file_of(("1737037930", "1", "1")))
    assert form.dates == {"order_date": "seconds"}
    mixed = read(file_of(("1737037930", "1", "1"), (D, "1", "1")))
    assert refused(mixed) == [(2, "order_date", "not_a_date")]


def test_it_explains_itself_in_sentences() -> None:
    with pytest.raises(FileRefused) as caught:
        read(file_of((D, "1.234", "1")))
    assert explain(caught.value.problems[0]) == (
        'Row 2, column product_price, "1.234": Whether the point or the comma parts the decimals shows in no '
        "number of the file. Say which: decimal . or decimal ,"
    )


def test_it_refuses_options_that_mean_nothing() -> None:
    data = file_of((D, "1", "1"))
    assert refusal(data, decimal="x")[0][0] == "unknown_decimal"
    assert refusal(data, date_order="ymd")[0][0] == "unknown_date_order"


def test_it_is_not_overwhelmed_by_columns_full_of_nonsense() -> None:
    data = file_of(*((f"{n}-{n}", f"{n}x{n}", f"{n} {n}") for n in range(20_000)))
    parsed = read(data)
    assert len(parsed) == 20_000
    assert all(each.order is None for each in parsed)
