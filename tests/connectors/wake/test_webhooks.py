"""Webhooks of Wake: a header of ours, and bodies of which nothing is known."""

import pytest

from comanda.connectors.base import Changed, Delivery, Resource, Verdict
from comanda.connectors.errors import SkipRecord
from comanda.connectors.wake import webhooks
from comanda.connectors.wake.client import Wake
from tests.fake_shops.wake import TOPICS, Fake
from tests.fake_shops.world import World

URL = "https://comanda.example/hooks/x/y"


def test_it_subscribes_to_all_that_matters_with_a_header(shop: Fake, wake: Wake) -> None:
    wake.subscribe(URL, "a secret")

    assert [hook.rest["topicos"] for hook in shop.hooks.values()] == [TOPICS]
    assert shop.hooks[1].rest["headers"] == [{"chave": "x-comanda-token", "valor": "a secret"}]
    assert shop.hooks[1].rest["emailResponsavel"] == "it@shop.example"


def test_what_the_shop_sends_leads_to_the_order(shop: Fake, wake: Wake, world: World) -> None:
    wake.subscribe(URL, "a secret")
    order = next(iter(world.present()))
    _, body, headers = next(iter(shop.deliveries("order", "updated", order.id)))
    delivery = Delivery(body, headers)

    assert wake.verify(delivery, "a secret") is Verdict.UNSIGNED
    assert wake.verify(delivery, "another") is Verdict.FORGED
    assert wake.verify(Delivery(body, {}), "a secret") is Verdict.UNSIGNED
    assert wake.events(delivery) == [Changed(Resource.ORDERS, str(order.id))]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b'{"pedidoId": 5}', [Changed(Resource.ORDERS, "5")]),
        (b'[{"PedidoId": "5"}, {"usuarioId": 6}]',
         [Changed(Resource.ORDERS, "5"), Changed(Resource.CUSTOMERS, "6")]),
        (b'{"dados": {"produtoVarianteId": 7, "usuarioId": 1}}', [Changed(Resource.PRODUCTS, "7")]),
    ],
)  # fmt: skip
def test_bodies_are_searched_for_a_record(wake: Wake, body: bytes, expected: list[Changed]) -> None:
    assert wake.events(Delivery(body, {})) == expected


@pytest.mark.parametrize("body", [b"", b"oi", b'{"x": 1}', b"[]", b'"5"'])
def test_bodies_that_name_none_are_kept_and_told(wake: Wake, body: bytes) -> None:
    with pytest.raises(SkipRecord):
        wake.events(Delivery(body, {}))


def test_topics_are_chosen_by_what_they_are_called() -> None:
    topics = [
        {"nome": "A", "descricao": "Quando um pedido muda"},
        {"nome": "Usuário novo", "descricao": None},
        {"nome": "Estoque", "descricao": "Saldo"},
        "?",
    ]

    assert webhooks.wanted(topics) == ["A", "Usuário novo"]
