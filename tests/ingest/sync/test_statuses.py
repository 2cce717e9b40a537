"""A changed status map gives all orders their status, however often it is cut off on the way."""

import pytest

from comanda.ingest.sync import hooks, statuses, tasks
from comanda.ingest.upsert import StoreRef, check, upsert
from comanda.records import progress
from comanda.records.models import Activity, Order, Store
from tests import factories

pytestmark = pytest.mark.django_db


class Killed(Exception):
    """The worker is gone."""


@pytest.fixture
def shop() -> StoreRef:
    """A store of a platform, with forty paid orders and two of a word that nobody knows."""
    ref = factories.make_store(platform="woocommerce")
    paid = [factories.order(str(number), source_status="processing") for number in range(40)]
    odd = [factories.order(f"x{number}", source_status="odd", status="unknown") for number in range(2)]
    upsert(ref, [check(each) for each in (*paid, *odd)], factories.HISTORY)
    return ref


def choose(shop: StoreRef, word: str, status: str) -> Store:
    store = Store.objects.get(id=shop.id)
    store.status_map = {**store.status_map, word: status}
    store.save()
    return store


def test_it_goes_on_where_it_was_cut_off(shop: StoreRef, monkeypatch: pytest.MonkeyPatch) -> None:
    store = choose(shop, "processing", "pending")
    monkeypatch.setattr(statuses, "_AT_ONCE", 15)
    usual, left = statuses._batch, [1]

    def dying(*given: object) -> list[int]:
        if not left:
            raise Killed
        left.pop()
        return usual(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(statuses, "_batch", dying)
    with pytest.raises(Killed):
        statuses.derive(store)
    half = Order.objects.filter(status="pending").count()
    monkeypatch.setattr(statuses, "_batch", usual)

    tasks.derive_statuses(store.pk)

    assert half == 15
    assert Order.objects.filter(status="pending").count() == 40
    assert Activity.objects.filter(kind="order_updated").count() == 40
    assert not Activity.objects.filter(live=True).exists()
    assert progress.find(statuses.task(store)) is None


def test_its_progress_counts_what_is_to_be_changed(shop: StoreRef, monkeypatch: pytest.MonkeyPatch) -> None:
    store = choose(shop, "odd", "canceled")
    told: list[tuple[int, int]] = []
    monkeypatch.setattr(progress, "shown", lambda name: _Shown(told))

    assert statuses.derive(store) == 2
    assert told == [(2, 2)]


class _Shown:
    """Takes note of what is told."""

    def __init__(self, told: list[tuple[int, int]]) -> None:
        self._told = told

    def __enter__(self) -> progress.Tell:
        return lambda stage, done, total: self._told.append((done, total))

    def __exit__(self, *_: object) -> None:
        return None


def test_webhooks_that_come_and_come_see_the_map_of_today(shop: StoreRef) -> None:
    stale = Store.objects.get(id=shop.id)
    choose(shop, "processing", "pending")

    hooks._renew_map(stale)

    assert stale.status_map == {"processing": "pending"}
