"""Every reason for which an order stands on one side only, or stands there otherwise."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from comanda.connectors.base import Connector, Digest, Raw, Resource
from comanda.ingest.sync import audit, intake
from comanda.ingest.sync.audit import Reason
from comanda.ingest.upsert import check, upsert
from comanda.records.models import Audit, Order, Store
from comanda.shapes import OrderIn
from tests import factories
from tests.fake_shops.server import FakeShop
from tests.fake_shops.world import World

DAY = date(2026, 3, 1)
NOON = factories.NOON


@pytest.fixture(params=["woocommerce"])
def platform(request: pytest.FixtureRequest) -> str:
    """One will do: what it lists and reads is set."""
    return str(request.param)


@pytest.fixture
def world(platform: str) -> World:
    """Nothing but what is set."""
    return World()


@pytest.fixture
def store(store: Store, shop: FakeShop) -> Store:
    """In UTC, so that noon is noon."""
    store.timezone = "UTC"
    store.save()
    return store


class Said:
    """What the shop lists of a day, and what it gives of single orders, one after another."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, kind: type[Connector]) -> None:
        self.listed: list[Digest] = []
        self.given: dict[str, OrderIn | Exception] = {}

        def digests(_: Connector, since: datetime, until: datetime) -> Iterator[list[Digest]]:
            yield self.listed

        def read(_: Connector, resource: Resource, ids: list[str]) -> list[Raw]:
            return [{"id": each} for each in ids if each in self.given]

        def shapes(_: Connector, resource: Resource, raw: Raw) -> list[Any]:
            found = self.given[str(raw["id"])]
            if isinstance(found, Exception):
                raise found
            return [found]

        monkeypatch.setattr(kind, "digests", digests)
        monkeypatch.setattr(kind, "read", read)
        monkeypatch.setattr(kind, "shapes", shapes)


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch, connector: Connector) -> Said:
    """What the shop says."""
    return Said(monkeypatch, type(connector))


def digest(total: str = "10.00", **columns: Any) -> Digest:
    given = {"word": "paid", "updated_at": NOON, **columns}
    return Digest("1001", given.pop("placed_at", NOON), "EUR", Decimal(total), **given)


def order(**columns: Any) -> OrderIn:
    return factories.order("1001", **{"updated_at": NOON, **columns})


def keep(store: Store, *orders: OrderIn) -> None:
    """These are here already."""
    upsert(intake.ref(store), [check(each) for each in orders], factories.HISTORY)


def found(store: Store, connector: Connector) -> list[tuple[Reason, Decimal | None, Decimal | None]]:
    """What the audit of the day says of each difference."""
    made = audit.run(store, connector, DAY)
    return [(each.reason, each.shop_total, each.own_total) for each in made.differences]


TEN, SIX = Decimal("10.00"), Decimal("6.00")


def test_an_order_that_breaks_a_rule_is_refused(store: Store, connector: Connector, said: Said) -> None:
    said.listed, said.given = [digest()], {"1001": order(currency="EURO")}

    assert found(store, connector) == [(Reason.REFUSED, TEN, None)]
    assert not audit.is_complete(Audit.objects.get())


def test_an_order_that_cannot_be_read_is_unreadable(store: Store, connector: Connector, said: Said) -> None:
    said.listed, said.given = [digest()], {"1001": ValueError("'x' is no amount")}

    assert found(store, connector) == [(Reason.UNREADABLE, TEN, None)]
    assert not audit.is_complete(Audit.objects.get())


def test_an_order_of_just_now_is_on_its_way(store: Store, connector: Connector, said: Said) -> None:
    keep(store, order())
    said.listed = [digest("6.00", updated_at=datetime.now(UTC))]
    said.given = {"1001": order()}

    assert found(store, connector) == [(Reason.ON_ITS_WAY, SIX, TEN)]
    assert audit.is_complete(Audit.objects.get())


def test_an_order_that_is_newer_here_changed_since(store: Store, connector: Connector, said: Said) -> None:
    keep(store, order())
    said.listed = [digest("6.00")]
    said.given = {"1001": order(updated_at=NOON + timedelta(minutes=1))}

    assert found(store, connector) == [(Reason.CHANGED_SINCE, SIX, TEN)]
    assert audit.is_complete(Audit.objects.get())


def test_an_order_that_is_gone_was_deleted_there(store: Store, connector: Connector, said: Said) -> None:
    keep(store, order())

    first, second = found(store, connector), found(store, connector)

    assert (first, second) == ([(Reason.DELETED_THERE, None, TEN)], [])
    assert Order.objects.get().status == "canceled"
    assert all(map(audit.is_complete, Audit.objects.all()))


def test_a_test_order_is_none_of_the_shop_s(store: Store, connector: Connector, said: Said) -> None:
    said.listed, said.given = [digest(is_test=True)], {}

    assert found(store, connector) == [(Reason.TEST_ORDER, TEN, None)]
    assert (Audit.objects.get().shop_orders, Audit.objects.get().shop_totals) == (0, {})


def test_an_order_that_lies_on_another_day_here(store: Store, connector: Connector, said: Said) -> None:
    late = order(placed_at=NOON + timedelta(days=1))
    said.listed, said.given = [digest()], {"1001": late}

    assert found(store, connector) == [(Reason.MOVED_DAY, TEN, None)]
    assert audit.is_complete(Audit.objects.get())


def test_what_differs_for_no_reason_is_said(store: Store, connector: Connector, said: Said) -> None:
    keep(store, order())
    said.listed, said.given = [digest("6.00")], {"1001": order()}

    assert found(store, connector) == [(Reason.UNEXPLAINED, SIX, TEN)]
    assert not audit.is_complete(Audit.objects.get())


def test_what_the_list_lacks_and_the_shop_has_is_no_deletion(
    store: Store, connector: Connector, said: Said
) -> None:
    keep(store, order())
    said.given = {"1001": order()}

    assert found(store, connector) == [(Reason.UNEXPLAINED, None, TEN)]
    assert Order.objects.get().status == "completed"


def test_what_can_be_healed_is(store: Store, connector: Connector, said: Said) -> None:
    said.listed, said.given = [digest()], {"1001": order()}

    assert found(store, connector) == []
    assert (Audit.objects.get().healed, Order.objects.get().total) == (1, TEN)


def test_what_needs_someone_is_kept_first(
    store: Store, connector: Connector, said: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit, "_MOST_KEPT", 1)
    said.listed = [digest(is_test=True), Digest("9", NOON, "EUR", TEN, "paid", NOON)]
    said.given = {"9": ValueError("'x' is no amount")}

    made = audit.run(store, connector, DAY)

    assert [each.reason for each in made.differences] == [Reason.UNREADABLE, Reason.TEST_ORDER]
    (kept,) = Audit.objects.get().differences
    assert (kept["order_id"], audit.is_complete(Audit.objects.get())) == ("9", False)
