"""Rows to orders: what each cell becomes, and what cannot come in."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from comanda.shapes import ContactIn, LineIn, OrderIn, OrderStatus
from tests.ingest.csv_import.reading import HEADER, LINE, csv_of, orders_of, read, read_one, refused, told

WIDE = (
    "order_id,order_status,order_date,contact_identifier,order_revenue,product_id,product_price,product_quantity,"
    "line_total,currency,order_updated_at,first_name,last_name,phone,company,accepts_marketing,tags,product_name,"
    "product_category,product_image,discount,coupon,shipping_method,shipping_total,tax_total,refund_total"
)
MINIMUM = {
    "order_status": "completed",
    "order_date": "2025-01-16",
    "contact_identifier": "",
    "product_quantity": "1",
    "product_price": "1",
}


def small(column: str, *cells: str, **constants: str) -> str:
    """A file of one column besides the ids, and an order a cell."""
    return "\n".join(
        [f"order_id,product_id,{column}", *(f"{n},P,{c}" for n, c in enumerate(cells, start=1)), ""]
    )


def read_column(column: str, *cells: str, **options: str) -> list[OrderIn]:
    constants = {field: value for field, value in MINIMUM.items() if field != column}
    return orders_of(read(small(column, *cells), constants=constants, **options))


def refuse_column(column: str, *cells: str, **options: str) -> list[tuple[int, str, str]]:
    constants = {field: value for field, value in MINIMUM.items() if field != column}
    return told(read(small(column, *cells), constants=constants, **options))


def test_it_reads_all_that_a_file_can_say() -> None:
    row = (
        "A1,Shipped,2025-01-16 14:32:10,Maria@Example.com,75.40,P1,10.00,3,30.00,brl,2025-01-17T08:00:00Z,"
        'Maria,Silva,(11) 98765-4321,Silva Lda,sim,"vip, new;new",Mug,Kitchen,https://x.example/m.png,-5.00,TEA5|TEA5,'
        "Correios,12.30,4.10,-2.00"
    )
    order = read_one(csv_of(row, header=WIDE), timezone="America/Sao_Paulo", country="BR", currency="EUR")
    updated_at = datetime(2025, 1, 17, 8, tzinfo=UTC)
    assert order == OrderIn(
        order_id="A1",
        placed_at=datetime(2025, 1, 16, 14, 32, 10, tzinfo=ZoneInfo("America/Sao_Paulo")),
        currency="BRL",
        total=Decimal("75.40"),
        lines=[
            LineIn(
                product_id="P1",
                quantity=Decimal(3),
                unit_price=Decimal(10),
                total=Decimal(30),
                name="Mug",
                category="Kitchen",
                image_url="https://x.example/m.png",
            )
        ],
        status=OrderStatus.COMPLETED,
        source_status="Shipped",
        contact=ContactIn(
            email="maria@example.com",
            phone="+5511987654321",
            first_name="Maria",
            last_name="Silva",
            company="Silva Lda",
            accepts_marketing=True,
            tags=("vip", "new"),
            updated_at=updated_at,
        ),
        updated_at=updated_at,
        discount_total=Decimal(5),
        shipping_total=Decimal("12.30"),
        tax_total=Decimal("4.10"),
        refund_total=Decimal(2),
        coupons=("TEA5",),
        shipping_method="Correios",
        tags=("vip", "new"),
    )


def test_it_puts_the_rows_of_an_order_together_wherever_they_stand() -> None:
    parsed = read(
        csv_of(
            "B,paid,2025-01-02,,,P1,1,1",
            "A,paid,2025-01-01,,,P2,2,1",
            "B,paid,2025-01-02,,,P3,3,2",
            "A,paid,2025-01-01,,,P2,2,1",
            "B,paid,2025-01-02,,,P1,-1,1",
        )
    )
    assert [(each.order_id, each.rows, each.lines) for each in parsed] == [("A", 2, 2), ("B", 3, 3)]
    first, second = orders_of(parsed)
    assert [(line.product_id, line.total) for line in first.lines] == [("P2", Decimal(2))] * 2
    assert [(line.product_id, line.total) for line in second.lines] == [
        ("P1", Decimal(1)),
        ("P3", Decimal(6)),
        ("P1", Decimal(-1)),
    ]
    assert [first.total, second.total] == [Decimal(4), Decimal(6)]


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


def test_it_trims_cells_and_keeps_everything_else() -> None:
    texts = [
        "=cmd()",
        "🎁 κόσμος",
        "\u200fשלום",
        "'; DROP TABLE orders; --",
        "{{7*7}}",
        "a\tb",
        "x\x07y",
        "\\N",
        "NULL",
    ]
    for text in texts:
        order = read_one(
            csv_of(
                f'  A1 , paid ,2025-01-16, ,,\u00a0P1\u00a0," {text} ",1',
                header=HEADER.replace("product_price", "product_name"),
            ),
            constants={"product_price": "1"},
        )
        assert (order.order_id, order.source_status, order.lines[0].product_id) == ("A1", "paid", "P1")
        assert order.lines[0].name == text


def test_it_treats_ids_as_text() -> None:
    ids = [
        order.order_id
        for order in orders_of(read(csv_of(*(LINE.replace("A1", i) for i in ("007", "7", "1E5", "a", "A")))))
    ]
    assert ids == ["007", "1E5", "7", "A", "a"]


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("created", OrderStatus.CREATED),
        ("PENDING", OrderStatus.PENDING),
        ("Completed", OrderStatus.COMPLETED),
        ("canceled", OrderStatus.CANCELED),
        ("unknown", OrderStatus.UNKNOWN),
        ("Pago", OrderStatus.COMPLETED),
        ("Payé", OrderStatus.COMPLETED),
        ("en attente de paiement", OrderStatus.PENDING),
        ("Concluído", OrderStatus.COMPLETED),
        ("refunded", OrderStatus.CANCELED),
        ("partially_refunded", OrderStatus.COMPLETED),
        ("on-hold", OrderStatus.PENDING),
        ("processing", OrderStatus.COMPLETED),
        ("Entregado", OrderStatus.COMPLETED),
        ("novo", OrderStatus.CREATED),
        ("payment_failed", OrderStatus.CANCELED),
        ("Anulado", OrderStatus.CANCELED),
    ],
)
def test_it_knows_status_words(word: str, status: OrderStatus) -> None:
    order = read_one(csv_of(LINE.replace("completed", word)))
    assert (order.status, order.source_status) == (status, word)


def test_it_tells_an_unknown_status_word_once() -> None:
    parsed = read(
        small("order_status", "odd", "odd", "Odder", "", "completed", ""), constants=MINIMUM_BUT_STATUS
    )
    assert [order.status for order in orders_of(parsed)] == [OrderStatus.UNKNOWN] * 4 + [
        "completed",
        "unknown",
    ]
    assert [order.source_status for order in orders_of(parsed)] == [
        "odd",
        "odd",
        "Odder",
        "",
        "completed",
        "",
    ]
    assert told(parsed) == [
        (2, "order_status", "unknown_status"),
        (4, "order_status", "unknown_status"),
        (5, "order_status", "unknown_status"),
    ]


MINIMUM_BUT_STATUS = {field: value for field, value in MINIMUM.items() if field != "order_status"}


@pytest.mark.parametrize(
    ("cell", "contact"),
    [
        (" Maria@Example.COM ", ("maria@example.com", "", "")),
        ("+351 912 345 678", ("", "+351912345678", "")),
        ("00351912345678", ("", "+351912345678", "")),
        ("912 345 678", ("", "+351912345678", "")),
        ("912345678", ("", "", "912345678")),
        ("0012345678", ("", "", "0012345678")),
        ("17850", ("", "", "17850")),
        ("C-100-200-300", ("", "", "C-100-200-300")),
        ("12-34-56-78", ("", "", "12-34-56-78")),
        ("Maria Silva", ("", "", "Maria Silva")),
    ],
)
def test_it_tells_e_mails_phones_and_customer_ids_apart(cell: str, contact: tuple[str, str, str]) -> None:
    (order,) = read_column("contact_identifier", cell, country="PT")
    assert order.contact is not None
    assert (order.contact.email, order.contact.phone, order.contact.customer_id) == contact


def test_it_knows_guests() -> None:
    orders = read_column("contact_identifier", "", "  ", "none@shop.invalid", "x@localhost")
    assert [order.contact for order in orders] == [None] * 4


def test_it_finds_a_person_by_the_phone_column_alone() -> None:
    (order,) = read_column("phone", "+351912345678")
    assert order.contact is not None
    assert order.contact.phone == "+351912345678"


def test_it_leaves_out_a_phone_that_is_none_and_says_so() -> None:
    parsed = read(small("phone", "call me"), constants={**MINIMUM, "contact_identifier": "m@example.com"})
    (order,) = orders_of(parsed)
    assert order.contact is not None
    assert (order.contact.email, order.contact.phone) == ("m@example.com", "")
    assert told(parsed) == [(2, "phone", "not_a_phone")]


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("yes", True),
        ("Sim", True),
        ("SÍ", True),
        ("oui", True),
        ("1", True),
        ("true", True),
        ("no", False),
        ("Não", False),
        ("non", False),
        ("0", False),
        ("", None),
        ("unknown", None),
    ],
)
def test_it_reads_whether_marketing_is_accepted(cell: str, said: bool | None) -> None:
    constants = {**MINIMUM, "contact_identifier": "m@example.com"}
    parsed = read(small("accepts_marketing", cell), constants=constants)
    (order,) = orders_of(parsed)
    assert order.contact is not None
    assert order.contact.accepts_marketing is said
    assert told(parsed) == []


def test_it_takes_an_odd_answer_about_marketing_as_not_known() -> None:
    parsed = read(
        small("accepts_marketing", "maybe"), constants={**MINIMUM, "contact_identifier": "m@example.com"}
    )
    (order,) = orders_of(parsed)
    assert order.contact is not None
    assert order.contact.accepts_marketing is None
    assert told(parsed) == [(2, "accepts_marketing", "unknown_consent")]


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


def test_it_takes_the_name_of_a_product_without_id() -> None:
    header = HEADER + ",product_name"
    parsed = read(csv_of("A1,paid,2025-01-16,,,,1,1,Gift wrap", header=header))
    (order,) = orders_of(parsed)
    assert (order.lines[0].product_id, order.lines[0].name) == ("Gift wrap", "Gift wrap")
    assert told(parsed) == [(2, "product_id", "product_without_id")]


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


def test_it_tells_hours_that_summer_time_skips_or_doubles() -> None:
    data = csv_of("A,paid,2025-03-30 01:30:00,,,P,1,1", "B,paid,2025-10-26 01:30:00,,,P,1,1")
    parsed = read(data, timezone="Europe/Lisbon")
    assert [order.placed_at.isoformat() for order in orders_of(parsed)] == [
        "2025-03-30T02:30:00+01:00",
        "2025-10-26T01:30:00+01:00",
    ]
    assert told(parsed) == [(2, "order_date", "skipped_hour"), (3, "order_date", "doubled_hour")]


def test_it_takes_dates_up_to_a_year_ahead() -> None:
    soon = datetime.now(UTC) + timedelta(days=365)
    later = datetime.now(UTC) + timedelta(days=367)
    assert read_column("order_date", soon.isoformat())[0].placed_at == soon
    assert refuse_column("order_date", later.isoformat()) == [(2, "order_date", "implausible_date")]


class TestRowsThatDiffer:
    """What happens when the rows of one order say different things of it."""

    header = HEADER + ",first_name,order_updated_at,shipping_total,currency"

    def rows(self, *changes: dict[str, str]) -> str:
        base = dict(
            zip(
                self.header.split(","),
                ["A", "paid", "2025-01-16", "m@example.com", "10", "P", "5", "1", "Maria", "", "2", "EUR"],
                strict=True,
            )
        )
        return csv_of(*(",".join({**base, **change}.values()) for change in changes), header=self.header)

    def test_it_takes_the_first_row_and_says_so(self) -> None:
        parsed = read(
            self.rows(
                {},
                {
                    "order_date": "2025-01-17",
                    "order_status": "canceled",
                    "first_name": "Mia",
                    "contact_identifier": "other@example.com",
                },
            )
        )
        (order,) = orders_of(parsed)
        assert (order.placed_at.day, order.status) == (16, OrderStatus.COMPLETED)
        assert order.contact is not None
        assert (order.contact.email, order.contact.first_name) == ("m@example.com", "Maria")
        assert told(parsed) == [
            (3, column, "rows_differ")
            for column in ("order_status", "order_date", "contact_identifier", "first_name")
        ]
        assert parsed[0].problems[0].problem.mend == "That of the first row was taken."

    def test_it_takes_the_row_that_was_updated_last(self) -> None:
        changes: list[dict[str, str]] = [
            {"order_updated_at": "2025-01-16T10:00:00Z", "order_status": "pending"},
            {"order_updated_at": "2025-01-18T10:00:00Z", "order_status": "paid"},
            {"order_updated_at": "2025-01-17T10:00:00Z", "order_status": "canceled"},
        ]
        parsed = read(self.rows(*changes))
        (order,) = orders_of(parsed)
        assert (order.status, order.source_status) == (OrderStatus.COMPLETED, "paid")
        assert order.updated_at == datetime(2025, 1, 18, 10, tzinfo=UTC)
        assert told(parsed) == [(4, "order_status", "rows_differ")]
        assert parsed[0].problems[0].problem.mend == "That of the row updated last was taken."

    @pytest.mark.parametrize(
        ("column", "cell"), [("order_revenue", "11"), ("currency", "USD"), ("shipping_total", "2.01")]
    )
    def test_it_refuses_the_order_where_money_differs(self, column: str, cell: str) -> None:
        assert refused(read(self.rows({}, {column: cell}))) == [(3, column, "rows_conflict")]

    def test_it_takes_an_empty_cell_as_saying_nothing(self) -> None:
        empty = dict.fromkeys(
            (
                "order_status",
                "order_date",
                "contact_identifier",
                "order_revenue",
                "first_name",
                "shipping_total",
                "currency",
            ),
            "",
        )
        for changes in ([{}, empty], [empty, {}]):
            parsed = read(self.rows(*changes))
            (order,) = orders_of(parsed)
            assert (order.total, order.shipping_total, order.source_status) == (
                Decimal(10),
                Decimal(2),
                "paid",
            )
            assert told(parsed) == []

    def test_it_sees_through_different_spellings(self) -> None:
        same = {
            "order_date": "2025-01-16T00:00:00",
            "order_revenue": "10.00",
            "currency": "eur",
            "order_status": "PAID",
            "contact_identifier": "M@EXAMPLE.com ",
            "first_name": " Maria",
        }
        parsed = read(self.rows({}, same))
        assert len(orders_of(parsed)) == 1
        assert told(parsed) == []


def test_it_takes_constants_for_any_field() -> None:
    constants = {
        "order_status": "paid",
        "order_date": "16/01/2025",
        "contact_identifier": "m@example.com",
        "currency": "usd",
        "product_price": "1,50",
        "product_quantity": "2",
        "shipping_total": "4.90",
        "tags": "fair",
        "first_name": "Maria",
        "product_category": "Tea",
    }
    order = read_one("order_id,product_id\nA,P\n", constants=constants, date_order="dmy")
    assert order.placed_at == datetime(2025, 1, 16, tzinfo=ZoneInfo("UTC"))
    assert (order.currency, order.total, order.shipping_total) == ("USD", Decimal(3), Decimal("4.90"))
    assert (order.lines[0].category, order.tags) == ("Tea", ("fair",))
    assert order.contact is not None
    assert (order.contact.first_name, order.contact.email) == ("Maria", "m@example.com")


def test_it_reads_one_order_from_a_file_without_order_ids() -> None:
    order = read_one("product_id\nP\nQ\n", constants={**MINIMUM, "order_id": "only"})
    assert (order.order_id, order.total) == ("only", Decimal(2))


def test_it_writes_constants_as_the_file_does() -> None:
    data = "order_id;product_id;product_quantity\nA;P;1,5\n"
    constants = {**MINIMUM, "product_price": "2.5"}
    constants.pop("product_quantity")
    assert read_one(data, constants=constants).total == Decimal("3.75")
