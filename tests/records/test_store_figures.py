"""What the pages of stores show is what the API tells of them."""

from decimal import Decimal

import pytest

from comanda.ingest.upsert import StoreRef, upsert
from comanda.records import store_figures, stores
from comanda.records.models import Store
from comanda.shapes import OrderStatus
from tests import factories
from tests.factories import LIVE

pytestmark = pytest.mark.django_db


def test_it_tells_the_same_as_the_totals(store: StoreRef) -> None:
    other = factories.make_store("other")
    factories.make_store("none")
    ana, rui = factories.contact("ana@example.com"), factories.contact("rui@example.com")
    orders = [
        factories.order("1", contact=ana),
        factories.order("2", contact=ana, currency="BRL", placed_at=factories.at(5), refund_total=Decimal(3)),
        factories.order("3", contact=rui, status=OrderStatus.CANCELED, placed_at=factories.at(9)),
        factories.order("4"),
    ]
    upsert(store, orders, LIVE)
    upsert(other, [factories.order("1", contact=ana)], LIVE)
    kept = list(Store.objects.order_by("key"))

    found = store_figures.of(kept)

    for each in kept:
        told, own = stores.totals(each), found[each.pk]
        assert (own.orders, own.contacts, own.last_order_at) == (
            told["orders"],
            told["contacts"],
            told["last_order_at"],
        )
        assert own.revenue == {code: Decimal(amount) for code, amount in told["revenue"].items()}
    assert found[store.id].revenue == {"BRL": Decimal(7), "EUR": Decimal(20)}
    assert found[store.id].contacts == 2


def test_it_knows_whether_it_is_quick(store: StoreRef, monkeypatch: pytest.MonkeyPatch) -> None:
    upsert(store, [factories.order("1"), factories.order("2")], LIVE)

    for few, expected in ((2, False), (3, True)):
        monkeypatch.setattr(store_figures, "FEW", few)
        assert store_figures.are_quick() is expected
