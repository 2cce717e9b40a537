"""What Magento says, as shapes."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from comanda.connectors.magento import normalise
from comanda.shapes import CartIn, ContactIn, LineIn, OrderIn, OrderStatus, ProductIn, RefundIn
from tests.connectors import samples


def payload(name: str) -> Any:
    return samples.read("magento", name)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_it_reads_an_order() -> None:
    found = normalise.order(payload("order"), "https://shop.example/admin_1")

    assert found == OrderIn(
        order_id="5512",
        number="000004217",
        placed_at=at("2025-03-14T15:05:21"),
        updated_at=at("2025-03-20T10:40:03"),
        paid_at=at("2025-03-14T15:20:11"),
        currency="EUR",
        total=Decimal("95"),
        tax_total=Decimal("17.13"),
        discount_total=Decimal("10"),
        shipping_total=Decimal("5"),
        refund_total=Decimal("10"),
        refunds=[RefundIn("15", Decimal("10"), at("2025-03-20T10:40:03"), "A stain")],
        lines=[
            LineIn(
                product_id="311", variant_id="318", name="Linen shirt", sku="LS-BLU-M", category="Shirts",
                image_url="https://shop.example/media/catalog/product/l/s/ls-blue.jpg",
                quantity=Decimal(2), unit_price=Decimal("45"), total=Decimal("90"), discount=Decimal("10"),
            )
        ],
        status=OrderStatus.COMPLETED,
        source_status="processing",
        coupons=("WELCOME10",),
        shipping_method="Flat Rate - Courier",
        payment_method="Check / Money order",
        admin_url="https://shop.example/admin_1/sales/order/view/order_id/5512/",
        contact=ContactIn(
            email="marta@example.org", phone="+39 051 000000", first_name="Marta", last_name="Nogueira",
            company="Nogueira Srl",
        ),
        cart_id="9120",
    )  # fmt: skip


def test_a_row_without_compensation_is_read_by_its_sum_with_tax() -> None:
    raw = payload("order")
    del raw["items"][0]["discount_tax_compensation_amount"]

    assert normalise.order(raw, "").lines[0].total == Decimal(90)


def test_a_discount_before_tax_is_counted_as_the_shop_does() -> None:
    raw = payload("order")
    raw["items"][0] |= {"tax_amount": 15.83, "discount_tax_compensation_amount": 0}
    raw["grand_total"] = 92.8

    found = normalise.order(raw, "")

    assert found.lines[0].total == Decimal("87.80")
    assert found.lines[0].total + found.shipping_total == found.total


def test_a_cent_of_rounding_is_with_the_dearest_line() -> None:
    raw = payload("order") | {"grand_total": 95.01}

    found = normalise.order(raw, "")

    assert [line.total for line in found.lines] == [Decimal("90.01")]
    assert found.lines[0].unit_price == Decimal("45.005")


def test_what_a_gift_card_paid_is_not_taken_off_the_lines() -> None:
    found = normalise.order(payload("order") | {"grand_total": 45}, "")

    assert [line.total for line in found.lines] == [Decimal(90)]


def test_a_discount_of_shipping_is_taken_off_the_shipping() -> None:
    raw = payload("order") | {"shipping_discount_amount": 5, "discount_amount": -15, "grand_total": 90}

    found = normalise.order(raw, "")

    assert (found.shipping_total, found.discount_total) == (Decimal(0), Decimal(15))


BUNDLE = {"item_id": 1, "product_id": 7, "product_type": "bundle", "sku": "B", "name": "Set",
          "qty_ordered": 1, "row_total": 30, "row_total_incl_tax": 36.6, "discount_amount": 0,
          "tax_amount": 0, "discount_tax_compensation_amount": 0}  # fmt: skip
PART = {"item_id": 2, "parent_item_id": 1, "product_id": 8, "product_type": "simple", "sku": "P",
        "name": "Part", "qty_ordered": 1, "row_total": 30, "row_total_incl_tax": 36.6,
        "discount_amount": 3.66, "tax_amount": 5.94, "discount_tax_compensation_amount": 0.66}  # fmt: skip


def test_a_bundle_costs_what_its_parts_do() -> None:
    found = normalise.order(payload("order") | {"items": [BUNDLE, PART], "grand_total": 37.94}, "")

    assert [(line.product_id, line.total, line.discount) for line in found.lines] == [
        ("7", Decimal("32.94"), Decimal("3.66"))
    ]


def test_a_bundle_with_a_price_of_its_own_is_one_line() -> None:
    bundle = BUNDLE | {"tax_amount": 6.6}
    part = PART | {"row_total": 0, "tax_amount": 0, "discount_amount": 0}

    found = normalise.order(payload("order") | {"items": [bundle, part], "grand_total": 41.6}, "")

    assert [(line.product_id, line.total) for line in found.lines] == [("7", Decimal("36.6"))]


def test_parts_of_a_bundle_without_a_sum_are_lines() -> None:
    items = [BUNDLE | {"row_total": 0}, PART]

    found = normalise.order(payload("order") | {"items": items, "grand_total": 37.94}, "")

    assert [(line.product_id, line.total) for line in found.lines] == [("8", Decimal("32.94"))]


@pytest.mark.parametrize(
    ("state", "status", "word", "meaning"),
    [
        ("new", "pending", "new", OrderStatus.CREATED),
        ("pending_payment", "pending_payment", "pending_payment", OrderStatus.PENDING),
        ("payment_review", "payment_review", "payment_review", OrderStatus.PENDING),
        ("holded", "holded", "holded", OrderStatus.PENDING),
        ("processing", "processing", "processing", OrderStatus.COMPLETED),
        ("processing", "packing", "processing/packing", OrderStatus.COMPLETED),
        ("processing", "fraud", "processing/fraud", OrderStatus.PENDING),
        ("complete", "complete", "complete", OrderStatus.COMPLETED),
        ("closed", "closed", "closed", OrderStatus.CANCELED),
        ("canceled", "canceled", "canceled", OrderStatus.CANCELED),
        (None, "pending", "pending", OrderStatus.CREATED),
        (None, "paypal_reversed", "paypal_reversed", OrderStatus.UNKNOWN),
        ("", "", "", OrderStatus.UNKNOWN),
    ],
)
def test_state_and_status_make_one_word(
    state: str | None, status: str, word: str, meaning: OrderStatus
) -> None:
    found = normalise.order(payload("order") | {"state": state, "status": status}, "")

    assert (found.source_status, found.status) == (word, meaning)


def test_an_order_is_fulfilled_when_its_last_piece_left() -> None:
    sent = [{"created_at": "2025-03-16 10:00:00"}, {"created_at": "2025-03-17 10:00:00"}]

    waiting = normalise.order(payload("order") | {"_shipments": sent}, "")
    done = normalise.order(payload("order") | {"_shipments": sent, "state": "complete"}, "")

    assert waiting.fulfilled_at is None
    assert done.fulfilled_at == at("2025-03-17T10:00:00")


def test_a_canceled_order_says_since_when() -> None:
    told = [{"status": "canceled", "created_at": "2025-03-16 11:00:00"}]
    raw = payload("order") | {"state": "canceled", "status": "canceled", "status_histories": told}

    assert normalise.order(raw, "").canceled_at == at("2025-03-16T11:00:00")
    assert normalise.order(raw | {"status_histories": []}, "").canceled_at == at("2025-03-20T10:40:03")


def test_a_canceled_credit_memo_gave_nothing_back() -> None:
    raw = payload("order")
    raw["_creditmemos"][0]["state"] = 3

    assert normalise.order(raw, "").refunds == []


def test_it_reads_a_product_at_the_price_of_its_cheapest_variant() -> None:
    found = normalise.product(payload("product"), "https://shop.example", "EUR")

    assert found == ProductIn(
        product_id="311", name="Linen shirt", sku="LS", category="Shirts", kind="configurable",
        description="<p>Very cool</p>", price=Decimal("45"), currency="EUR",
        image_url="https://shop.example/media/catalog/product/l/s/ls.jpg",
        url="https://shop.example/linen-shirt.html", updated_at=at("2025-03-01T09:00:00"),
    )  # fmt: skip


def test_a_special_price_holds_within_its_days_alone() -> None:
    raw = payload("product") | {"_at": "2025-03-11T00:00:00+00:00"}

    assert normalise.product(raw, "https://shop.example", "EUR").price == Decimal(48)


def test_it_reads_a_customer() -> None:
    assert normalise.customer(payload("customer")) == ContactIn(
        customer_id="288", email="marta@example.org", phone="+39 051 000000", first_name="Marta",
        last_name="Nogueira", company="Neri Snc", accepts_marketing=True, consent_source="newsletter",
        tags=("Wholesale",), updated_at=at("2025-03-14T15:01:00"),
    )  # fmt: skip


@pytest.mark.parametrize(("told", "accepts"), [({"is_subscribed": False}, False), ({}, None), ([], None)])
def test_what_is_not_said_of_the_newsletter_is_not_no(told: Any, accepts: bool | None) -> None:
    found = normalise.customer(payload("customer") | {"extension_attributes": told})

    assert found is not None
    assert found.accepts_marketing is accepts


def test_it_reads_the_cart_of_a_guest_with_tax_and_discount() -> None:
    assert normalise.cart(payload("cart")) == CartIn(
        cart_id="9121",
        started_at=at("2025-03-21T17:00:00"),
        updated_at=at("2025-03-21T17:04:00"),
        currency="EUR",
        total=Decimal("27.4"),
        lines=[
            LineIn("12", Decimal(2), Decimal("11.2"), Decimal("22.4"), "Mug", "MUG", "", "Kitchen",
                   "https://shop.example/media/catalog/product/m.jpg", Decimal(2))
        ],
        contact=ContactIn(email="paolo@example.org", first_name="Paolo"),
    )  # fmt: skip


def test_a_cart_of_the_past_is_read_at_the_prices_it_holds() -> None:
    raw = payload("cart")
    del raw["_totals"]

    found = normalise.cart(raw)

    assert found is not None
    assert (found.total, found.lines[0].unit_price) == (Decimal(20), Decimal(10))


def test_an_empty_cart_is_none() -> None:
    assert normalise.cart(payload("cart") | {"items": None}) is None
