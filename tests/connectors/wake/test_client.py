"""What is asked of a shop of Wake, and what its odd answers mean."""

from contextlib import closing
from datetime import UTC, datetime, timedelta

import orjson
import pytest

from comanda.connectors.base import Raw, Resource
from comanda.connectors.errors import NeedsOwner, RetryLater
from comanda.connectors.wake.client import Wake
from comanda.shapes import ContactIn, OrderIn, OrderStatus
from tests.connectors.asking import soon
from tests.connectors.conftest import connector_of
from tests.fake_shops.server import Request, Response
from tests.fake_shops.wake import TOKEN, Fake
from tests.fake_shops.world import Stage, World


def history(wake: Wake, resource: Resource) -> list[Raw]:
    """All of it."""
    return [raw for page in wake.history(resource, None, soon()) for raw in page.items]


def paths(shop: Fake) -> list[str]:
    """What was asked."""
    return [request.path.strip("/") for request in shop.requests]


@pytest.mark.parametrize("untold", [False, True], ids=["counted", "not counted"])
def test_it_cuts_a_history_into_windows_that_show_all(
    shop: Fake, wake: Wake, world: World, untold: bool
) -> None:
    shop.options |= {"cap": 60, "untold": untold}

    found = history(wake, Resource.ORDERS)

    assert [raw["pedidoId"] for raw in found] == [order.id for order in world.present()]


def test_it_reads_the_oldest_first_and_goes_on_at_any_window(wake: Wake, world: World) -> None:
    pages = list(wake.history(Resource.ORDERS, None, soon()))
    half = pages[: len(pages) // 2]

    rest = list(wake.history(Resource.ORDERS, half[-1].after, soon()))

    found = [raw["pedidoId"] for page in [*half, *rest] for raw in page.items]
    assert found == sorted(found)
    assert set(found) == set(world.orders)
    assert len(found) < len(world.orders) * 1.1


def test_a_catalogue_goes_on_within_a_page(shop: Fake, wake: Wake, world: World) -> None:
    first = next(iter(wake.history(Resource.PRODUCTS, None, soon())))
    seen = len(shop.requests)

    rest = list(wake.history(Resource.PRODUCTS, first.after, soon()))

    found = [raw["produtoVarianteId"] for page in (first, *rest) for raw in page.items]
    assert len(first.items) == 5
    assert found == list(world.items)
    assert len(shop.requests) == seen + 1 + 2 * (len(world.items) - 5)


def test_a_catalogue_whose_last_product_went_is_read_from_the_top_of_the_page(
    wake: Wake, world: World
) -> None:
    first = next(iter(wake.history(Resource.PRODUCTS, None, soon())))
    world.items[first.items[-1]["produtoVarianteId"]].is_gone = True

    rest = list(wake.history(Resource.PRODUCTS, first.after, soon()))

    found = [raw["produtoVarianteId"] for page in rest for raw in page.items]
    assert found == [item.id for item in world.items.values() if not item.is_gone]


def test_it_finds_many_orders_of_one_second(wake: Wake, world: World) -> None:
    for order in list(world.present())[:120]:
        order.placed_at = datetime(2026, 5, 3, 12, 0, 0, tzinfo=UTC)

    assert {raw["pedidoId"] for raw in history(wake, Resource.ORDERS)} == set(world.orders)


def test_a_page_that_comes_again_ends_the_walk(shop: Fake, wake: Wake) -> None:
    same = [{"pedidoId": number} for number in range(50)]
    shop.trouble.every = lambda request: Response.json(same) if request.path.startswith("/pedidos") else None

    with pytest.raises(RetryLater) as told:
        history(wake, Resource.ORDERS)

    assert told.value.code == "loop"


def test_the_token_is_taken_as_it_is_copied(shop: Fake) -> None:
    with closing(connector_of(shop, [], token=f"Basic {TOKEN}")) as wake:
        assert wake.shop().name == shop.world.name


def test_it_says_which_rights_are_missing(shop: Fake, wake: Wake) -> None:
    shop.options["closed"] = ("usuarios", "loja")

    with pytest.raises(NeedsOwner) as told:
        wake.shop()

    assert told.value.code == "right_missing"
    assert told.value.facts["what"] == "usuarios, loja"


def test_it_does_without_what_may_be_missing(shop: Fake, wake: Wake, world: World) -> None:
    shop.options["closed"] = (
        "situacoesPedido",
        "formasPagamento",
        "usuarios/newsletter",
        "webhook",
        "imagens",
    )
    order = next(each for each in world.present() if each.stage is Stage.SHIPPED)

    remarks = wake.shop().remarks
    shapes = [
        shape
        for raw in wake.read(Resource.ORDERS, [str(order.id)])
        for shape in wake.shapes(Resource.ORDERS, raw)
        if isinstance(shape, OrderIn)
    ]
    people = history(wake, Resource.CUSTOMERS)
    wake.subscribe("https://comanda.example/hooks/x/y", "a secret")

    assert [facts["what"] for code, facts in remarks if code == "right_missing"] == [
        "situacoesPedido", "formasPagamento", "usuarios/newsletter", "webhook/Topicos", "produtos/imagens",
    ]  # fmt: skip
    assert [(shape.source_status, shape.status) for shape in shapes] == [("11/paid", OrderStatus.COMPLETED)]
    assert len(people) == len(world.people)
    assert shop.hooks == {}


def test_nothing_of_a_kind_is_asked_while_the_shop_says_to_wait(shop: Fake, wake: Wake) -> None:
    shop.options["quota"] = 0

    with pytest.raises(RetryLater) as told:
        wake.read(Resource.ORDERS, ["1"])

    assert (told.value.code, told.value.after) == ("busy", 30.0)
    assert paths(shop) == ["pedidos/1"]
    held: list[float] = []
    quota = wake._quota("pedidos/2")
    quota._sleep = held.append
    quota.take()
    assert held
    assert 25 < held[0] <= 31


def test_kinds_have_quotas_of_their_own(wake: Wake) -> None:
    assert wake._quota("pedidos/1") is wake._quota("/pedidos")
    assert wake._quota("pedidos/1") is not wake._quota("produtos")


def test_pictures_of_a_product_are_asked_for_once(shop: Fake, wake: Wake, world: World) -> None:
    first = history(wake, Resource.PRODUCTS)
    again = history(wake, Resource.PRODUCTS)

    assert len(first) == len(again) == len(world.items)
    assert paths(shop).count("produtos/11/imagens") == 1
    assert again[0]["_imagens"]


def test_a_product_without_pictures_is_read(shop: Fake, wake: Wake) -> None:
    def none(request: Request) -> Response | None:
        is_asked = request.path.endswith("/imagens")
        return Response.json({"codigo": 404, "mensagem": "Nenhuma imagem"}, 404) if is_asked else None

    shop.trouble.every = none

    assert wake.read(Resource.PRODUCTS, ["12"])[0]["_imagens"] == []


def test_products_are_asked_for_two_days_back_at_most(shop: Fake, wake: Wake, world: World) -> None:
    now = datetime.now(UTC)
    world.items[20].updated_at = now

    lately = [
        raw for page in wake.changes(Resource.PRODUCTS, now - timedelta(hours=46), now) for raw in page.items
    ]
    long_ago = [
        raw for page in wake.changes(Resource.PRODUCTS, now - timedelta(days=3), now) for raw in page.items
    ]

    assert [raw["produtoVarianteId"] for raw in lately] == [20]
    assert len(long_ago) == len(world.items)


def test_subscribers_come_with_the_customers(wake: Wake, world: World) -> None:
    raws = history(wake, Resource.CUSTOMERS)

    shapes = [s for raw in raws for s in wake.shapes(Resource.CUSTOMERS, raw) if isinstance(s, ContactIn)]
    told = {shape.email: shape.accepts_marketing for shape in shapes if not shape.customer_id}
    expected = {p.email.lower(): p.accepts for p in world.people.values() if p.accepts is not None}
    assert told == {**expected, "reader@example.test": True}
    ids = [wake.id_of(Resource.CUSTOMERS, raw) for raw in raws]
    assert "newsletter:reader@example.test" in ids
    assert len(set(ids)) == len(ids)


def test_a_subscriber_who_changed_is_found(wake: Wake, world: World) -> None:
    person = next(each for each in world.people.values() if each.accepts)
    person.accepts, person.updated_at = False, world.now()

    pages = list(wake.changes(Resource.CUSTOMERS, datetime.now(UTC) - timedelta(seconds=2), soon()))

    shapes = [
        shape
        for page in pages
        for raw in page.items
        for shape in wake.shapes(Resource.CUSTOMERS, raw)
        if isinstance(shape, ContactIn) and not shape.customer_id
    ]
    assert [(shape.email, shape.accepts_marketing) for shape in shapes] == [(person.email.lower(), False)]


def test_no_data_of_cards_leaves_the_connector(wake: Wake) -> None:
    assert b"4111111111111111" not in orjson.dumps(history(wake, Resource.ORDERS))


def test_it_lists_statuses_by_name(wake: Wake) -> None:
    found = {each.word: each.status for each in wake.statuses()}

    assert found["Pedido Realizado/open"] is OrderStatus.CREATED
    assert found["Pago/paid"] is OrderStatus.COMPLETED
    assert found["Cancelado/void"] is OrderStatus.CANCELED
    assert "Cancelado/open" not in found
