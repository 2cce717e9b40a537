"""What is asked of a shop of Tray, and what its odd answers mean."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import orjson
import pytest
import stamina

from comanda.connectors import budget
from comanda.connectors.base import Raw, Resource
from comanda.connectors.errors import NeedsOwner, RetryLater
from comanda.connectors.http import Call
from comanda.connectors.tray.client import Tray
from comanda.shapes import CartIn, ContactIn, OrderIn, OrderStatus
from tests.connectors.asking import soon
from tests.connectors.tray.conftest import Kept, Opened
from tests.fake_shops.server import Request, Response
from tests.fake_shops.tray import Fake
from tests.fake_shops.world import Stage, World


@pytest.fixture(autouse=True)
def _no_waiting() -> Iterator[None]:
    """Tries again at once."""
    with stamina.set_testing(True, attempts=2):
        yield


def changed(tray: Tray, resource: Resource, since: datetime) -> list[Raw]:
    """What changed since then."""
    return [raw for page in tray.changes(resource, since, soon()) for raw in page.items]


def paths(shop: Fake) -> list[str]:
    """What was asked, without where the API is."""
    return [request.path.removeprefix("/web_api/") for request in shop.requests]


def test_a_token_that_ran_out_is_renewed_and_kept(shop: Fake, kept: Kept, tray: Tray) -> None:
    shop.is_expired = True

    tray.shop()

    assert shop.renewals == 1
    assert kept.config.fields["access_token"] == shop.access
    assert kept.config.fields["refresh_token"] == shop.refresh
    assert kept.config.fields["consumer_key"]


def test_two_who_find_it_run_out_renew_it_once(shop: Fake, kept: Kept, opened: Opened) -> None:
    one, other = opened(), opened()
    shop.is_expired = True

    one.shop()
    other.shop()

    assert (shop.renewals, kept.asked) == (1, 1)


def test_a_token_that_somebody_else_renewed_is_taken_over(shop: Fake, kept: Kept, opened: Opened) -> None:
    late = opened()
    shop.issue()
    kept.config = replace(kept.config, fields=shop.fields())

    late.shop()

    assert shop.renewals == 0


def test_it_says_when_the_permission_cannot_be_renewed(shop: Fake, tray: Tray) -> None:
    shop.issue()

    with pytest.raises(NeedsOwner) as told:
        tray.shop()

    assert told.value.code == "key_expired"


@pytest.mark.parametrize("state", ["1001", "1002", "1003"])
def test_it_says_that_the_shop_is_suspended(shop: Fake, tray: Tray, state: str) -> None:
    shop.options["state"] = state

    with pytest.raises(NeedsOwner) as told:
        tray.shop()

    assert told.value.code == "unpaid"
    assert shop.renewals == 0


def test_no_token_stands_in_the_log_of_calls(shop: Fake, tray: Tray, calls: list[Call]) -> None:
    old = shop.refresh
    shop.is_expired = True

    tray.shop()

    assert "auth?refresh_token=" in " ".join(call.url for call in calls)
    assert not [call for call in calls for token in (old, shop.refresh, shop.access) if token in call.url]


def test_it_waits_a_minute_when_there_were_too_many_requests(shop: Fake, tray: Tray) -> None:
    shop.options["per_minute"] = 0

    with pytest.raises(RetryLater) as told:
        tray.shop()

    assert (told.value.code, told.value.after) == ("busy", 60.0)


def test_a_filter_that_is_ignored_is_no_answer(shop: Fake, tray: Tray) -> None:
    shop.options["deaf"] = True

    with pytest.raises(NeedsOwner) as told:
        changed(tray, Resource.ORDERS, datetime.now(UTC))

    assert told.value.code == "odd_answer"
    assert told.value.facts["what"] == "the filter modified of orders is ignored"


def test_it_leaves_a_sorted_list_where_it_becomes_old(shop: Fake, tray: Tray, world: World) -> None:
    some = list(world.present())[:120]
    at = world.now()
    for order in some:
        order.updated_at = at - timedelta(minutes=10)
    some[0].updated_at = at

    found = changed(tray, Resource.ORDERS, at - timedelta(minutes=1))

    assert [raw["id"] for raw in found] == [str(some[0].id)]
    assert [path for path in paths(shop) if path == "orders"] in (["orders"], ["orders"] * 2)


def test_it_reads_a_list_to_its_end_that_is_not_sorted(shop: Fake, tray: Tray, world: World) -> None:
    shop.options["unsorted"] = True
    some = list(world.present())[:120]
    at = world.now()
    for number, order in enumerate(some):
        order.updated_at = at - timedelta(minutes=30 + number % 7)
    some[119].updated_at = at

    found = changed(tray, Resource.ORDERS, at - timedelta(minutes=1))

    assert [raw["id"] for raw in found] == [str(some[119].id)]


def test_changes_of_days_ago_are_found(tray: Tray, world: World) -> None:
    order = next(iter(world.present()))
    order.updated_at = datetime.now(UTC) - timedelta(days=2)

    found = changed(tray, Resource.ORDERS, datetime.now(UTC) - timedelta(days=3))

    assert str(order.id) in [raw["id"] for raw in found]


def test_a_changed_customer_comes_with_phone_and_groups(tray: Tray, world: World) -> None:
    person = world.people[505]
    world.rename(person, "Inês")

    raws = changed(tray, Resource.CUSTOMERS, datetime.now(UTC) - timedelta(seconds=2))

    shapes = [s for raw in raws for s in tray.shapes(Resource.CUSTOMERS, raw) if isinstance(s, ContactIn)]
    assert [(s.first_name, s.phone, s.tags) for s in shapes] == [("Inês", person.phone, ("vip",))]


def test_customers_of_the_history_cost_a_request_for_fifty(shop: Fake, tray: Tray, world: World) -> None:
    pages = list(tray.history(Resource.CUSTOMERS, None, soon()))

    assert sum(len(page.items) for page in pages) == len(world.people)
    assert len(shop.requests) <= 4
    assert pages[-1].total == len(world.people)


def test_the_history_leaves_a_part_of_the_day_to_what_changes(
    tray: Tray, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken: list[float] = []
    asked: set[tuple[float, float]] = set()

    class Noted(budget.Budget):
        def take(self, cost: float = 1.0) -> None:
            taken.append(cost)

    def shared(name: str, rate: float, burst: float) -> budget.Budget:
        asked.add((rate * 86_400, burst))
        return Noted(rate, burst)

    monkeypatch.setattr(budget, "shared", shared)
    list(tray.history(Resource.ORDERS, None, soon()))
    changed(tray, Resource.ORDERS, datetime.now(UTC))

    assert asked == {(6_000.0, 1_000.0)}
    assert sum(taken) == len(world.orders)
    assert max(taken) == 5


def test_names_of_the_owner_are_judged_by_their_kind(shop: Fake, tray: Tray, world: World) -> None:
    shop.options |= {
        "names": {"ENVIADO": "NA COSTUREIRA", "AGUARDANDO PAGAMENTO": "COM A MARIA"},
        "types": {"NA COSTUREIRA": "closed", "COM A MARIA": "open"},
    }
    shipped, held = (
        next(order for order in world.present() if order.stage is stage)
        for stage in (Stage.SHIPPED, Stage.ON_HOLD)
    )

    raws = tray.read(Resource.ORDERS, [str(shipped.id), str(held.id)])

    shapes = [s for raw in raws for s in tray.shapes(Resource.ORDERS, raw) if isinstance(s, OrderIn)]
    assert [(s.source_status, s.status) for s in shapes] == [
        ("NA COSTUREIRA", OrderStatus.COMPLETED),
        ("COM A MARIA", OrderStatus.PENDING),
    ]
    told = {status.word: status.status for status in tray.statuses()}
    assert told["NA COSTUREIRA"] is OrderStatus.COMPLETED
    assert told["DEVOLVIDO"] is OrderStatus.CANCELED


def test_an_order_is_gone_only_if_the_list_lacks_it_too(shop: Fake, tray: Tray, world: World) -> None:
    order = next(iter(world.present()))

    def lost(request: Request) -> Response | None:
        is_whole = request.path.endswith("/complete")
        return Response.json({"code": 404, "message": "Not Found"}, 404) if is_whole else None

    shop.trouble.every = lost

    with pytest.raises(NeedsOwner) as told:
        tray.read(Resource.ORDERS, [str(order.id)])

    assert told.value.code == "no_api"
    assert tray.read(Resource.ORDERS, ["424242"]) == []


def test_an_answer_in_windows_1252_is_read(shop: Fake, tray: Tray) -> None:
    body = orjson.dumps({"id": "1", "name": "Loja São João"}).decode().encode("cp1252")
    shop.trouble.every = lambda request: Response(200, body) if request.path.endswith("/info") else None

    assert tray.shop().name == "Loja São João"


def test_carts_of_people_who_are_known_are_read_whole(shop: Fake, tray: Tray, world: World) -> None:
    known, unknown = world.begin(), world.begin()
    unknown.person.email, unknown.person.id = "", 0

    raws = changed(tray, Resource.CARTS, datetime.now(UTC) - timedelta(minutes=1))

    shapes = [s for raw in raws for s in tray.shapes(Resource.CARTS, raw) if isinstance(s, CartIn)]
    assert [shape.cart_id for shape in shapes] == [str(known.id)]
    assert f"carts/{known.id}" in paths(shop)


def test_a_cart_is_read_once_more_when_it_is_settled(tray: Tray, world: World) -> None:
    cart = world.begin()
    cart.updated_at = datetime.now(UTC) - timedelta(minutes=31)

    raws = changed(tray, Resource.CARTS, datetime.now(UTC) - timedelta(minutes=2))

    assert [raw["id"] for raw in raws] == [str(cart.id)]


@pytest.mark.parametrize("trouble", ["closed", "unlike"])
def test_it_says_that_carts_are_not_open_to_the_app(shop: Fake, tray: Tray, trouble: str) -> None:
    def unlike(request: Request) -> Response | None:
        said = {"paging": {"total": 1}, "Carts": [{"Cart": {"id": "7"}}]}
        return Response.json(said) if request.path.endswith("/carts") else None

    shop.options["no_carts"] = trouble == "closed"
    shop.trouble.every = unlike if trouble == "unlike" else lambda request: None

    assert tray.shop().remarks == (("part_missing", {"what": "carts"}),)
    assert changed(tray, Resource.CARTS, datetime.now(UTC) - timedelta(hours=1)) == []


def test_a_day_cut_short_is_digested_by_the_hour(tray: Tray, world: World) -> None:
    order = list(world.present())[100]
    since = order.placed_at

    found = [each for some in tray.digests(since, since + timedelta(seconds=1)) for each in some]

    assert [(each.order_id, each.placed_at) for each in found] == [(str(order.id), order.placed_at)]
