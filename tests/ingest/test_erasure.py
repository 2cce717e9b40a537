"""A person erased is found nowhere, and nothing of them comes back."""

import gzip
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from comanda.ingest import erasure
from comanda.ingest.csv_import import imports, run
from comanda.ingest.upsert import Cause, StoreRef, upsert
from comanda.records import privacy, tombstones
from comanda.records.models import Contact, Import, ImportState, Order, Store
from comanda.shapes import CartIn, ContactIn, LineIn, OrderIn, Outcome, RefundIn
from tests import factories
from tests.factories import LIVE, NOON

pytestmark = pytest.mark.django_db(transaction=True)

MARKS = ("maria.silva", "912345678", "Guimarães-Noronha", "Ribeiro Lda", "c-4711")
ONE = Decimal(1)


def maria(**more: Any) -> ContactIn:
    return ContactIn(
        email="Maria.Silva@example.com",
        phone="+351 912 345 678",
        customer_id="c-4711",
        first_name="Maria",
        last_name="Guimarães-Noronha",
        company="Ribeiro Lda",
        accepts_marketing=True,
        consent_proof="maria.silva ticked the box",
        **more,
    )


def bring_all(store: StoreRef) -> int:
    """Puts Maria everywhere that a person can be; her contact's id."""
    raw = json.dumps(
        {"email": "Maria.Silva@example.com", "name": "Guimarães-Noronha"}, ensure_ascii=False
    ).encode()
    order = OrderIn(
        "M1", NOON, "EUR", Decimal(10), [LineIn("mug", ONE, Decimal(10), Decimal(10))],
        contact=maria(tags=("vip",)),
        raw=raw, admin_url="https://shop.example/maria.silva",
        refunds=[RefundIn("r1", ONE, NOON, "maria.silva broke it")], refund_total=ONE,
    )  # fmt: skip
    cart = CartIn("K1", NOON, "EUR", ONE, [LineIn("mug", ONE, ONE, ONE)], contact=maria(),
                  url="https://shop.example/?who=maria.silva", raw=raw)  # fmt: skip
    upsert(store, [order, cart, maria(lists=("Friends",), fields={"note": "maria.silva"})], LIVE)
    return Contact.objects.get().pk


def import_file(store: StoreRef, path: Path, rows: str) -> Import:
    path.write_bytes(gzip.compress(rows.encode("utf-8")))
    job = imports.create(
        Store.objects.get(id=store.id), path, path.name, {}, dry_run=False, created_by="test", keep_file=True
    )
    return run.run(job.pk)


def everywhere() -> str:
    """All text of all tables, one row a line."""
    tables = factories.query(
        "SELECT table_name, array_agg(column_name::text) FILTER (WHERE data_type = 'bytea')"
        " FROM information_schema.columns WHERE table_schema = 'public' GROUP BY 1"
    )
    found = []
    for table, binaries in tables:
        found += [f"{table}: {row}" for (row,) in factories.query(f"SELECT t::text FROM {table} t")]
        for column in binaries or ():
            bodies = factories.query(f"SELECT {column} FROM {table} WHERE {column} IS NOT NULL")
            found += [f"{table}: {bytes(body).decode('utf-8', 'replace')}" for (body,) in bodies]
    return "\n".join(found)


HEADER = (
    "order_id,order_status,order_date,contact_identifier,order_revenue,product_id,product_price,"
    "product_quantity\n"
)
TOTALS = "SELECT currency, count(*), sum(total - refund_total), sum(items) FROM orders GROUP BY 1"


def test_it_finds_maria_nowhere_after_an_erasure(store: StoreRef, tmp_path: Path) -> None:
    contact_id = bring_all(store)
    rows = (
        "M2,paid,2026-01-02 10:00:00,maria.silva@example.com,5.00,mug,5.00,1\n"
        "M3,paid,no date,MARIA.SILVA@example.com,5.00,mug,5.00,1\n"
        "J1,paid,2026-01-02 10:00:00,joao@example.com,7.00,mug,7.00,1\n"
    )
    job = import_file(store, tmp_path / "orders.csv.gz", HEADER + rows)
    assert job.counts["refused"] == 1
    assert "maria.silva" in everywhere().lower()

    kept = Path(job.file_path)
    certificate = erasure.erase(contact_id, "test")

    left = everywhere()
    assert [mark for mark in MARKS if mark.casefold() in left.casefold()] == []
    assert not kept.exists()
    assert certificate["contact_id"] == contact_id
    assert certificate["removed"]["orders made anonymous"] == 2
    assert certificate["removed"]["files"] == 1
    assert not any(mark.casefold() in str(certificate).casefold() for mark in MARKS)


def test_it_keeps_orders_and_other_people(store: StoreRef, tmp_path: Path) -> None:
    contact_id = bring_all(store)
    upsert(store, [factories.order("J1", contact=factories.contact("joao@example.com"))], LIVE)
    before = factories.query(
        "SELECT currency, count(*), sum(total - refund_total), sum(items) FROM orders GROUP BY 1"
    )

    erasure.erase(contact_id, "test")

    after = factories.query(
        "SELECT currency, count(*), sum(total - refund_total), sum(items) FROM orders GROUP BY 1"
    )
    assert after == before
    assert Order.objects.get(external_id="M1").contact_id is None
    assert [contact.email for contact in Contact.objects.all()] == ["joao@example.com"]


def test_it_does_not_bring_her_back_with_the_next_sync(store: StoreRef, tmp_path: Path) -> None:
    contact_id = bring_all(store)
    erasure.erase(contact_id, "test")

    newer = factories.order("M1", factories.line(price="11.00"), contact=maria())
    (result,) = upsert(store, [newer], Cause("sync", live=True))
    job = import_file(
        store, tmp_path / "a.csv.gz", HEADER + "M9,paid,2026-01-02,maria.silva@example.com,5.00,mug,5.00,1\n"
    )

    assert result.outcome is Outcome.UPDATED
    assert job.state == ImportState.DONE
    assert Contact.objects.count() == 0
    assert Order.objects.get(external_id="M1").contact_id is None
    assert Order.objects.get(external_id="M9").contact_id is None


def test_it_remembers_her_only_by_a_keyed_hash(store: StoreRef) -> None:
    contact_id = bring_all(store)
    erasure.erase(contact_id, "test")

    kept = {bytes(row[0]) for row in factories.query("SELECT digest FROM tombstone")}

    assert tombstones.digest(("email", 0, "maria.silva@example.com")) in kept
    assert len(kept) == 3


def test_it_stops_an_import_whose_file_held_her(store: StoreRef, tmp_path: Path) -> None:
    contact_id = bring_all(store)
    path = tmp_path / "wide.csv"
    path.write_bytes(
        (HEADER + "M7,paid,2026-01-02,Maria.Silva@Example.com,5.00,mug,5.00,1\n").encode("utf-16")
    )
    job = imports.create(
        Store.objects.get(id=store.id), path, path.name, {}, dry_run=False, created_by="test", keep_file=True
    )

    kept = Path(job.file_path)

    erasure.erase(contact_id, "test")

    job.refresh_from_db()
    assert job.state == ImportState.FAILED
    assert "Upload the file again" in job.error
    assert not kept.exists()


def test_it_leaves_files_that_she_is_not_in(store: StoreRef, tmp_path: Path) -> None:
    contact_id = bring_all(store)
    job = import_file(
        store, tmp_path / "b.csv.gz", HEADER + "J1,paid,2026-01-02,joao@example.com,5.00,mug,5.00,1\n"
    )

    erasure.erase(contact_id, "test")

    assert Path(job.file_path).exists()


def test_it_exports_all_that_is_known(store: StoreRef) -> None:
    contact_id = bring_all(store)

    told = privacy.export(contact_id)

    text = json.dumps(told, default=str, ensure_ascii=False)
    assert [mark for mark in MARKS if mark.casefold() not in text.casefold()] == []
    assert told["tags"] == ["vip"]
    assert told["lists"] == ["Friends"]
    assert [order["external_id"] for order in told["orders"]] == ["M1"]
    assert told["orders"][0]["lines"][0]["total"] == Decimal(10)
    assert {payload["kind"] for payload in told["payloads"]} == {"order", "cart"}


def test_it_says_so_when_there_is_no_such_person(db: None) -> None:
    with pytest.raises(Contact.DoesNotExist):
        erasure.erase(1, "test")
