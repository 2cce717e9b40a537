"""What PrestaShop says, as shapes."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from comanda.connectors.errors import SkipRecord
from comanda.connectors.prestashop import normalise
from comanda.shapes import CartIn, ContactIn, LineIn, OrderIn, OrderStatus, ProductIn, RefundIn
from tests.connectors import samples


def payload(name: str) -> Any:
    return samples.read("prestashop", name)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


MARTA = ContactIn(
    customer_id="288", email="Marta@Example.org", phone="+39 051 000000", first_name="Marta",
    last_name="Nogueira", company="Nogueira Srl", language="it", accepts_marketing=True,
    consent_at=at("2024-11-02T09:00:00"), consent_source="newsletter", tags=("Wholesale",),
)  # fmt: skip


def test_it_reads_an_order() -> None:
    found = normalise.order(payload("order"), "https://shop.example/admin1")

    assert found == OrderIn(
        order_id="1204",
        number="QWERTZUIO",
        placed_at=at("2025-03-14T15:05:21"),
        updated_at=at("2025-03-20T10:40:00"),
        paid_at=at("2025-03-14T15:20:11"),
        currency="EUR",
        total=Decimal("95"),
        tax_total=Decimal("17.13"),
        discount_total=Decimal("10"),
        shipping_total=Decimal("5"),
        refund_total=Decimal("10"),
        refunds=[RefundIn("15", Decimal("10"), at("2025-03-20T10:40:00"))],
        lines=[
            LineIn(
                product_id="311", variant_id="904", name="Linen shirt - Colour : Blue, Size : M",
                sku="LS-BLU-M", category="Shirts", image_url="https://shop.example/img/p/7/7/77.jpg",
                quantity=Decimal(2), unit_price=Decimal("45"), total=Decimal("90"), discount=Decimal("10"),
            )
        ],
        status=OrderStatus.COMPLETED,
        source_status="preparation",
        coupons=("WELCOME10",),
        shipping_method="Corriere",
        payment_method="Bank transfer",
        admin_url="https://shop.example/admin1/index.php?controller=AdminOrders&vieworder=1&id_order=1204",
        contact=MARTA,
        cart_id="3390",
    )  # fmt: skip


def test_it_reads_a_product_at_the_price_that_people_see() -> None:
    found = normalise.product(payload("product"), "https://shop.example", "EUR")

    assert found == ProductIn(
        product_id="311", name="Linen shirt", sku="LS", category="Shirts", kind="combinations",
        description="<p>Cool</p>", price=Decimal("50"), currency="EUR",
        image_url="https://shop.example/img/p/7/7/77.jpg",
        url="https://shop.example/index.php?controller=product&id_product=311",
        updated_at=at("2025-03-01T09:00:00"),
    )  # fmt: skip


def test_a_product_without_the_price_people_see_has_none() -> None:
    raw = payload("product")
    del raw["paid"]

    assert normalise.product(raw, "https://shop.example", "EUR").price is None


def test_it_reads_a_customer() -> None:
    found = normalise.customer(payload("customer"))

    assert found == ContactIn(
        customer_id="288", email="marta@example.org", phone="+39 051 000000", first_name="Marta",
        last_name="Nogueira", company="Nogueira Srl", language="it", accepts_marketing=True,
        consent_at=at("2024-11-02T09:00:00"), consent_source="newsletter",
        updated_at=at("2025-03-14T15:01:00"),
    )  # fmt: skip


def test_a_deleted_account_says_nothing() -> None:
    assert normalise.customer(payload("customer") | {"deleted": "1"}) is None


@pytest.mark.parametrize(
    ("newsletter", "is_guest", "accepts"),
    [("1", "0", True), ("0", "0", False), ("1", "1", True), ("0", "1", None), ("", "0", None)],
)
def test_a_guest_who_ticked_nothing_takes_nothing_back(
    newsletter: str, is_guest: str, accepts: bool | None
) -> None:
    found = normalise.customer(payload("customer") | {"newsletter": newsletter, "is_guest": is_guest})

    assert found is not None
    assert found.accepts_marketing is accepts


def test_it_reads_a_cart_at_the_prices_of_today() -> None:
    found = normalise.cart(payload("cart"))

    assert found == CartIn(
        cart_id="3391",
        started_at=at("2025-03-21T17:00:00"),
        updated_at=at("2025-03-21T17:04:00"),
        currency="CHF",
        total=Decimal("108.30"),
        lines=[
            LineIn("311", Decimal(2), Decimal("49.40"), Decimal("98.80"), "Linen shirt", "LS-BLU-M", "904",
                   "Shirts", "https://shop.example/img/p/7/7/77.jpg"),
            LineIn("12", Decimal(1), Decimal("9.50"), Decimal("9.50"), "Mug", "MUG", "", "Kitchen"),
        ],
        contact=ContactIn(
            customer_id="288", email="marta@example.org", first_name="Marta", last_name="Nogueira",
            language="it",
        ),
    )  # fmt: skip


def test_an_empty_cart_is_none() -> None:
    assert normalise.cart(payload("cart") | {"associations": {}}) is None


def test_free_shipping_is_taken_off_the_shipping() -> None:
    raw = payload("order")
    raw["_rules"].append({"value": "5.000000", "free_shipping": "1", "_code": "FREE"})
    raw |= {"total_discounts_tax_incl": "15.000000", "total_paid_tax_incl": "90.000000"}

    found = normalise.order(raw, "")

    assert (found.discount_total, found.shipping_total) == (Decimal(15), Decimal(0))
    assert sum(line.total for line in found.lines) == found.total == Decimal(90)
    assert found.coupons == ("WELCOME10", "FREE")
    assert found.admin_url == ""


def test_lines_add_up_to_the_sum_that_the_shop_names() -> None:
    raw = payload("order")
    row = raw["associations"]["order_rows"][0]
    raw["associations"]["order_rows"] = [
        row | {"product_quantity": "3", "unit_price_tax_incl": "11.114000"},
        row | {"product_quantity": "3", "unit_price_tax_incl": "22.226000"},
    ]
    raw["total_products_wt"] = "100.010000"

    found = normalise.order(raw, "")

    assert [line.total + line.discount for line in found.lines] == [Decimal("33.34"), Decimal("66.67")]
    assert sum(line.total for line in found.lines) == Decimal("90.01")


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("bankwire", OrderStatus.CREATED),
        ("cheque", OrderStatus.CREATED),
        ("cod_validation", OrderStatus.PENDING),
        ("payment", OrderStatus.COMPLETED),
        ("preparation", OrderStatus.COMPLETED),
        ("outofstock_paid", OrderStatus.COMPLETED),
        ("outofstock_unpaid", OrderStatus.CREATED),
        ("delivered", OrderStatus.COMPLETED),
        ("refund", OrderStatus.CANCELED),
        ("error", OrderStatus.CANCELED),
        ("21/paid", OrderStatus.COMPLETED),
        ("21/shipped/paid/logable", OrderStatus.COMPLETED),
        ("22/logable", OrderStatus.PENDING),
        ("23", OrderStatus.UNKNOWN),
        ("0", OrderStatus.UNKNOWN),
    ],
)
def test_a_word_alone_tells_the_status(word: str, status: OrderStatus) -> None:
    assert normalise.meaning(word) is status


def test_a_state_is_known_by_the_configuration_and_not_by_its_number() -> None:
    state = {"id": 14, "paid": "1", "shipped": "0", "logable": "1"}

    assert normalise.word_of(state, {"14": "payment"}) == "payment"
    assert normalise.word_of(state, {"2": "payment"}) == "14/paid/logable"


def test_a_canceled_order_says_since_when() -> None:
    raw = payload("order") | {"_word": "canceled"}
    raw["_histories"].append({"date_add": "2025-03-16 12:00:00", "_word": "canceled"})

    found = normalise.order(raw, "")

    assert found.status is OrderStatus.CANCELED
    assert found.canceled_at == at("2025-03-16T11:00:00")
    assert found.paid_at == at("2025-03-14T15:20:11")


def test_an_order_that_was_never_paid_has_no_date_of_payment() -> None:
    raw = payload("order") | {"_word": "bankwire", "_payments": [], "_histories": []}

    assert normalise.order(raw, "").paid_at is None


def test_it_knows_where_images_lie() -> None:
    assert normalise.image("https://a.example", "1234") == "https://a.example/img/p/1/2/3/4/1234.jpg"
    assert normalise.image("https://a.example", "0") == ""


def test_a_record_that_the_shop_stumbled_over_is_told() -> None:
    with pytest.raises(SkipRecord) as told:
        normalise.order({"id": 7, "_error": "500 Undefined index"}, "")

    assert "Undefined index" in str(told.value)
