"""Rows to orders: what each cell becomes."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from comanda.shapes import ContactIn, LineIn, OrderIn, OrderStatus
from tests.ingest.csv_import.reading import (
    HEADER,
    LINE,
    MINIMUM,
    MINIMUM_BUT_STATUS,
    csv_of,
    orders_of,
    read,
    read_column,
    read_one,
    refuse_column,
    small,
    told,
)

WIDE = (
    "order_id,order_status,order_date,contact_identifier,order_revenue,product_id,product_price,product_quantity,"
    "line_total,currency,order_updated_at,first_name,last_name,phone,company,accepts_marketing,tags,product_name,"
    "product_category,product_image,discount,coupon,shipping_method,shipping_total,tax_total,refund_total"
)


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


def test_it_takes_the_name_of_a_product_without_id() -> None:
    header = HEADER + ",product_name"
    parsed = read(csv_of("A1,paid,2025-01-16,,,,1,1,Gift wrap", header=header))
    (order,) = orders_of(parsed)
    assert (order.lines[0].product_id, order.lines[0].name) == ("Gift wrap", "Gift wrap")
    assert told(parsed) == [(2, "product_id", "product_without_id")]


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
