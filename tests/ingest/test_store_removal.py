"""A store deleted is found nowhere; the people it brought stay."""

import threading
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, transaction

from comanda.ingest import erasure, store_removal
from comanda.ingest.csv_import import drafts, imports, kept_files, run, turns
from comanda.ingest.upsert import Cause, StoreRef, upsert
from comanda.jobs import leaving
from comanda.records import connections, stores
from comanda.records import store_removal as steps
from comanda.records.models import (
    Activity,
    Audit,
    AuditEntry,
    Contact,
    ContactIdentity,
    Import,
    ImportState,
    ListMember,
    Order,
    Product,
    ShopCall,
    Store,
    Sync,
)
from comanda.shapes import CartIn, LineIn, OrderIn, RefundIn
from tests import factories
from tests.factories import LIVE, NOON

pytestmark = pytest.mark.django_db(transaction=True)
ONE = Decimal(1)
GROUPS = {"contact_tag", "tag", "list_member", "list"}
OWNER = "user 1 (owner@example.com)"
HEADER = "order_id,order_status,order_date,contact_identifier,product_id,product_price,product_quantity\n"


def fill(store: StoreRef) -> None:
    """An order with all that can hang on it, a guest's order, a cart, a product of the catalogue."""
    buyer = factories.contact("ana@example.com", customer_id="c-1", tags=("vip",), lists=("Friends",))
    orders = [
        OrderIn("A1", NOON, "EUR", Decimal(10), [LineIn("mug", ONE, Decimal(10), Decimal(10))], contact=buyer,
                raw=b"{}", refunds=[RefundIn("r1", ONE, NOON, "broken")], refund_total=ONE),
        factories.order("A2"),
    ]  # fmt: skip
    cart = CartIn("K1", NOON, "EUR", ONE, [LineIn("mug", ONE, ONE, ONE)], contact=buyer, raw=b"{}")
    upsert(store, [*orders, cart, factories.product("mug")], LIVE)
    join(store)


def join(store: StoreRef) -> None:
    """What is kept of a shop that is connected."""
    kept = Store.objects.get(id=store.id)
    connections.connect(kept, {"consumer_key": "ck_1"})
    Sync.objects.create(store=kept, resource="orders")
    Audit.objects.create(store=kept, day=NOON.date(), shop_orders=1, own_orders=1)
    ShopCall.objects.create(
        store=kept, at=NOON, method="GET", url="https://shop.example/", status=200, seconds=0.1, size=1
    )


def bring_file(
    store: StoreRef, folder: Path, rows: str = "B1,completed,2026-03-01,bia@example.com,cup,3,1\n"
) -> Import:
    file = folder / "till.csv"
    file.write_text(HEADER + rows)
    job = imports.create(
        Store.objects.get(id=store.id), file, file.name, {}, dry_run=False, created_by="test", keep_file=True
    )
    return run.run(job.pk)


def counts() -> dict[str, int]:
    """How many rows each table has."""
    return {
        model._meta.db_table: model._default_manager.count()
        for model in apps.get_app_config("records").get_models()
    }


def delete(store: StoreRef) -> bool:
    return store_removal.remove(Store.objects.get(id=store.id), OWNER)


def strays(store: StoreRef) -> dict[str, int]:
    """Rows that still speak of a store, by table."""
    tables = factories.query(
        "SELECT table_name FROM information_schema.columns"
        " WHERE column_name = 'store_id' AND table_schema = 'public'"
    )
    found = {
        table: factories.value(f"SELECT count(*) FROM {table} WHERE store_id = %(id)s", id=store.id)
        for (table,) in tables
    }
    return {table: count for table, count in found.items() if count}


def test_it_takes_away_all_that_a_store_brought(store: StoreRef, tmp_path: Path) -> None:
    others = set(kept_files.folder().iterdir())
    fill(store)
    job = bring_file(
        store, tmp_path, "B1,completed,2026-03-01,bia@example.com,cup,3,1\nB2,completed,never,x,cup,3,1\n"
    )
    kept = Path(job.file_path)
    begun = tmp_path / "begun.csv"
    begun.write_text(HEADER)
    factories.query("INSERT INTO product_sales SELECT id, 1, 1 FROM product RETURNING 1")
    factories.query("INSERT INTO product_revenue SELECT id, 'EUR', 1 FROM product RETURNING 1")
    draft = drafts.keep(Store.objects.get(), begun, "begun.csv", created_by=OWNER)
    assert kept.is_file()
    assert Path(draft.file_path).is_file()

    assert delete(store)

    left = {table for table, count in counts().items() if count}
    assert strays(store) == {"activity": 1}  # the notice
    assert left == {"activity", "audit_entry", "contact", "contact_identity", *GROUPS}
    assert not kept.exists()
    assert set(kept_files.folder().iterdir()) == others


def test_it_leaves_the_people(store: StoreRef, tmp_path: Path) -> None:
    fill(store)
    bring_file(store, tmp_path)

    delete(store)

    assert sorted(Contact.objects.values_list("email", flat=True)) == ["ana@example.com", "bia@example.com"]
    assert sorted(ContactIdentity.objects.values_list("kind", "value")) == [
        ("email", "ana@example.com"),
        ("email", "bia@example.com"),
    ]
    assert ListMember.objects.count() == 1


def test_it_leaves_other_stores_alone(store: StoreRef, tmp_path: Path) -> None:
    other = factories.make_store("other")
    fill(other)
    bring_file(other, tmp_path)
    before = counts() | {"store": 1}
    fill(store)
    bring_file(store, tmp_path)

    delete(store)

    after = counts()
    told = {"activity", "audit_entry"}
    assert {table: n for table, n in after.items() if table not in told} == {
        table: n for table, n in before.items() if table not in told
    }
    assert Order.objects.filter(store_id=other.id).count() == 3
    assert set(Activity.objects.filter(order_id__isnull=False).values_list("store_id", flat=True)) == {
        other.id
    }


def test_it_keeps_what_the_log_says_of_people_and_tells_its_readers(store: StoreRef) -> None:
    fill(store)

    delete(store)

    kinds = list(Activity.objects.order_by("id").values_list("kind", "store_id"))
    assert ("contact_created", None) in kinds
    assert [kind for kind, _ in kinds if kind.startswith(("order", "cart"))] == []
    notice = Activity.objects.get(kind="store_removed")
    assert (notice.store_id, notice.contact_id, notice.live) == (store.id, None, False)
    assert notice.data == {"key": "shop", "name": "Shop"}


def test_it_notes_who_deleted_what(store: StoreRef, tmp_path: Path) -> None:
    fill(store)
    bring_file(store, tmp_path)

    delete(store)

    deed = AuditEntry.objects.get(action="store.delete")
    assert (deed.actor, deed.target) == (OWNER, "store shop")
    assert deed.detail == {"name": "Shop", "orders": 3, "products": 2, "carts": 1, "imports": 1}


def test_its_key_is_free_again_and_erased_people_stay_away(store: StoreRef) -> None:
    fill(store)
    erasure.erase(Contact.objects.get(email="ana@example.com").pk, "test")
    delete(store)

    stores.create("shop", currency="EUR")
    again = Store.objects.get(key="shop")
    fill(StoreRef(again.pk, "shop", "PT", None))

    assert Contact.objects.count() == 0
    assert Order.objects.filter(contact__isnull=True).count() == 2


def make_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steps, "_SMALL", 0)


def jobs() -> list[tuple[Any, ...]]:
    return factories.query(
        "SELECT task_name, args ->> 'store_id' FROM procrastinate_jobs WHERE status = 'todo'"
    )


@pytest.fixture
def _no_jobs(transactional_db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE procrastinate_jobs CASCADE")


@pytest.mark.usefixtures("_no_jobs")
def test_it_hands_a_large_store_to_a_worker(store: StoreRef, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(store)
    make_large(monkeypatch)

    assert not delete(store)

    assert jobs() == [("store.remove", str(store.id))]
    assert Order.objects.count() == 2
    assert Store.objects.get().removal_asked_at is not None


@pytest.mark.usefixtures("_no_jobs")
def test_it_is_asked_for_once(store: StoreRef, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(store)
    make_large(monkeypatch)

    delete(store)
    delete(store)

    assert len(jobs()) == 1
    assert AuditEntry.objects.filter(action="store.delete").count() == 1


def test_it_goes_in_steps(store: StoreRef, monkeypatch: pytest.MonkeyPatch) -> None:
    upsert(store, [factories.order(f"{number:03}") for number in range(25)], LIVE)
    monkeypatch.setattr(steps, "_STEP", 10)
    monkeypatch.setattr(steps, "_ACTIVITY_STEP", 10)
    with transaction.atomic():
        kept = Store.objects.get()
        steps.begin(kept, steps.contents(kept), OWNER)
    told: list[tuple[int, int]] = []

    steps.carry_out(store.id, lambda done, total: told.append((done, total)))

    assert (Order.objects.count(), Product.objects.count(), Store.objects.count()) == (0, 0, 0)
    assert [done for done, _ in told[:3]] == [10, 20, 25]
    assert all(done <= total for done, total in told)


def test_it_goes_on_after_it_was_cut_off(store: StoreRef, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(store)
    make_large(monkeypatch)
    delete(store)
    monkeypatch.setattr(leaving, "check", cut_off)
    with pytest.raises(leaving.Leaving):
        store_removal.finish(store.id)
    assert Store.objects.count() == 1
    monkeypatch.undo()

    store_removal.finish(store.id)
    store_removal.finish(store.id)

    assert Store.objects.count() == 0
    assert strays(store) == {"activity": 1}


def cut_off() -> None:
    raise leaving.Leaving


@pytest.mark.usefixtures("_no_jobs")
def test_it_stops_the_imports_under_way(
    store: StoreRef, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = bring_file(store, tmp_path)
    Import.objects.filter(id=job.pk).update(state=ImportState.WRITING)
    monkeypatch.setattr(turns, "PATIENCE", 0.1)
    held, let_go = threading.Event(), threading.Event()

    def hold() -> None:
        with turns.taken(job.pk):
            held.set()
            let_go.wait(10)
        connection.close()

    holder = threading.Thread(target=hold)
    holder.start()
    held.wait(10)

    assert not delete(store)
    stopped = Import.objects.get()
    assert (stopped.state, stopped.error) == ("failed", "Its store was deleted.")
    with pytest.raises(store_removal.Later):
        store_removal.finish(store.id)
    let_go.set()
    holder.join()
    store_removal.finish(store.id)

    assert Store.objects.count() == 0


def test_nothing_more_comes_in_meanwhile(
    store: StoreRef, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(store)
    make_large(monkeypatch)
    delete(store)

    with pytest.raises(stores.StoreClosed, match="being deleted"):
        bring_file(store, tmp_path)


def test_what_came_in_at_the_last_moment_goes_too(store: StoreRef, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(store)
    make_large(monkeypatch)
    delete(store)
    end = steps._end

    def late(kept: Store, since: int) -> None:
        upsert(
            store,
            [factories.order("late", contact=factories.contact("eva@example.com"))],
            Cause("api", live=True),
        )
        end(kept, since)

    monkeypatch.setattr(steps, "_end", late)

    store_removal.finish(store.id)

    assert (Store.objects.count(), Order.objects.count()) == (0, 0)
    assert strays(store) == {"activity": 1}
    assert Contact.objects.filter(email="eva@example.com").exists()
