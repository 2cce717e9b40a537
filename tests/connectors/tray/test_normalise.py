"""What Tray says, as shapes."""

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import orjson
import pytest

from comanda.connectors.errors import SkipRecord
from comanda.connectors.tray import normalise
from comanda.shapes import CartIn, ContactIn, LineIn, OrderIn, OrderStatus, ProductIn
from tests.connectors import samples
from tests.connectors.samples import at


def payload(name: str) -> dict[str, Any]:
    """A record as the shop sends it, without what it is wrapped in."""
    return normalise.unwrap(samples.read("tray", name), name.title())


BUYER = ContactIn(
    customer_id="5120",
    email="joaquim.souza@example.com",
    phone="(21) 3000-1111",
    first_name="Joaquim",
    last_name="de Souza",
    company="Souza Molduras Ltda",
    accepts_marketing=False,
    consent_source="Tray: newsletter",
    tags=("Revenda",),
    updated_at=at(2026, 5, 3, 2, 9, 0),
)


def test_it_reads_an_order() -> None:
    found = normalise.order(payload("order"), OrderStatus.COMPLETED)

    assert found == OrderIn(
        order_id="20913",
        number="20913",
        placed_at=at(2026, 5, 3, 2, 10, 44),
        updated_at=at(2026, 5, 3, 11, 1, 2),
        paid_at=at(2026, 5, 3, 2, 12, 30),
        fulfilled_at=at(2026, 5, 3, 3, 0, 0),
        currency="BRL",
        total=Decimal("305.60"),
        discount_total=Decimal("31.00"),
        shipping_total=Decimal("22.50"),
        lines=[
            LineIn(
                product_id="77",
                variant_id="412",
                name="Moldura Carvalho Tamanho: 30x40",
                sku="MOL-CA-3040",
                category="Molduras",
                quantity=Decimal(3),
                unit_price=Decimal("89.910000"),
                total=Decimal("269.73"),
                discount=Decimal("89.97"),
                image_url="https://img.example.com/77.jpg",
            ),
            LineIn(
                product_id="90",
                name="Pendurador",
                sku="PEN-1",
                quantity=Decimal(1),
                unit_price=Decimal("9.270000"),
                total=Decimal("9.27"),
                discount=Decimal("1.03"),
            ),
        ],
        status=OrderStatus.COMPLETED,
        source_status="A ENVIAR VINDI",
        coupons=("MAE/2026",),
        shipping_method="SEDEX",
        payment_method="Cartão Visa - Vindi",
        contact=BUYER,
        cart_id="s9c0f4e1kd8session",
    )


def test_lines_shipping_and_interest_add_up_to_the_total() -> None:
    found = normalise.order(payload("order"), OrderStatus.COMPLETED)

    goods = sum(line.total for line in found.lines)
    assert goods == Decimal("279.00")
    assert goods + found.shipping_total + Decimal("4.10") == found.total


def test_a_discount_larger_than_the_goods_comes_off_shipping() -> None:
    raw = payload("order") | {"interest": "0.00", "total": "12.50"}

    found = normalise.order(raw, OrderStatus.COMPLETED)

    assert [line.total for line in found.lines] == [Decimal("0.00"), Decimal("0.00")]
    assert found.shipping_total == Decimal("12.50")
    assert found.discount_total == Decimal("320.00")


@pytest.mark.parametrize(
    ("said", "codes"),
    [
        ({"coupon": {"code": "A1", "discount": "5"}, "discount_coupon": ""}, ("A1",)),
        ({"coupon": [], "discount_coupon": "natal25/89.75"}, ("natal25",)),
        ({"coupon": [], "discount_coupon": ""}, ()),
        ({}, ()),
    ],
    ids=["object", "text", "none", "absent"],
)
def test_it_reads_coupons_however_told(said: dict[str, Any], codes: tuple[str, ...]) -> None:
    raw = {k: v for k, v in payload("order").items() if k not in ("coupon", "discount_coupon")}

    found = normalise.order(raw | said, OrderStatus.COMPLETED)

    assert found.coupons == codes


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"payment_date": "0000-00-00"}, None),
        ({"payment_date": ""}, None),
        ({"Payment": []}, at(2026, 5, 3, 2, 10, 44)),
        ({"payment_date": "2026-05-04"}, at(2026, 5, 4, 3, 0, 0)),
    ],
    ids=["zero", "empty", "not before it was placed", "another day"],
)
def test_it_tells_when_an_order_was_paid(said: dict[str, Any], expected: datetime | None) -> None:
    found = normalise.order(payload("order") | said, OrderStatus.COMPLETED)

    assert found.paid_at == expected


def test_an_order_of_a_marketplace_says_nothing_of_marketing() -> None:
    found = normalise.order(payload("order") | {"point_sale": "MERCADO LIVRE"}, OrderStatus.COMPLETED)

    assert found.contact is not None
    assert found.contact.accepts_marketing is None
    assert found.contact.consent_source == ""


@pytest.mark.parametrize("lacking", ["id", "ProductsSold", "Customer"])
def test_an_order_that_is_not_complete_is_kept_and_told(lacking: str) -> None:
    raw = {name: value for name, value in payload("order").items() if name != lacking}

    with pytest.raises(SkipRecord, match="is not complete"):
        normalise.order(raw, OrderStatus.COMPLETED)


def test_an_amount_that_is_none_is_not_guessed() -> None:
    with pytest.raises(ValueError, match="is no amount"):
        normalise.order(payload("order") | {"total": "305,60"}, OrderStatus.COMPLETED)


def test_it_reads_a_product_at_its_price_of_the_day() -> None:
    found = normalise.product(payload("product"), date(2026, 5, 10))

    assert found == ProductIn(
        product_id="77",
        name="Moldura Carvalho",
        sku="MOL-CA",
        category="Molduras",
        description="<p>Carvalho maciço</p>",
        price=Decimal("99.90"),
        currency="BRL",
        image_url="https://img.example.com/77.jpg",
        url="https://www.molduras.example.com/moldura",
        updated_at=at(2026, 5, 1, 10, 30, 0),
    )


@pytest.mark.parametrize(
    ("said", "price"),
    [
        ({}, "119.90"),
        ({"end_promotion": "0000-00-00"}, "99.90"),
        ({"promotional_price": "0.00", "end_promotion": ""}, "119.90"),
        ({"start_promotion": "2026-06-01", "end_promotion": ""}, "119.90"),
    ],
    ids=["over", "without end", "none", "not begun"],
)
def test_a_promotion_lasts_as_long_as_it_says(said: dict[str, Any], price: str) -> None:
    found = normalise.product(payload("product") | said, date(2026, 5, 11))

    assert found.price == Decimal(price)


def test_a_product_that_is_not_for_sale_is_archived() -> None:
    assert normalise.product(payload("product") | {"available": "0"}, date(2026, 5, 1)).archived is True


def test_it_reads_a_customer() -> None:
    found = normalise.customer(payload("customer"))

    assert found.customer_id == "5120"
    assert found.phone == "(21) 3000-1111"
    assert found.company == "Souza Molduras Ltda"
    assert found.accepts_marketing is False


def test_a_customer_of_a_list_says_nothing_of_what_it_lacks() -> None:
    found = normalise.customer({"id": "9", "name": "Ana", "email": "ana@example.com", "modified": ""})

    assert found == ContactIn(customer_id="9", email="ana@example.com", first_name="Ana")


def test_it_reads_a_cart() -> None:
    lines = orjson.loads((Path(__file__).parent / "payloads" / "cart.json").read_bytes())["Carts"]

    found = normalise.cart({"id": "s9c0f4e1kd8session", "lines": lines})

    assert found == CartIn(
        cart_id="s9c0f4e1kd8session",
        started_at=at(2026, 5, 3, 1, 58, 1),
        updated_at=at(2026, 5, 3, 2, 5, 40),
        currency="BRL",
        total=Decimal("310.00"),
        lines=[
            LineIn(
                product_id="77",
                variant_id="412",
                name="Moldura Carvalho Tamanho: 30x40",
                quantity=Decimal(3),
                unit_price=Decimal("99.90"),
                total=Decimal("299.70"),
                image_url="https://img.example.com/77.jpg",
            ),
            LineIn(
                product_id="90",
                name="Pendurador",
                quantity=Decimal(1),
                unit_price=Decimal("10.30"),
                total=Decimal("10.30"),
            ),
        ],
        contact=ContactIn(email="joaquim.souza@example.com", customer_id="5120"),
    )


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("SEM STATUS", OrderStatus.CREATED),
        ("AGUARDANDO PAGAMENTO", OrderStatus.PENDING),
        ("Em Monitoramento", OrderStatus.PENDING),
        ("COMPRA EM ANÁLISE", OrderStatus.PENDING),
        ("AGUARDANDO  ENVIO", OrderStatus.COMPLETED),
        ("AGUARDANDO PRODUTO", OrderStatus.COMPLETED),
        ("A ENVIAR MERCADO PAGO", OrderStatus.COMPLETED),
        ("FRETE NÃO ATENDIDO", OrderStatus.COMPLETED),
        ("ENTREGUE LEROY", OrderStatus.COMPLETED),
        ("CANCELADO AUT", OrderStatus.CANCELED),
        ("PAGAMENTO RECUSADO", OrderStatus.CANCELED),
        ("AGUARDANDO REEMBOLSO", OrderStatus.CANCELED),
        ("NA COSTUREIRA", OrderStatus.UNKNOWN),
    ],
)
def test_names_decide_the_status(word: str, status: OrderStatus) -> None:
    assert normalise.status_of(word) is status
