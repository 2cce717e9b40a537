"""What Wake says, as shapes."""

from decimal import Decimal
from typing import Any

import orjson
import pytest

from comanda.connectors.errors import SkipRecord
from comanda.connectors.wake import normalise
from comanda.shapes import ContactIn, LineIn, OrderIn, OrderStatus, ProductIn
from tests.connectors import samples
from tests.connectors.samples import at


def payload(name: str) -> dict[str, Any]:
    """A record as the shop sends it, with what is read beside it."""
    found: dict[str, Any] = samples.read("wake", name)
    return found


def test_it_reads_an_order() -> None:
    found = normalise.order(payload("order"))

    assert found == OrderIn(
        order_id="512077",
        number="512077",
        placed_at=at(2026, 5, 3, 2, 10, 44),
        updated_at=at(2026, 5, 3, 11, 1, 2),
        paid_at=at(2026, 5, 3, 2, 12, 30),
        currency="BRL",
        total=Decimal("299.46"),
        discount_total=Decimal("33.04"),
        shipping_total=Decimal("22.5"),
        lines=[
            LineIn(
                product_id="4120",
                name="Moldura Carvalho 30x40",
                sku="MOL-CA-3040",
                quantity=Decimal(3),
                unit_price=Decimal("88.923333"),
                total=Decimal("266.77"),
                discount=Decimal("32.93"),
            ),
            LineIn(
                product_id="4900",
                name="Pendurador",
                sku="PEN-1",
                quantity=Decimal(1),
                unit_price=Decimal("10.190000"),
                total=Decimal("10.19"),
                discount=Decimal("0.11"),
            ),
        ],
        status=OrderStatus.COMPLETED,
        source_status="Pedido Enviado/paid",
        coupons=("MAE26",),
        shipping_method="Expressa",
        payment_method="Cartão de crédito",
        contact=ContactIn(
            customer_id="77120",
            email="joaquim.souza@example.com",
            phone="(21) 3000-1111",
            first_name="Joaquim",
            last_name="de Souza",
            company="Souza Molduras Ltda",
        ),
    )


def test_lines_and_shipping_add_up_to_the_total() -> None:
    found = normalise.order(payload("order"))

    assert sum(line.total for line in found.lines) + found.shipping_total == found.total


def test_a_surcharge_is_none_of_the_lines() -> None:
    found = normalise.order(payload("order") | {"valorTotalPedido": 310.0})

    assert [line.total for line in found.lines] == [Decimal("269.73"), Decimal("10.30")]


def test_data_of_cards_and_computers_are_not_kept() -> None:
    found = normalise.clean(payload("order"))

    assert b"411111" not in orjson.dumps(found)
    assert b"203.0.113.7" not in orjson.dumps(found)
    assert found["pagamento"][0]["valorTotal"] == 299.46


@pytest.mark.parametrize(
    ("parts", "expected"), [([512078, 512079], True), ([512001], False), ([], False), (None, False)]
)
def test_an_order_that_later_ones_stand_for_is_known(parts: list[int] | None, expected: bool) -> None:
    raw = payload("order") | {"pedidoSplit": parts}

    assert normalise.is_split(raw) is expected
    assert normalise.digest(raw).is_test is expected


def test_what_is_no_order_is_kept_and_told() -> None:
    with pytest.raises(SkipRecord, match="Pedido em processamento"):
        normalise.order({"resultadoOperacao": False, "mensagem": "Pedido em processamento"})


@pytest.mark.parametrize(
    ("said", "word"),
    [
        ({}, "Pedido Enviado/paid"),
        ({"dataPagamento": None}, "Pedido Enviado/open"),
        ({"dataPagamento": "0001-01-01T00:00:00"}, "Pedido Enviado/open"),
        ({"valido": False}, "Pedido Enviado/void"),
        ({"_situacao": ""}, "11/paid"),
    ],
)
def test_the_word_holds_all_that_decides(said: dict[str, Any], word: str) -> None:
    assert normalise.word_of(payload("order") | said) == word


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("Pedido Realizado/open", OrderStatus.CREATED),
        ("Aguardando Pagamento/open", OrderStatus.PENDING),
        ("Pagamento em análise/open", OrderStatus.PENDING),
        ("Pagamento Autorizado/open", OrderStatus.PENDING),
        ("Pagamento Autorizado/paid", OrderStatus.COMPLETED),
        ("Entregue/open", OrderStatus.COMPLETED),
        ("Pago/void", OrderStatus.CANCELED),
        ("Devolvido/paid", OrderStatus.CANCELED),
        ("Cancelado - Fraude/open", OrderStatus.CANCELED),
        ("Pagamento Negado/open", OrderStatus.CANCELED),
        ("2/open", OrderStatus.PENDING),
        ("8/open", OrderStatus.CANCELED),
        ("99/open", OrderStatus.UNKNOWN),
        ("99/paid", OrderStatus.COMPLETED),
        ("Pago", OrderStatus.UNKNOWN),
    ],
)
def test_words_decide_the_status(word: str, status: OrderStatus) -> None:
    assert normalise.status_of(word) is status


def test_it_reads_a_customer() -> None:
    found = normalise.customer(payload("customer"))

    assert found == ContactIn(
        customer_id="77120",
        email="joaquim.souza@example.com",
        phone="(21) 3000-1111",
        first_name="Joaquim",
        last_name="de Souza",
        company="Souza Molduras Ltda",
        updated_at=at(2026, 5, 3, 2, 9, 0),
    )


@pytest.mark.parametrize(
    ("status", "accepts", "source"),
    [(False, False, "Wake: newsletter"), (True, True, "Wake: newsletter"), (None, None, "")],
)
def test_it_reads_what_a_subscriber_said(status: bool | None, accepts: bool | None, source: str) -> None:
    found = normalise.subscriber(payload("subscriber") | {"status": status})

    assert found == ContactIn(
        email="rita.lima@example.com",
        first_name="Rita",
        last_name="Lima",
        accepts_marketing=accepts,
        consent_source=source,
    )


def test_it_reads_a_variant() -> None:
    found = normalise.product(payload("product"))

    assert found == ProductIn(
        product_id="4120",
        name="Moldura Carvalho 30x40",
        sku="MOL-CA-3040",
        category="Molduras",
        description="<p>Carvalho maciço</p>",
        price=Decimal("99.9"),
        currency="BRL",
        image_url="https://img.example.com/a.jpg",
        url="https://www.molduras.example.com/moldura-carvalho",
        updated_at=at(2026, 5, 1, 10, 30, 0),
    )


@pytest.mark.parametrize("hidden", [{"valido": False}, {"exibirSite": False}])
def test_a_variant_that_is_not_shown_is_archived(hidden: dict[str, bool]) -> None:
    assert normalise.product(payload("product") | hidden).archived is True


def test_times_of_questions_are_those_of_the_shop() -> None:
    assert normalise.local(at(2026, 5, 3, 2, 10, 44)) == "2026-05-02 23:10:44"
    assert normalise.local(at(2018, 12, 3, 2, 10, 44)) == "2018-12-03 00:10:44"
