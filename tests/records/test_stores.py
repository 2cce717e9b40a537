"""Stores: their keys, and whether they take anything in."""

from datetime import UTC, datetime

import pytest

from comanda.ingest.upsert import StoreRef
from comanda.records import stores
from comanda.records.models import Store
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Rua Augusta", "rua-augusta"),
        ("Ção & Cía, nº 3", "cao-cia-no-3"),
        ("美咲", "store"),
        ("New", "store-new"),
        ("-- a --", "a"),
        ("x" * 100, "x" * 64),
        ("a" * 63 + " b", "a" * 63),
    ],
)
def test_it_makes_a_key_of_a_name(name: str, key: str) -> None:
    assert stores.slug(name) == key


def test_it_finds_a_key_that_is_free() -> None:
    for key in ("porto", "porto-2", "porto-centro"):
        factories.make_store(key)

    assert [stores.free_key(name) for name in ("Porto", "Porto centro", "Braga")] == [
        "porto-3",
        "porto-centro-2",
        "braga",
    ]


def test_it_finds_a_free_key_for_a_long_name_too() -> None:
    stores.create(stores.free_key("x" * 100))

    assert stores.free_key("x" * 100) == "x" * 56 + "-2"


def test_no_store_takes_the_place_of_the_page_that_adds_one() -> None:
    with pytest.raises(stores.StoreRefused, match="not just new"):
        stores.create("new")


def test_it_is_archived_and_taken_into_use_again(store: StoreRef) -> None:
    kept = Store.objects.get()

    stores.archive(kept)

    since = Store.objects.get().archived_at
    assert since is not None
    assert kept.archived_at == since
    assert list(stores.in_use()) == []
    with pytest.raises(stores.StoreClosed, match="archived"):
        stores.check_open(kept)

    stores.archive(kept)
    assert Store.objects.get().archived_at == since

    stores.unarchive(kept)
    stores.check_open(Store.objects.get())
    assert list(stores.in_use()) == [kept]


def test_one_that_is_being_deleted_takes_nothing_in(store: StoreRef) -> None:
    Store.objects.update(removal_asked_at=datetime(2026, 1, 1, tzinfo=UTC))

    with pytest.raises(stores.StoreClosed, match="being deleted"):
        stores.check_open(Store.objects.get())
    assert list(stores.in_use()) == []
