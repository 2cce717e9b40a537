import json
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from comanda.ingest.upsert import Cause, StoreRef, upsert
from comanda.records.models import Activity, ImportWrite, Inbox, Order, OrderLine, Refund
from comanda.shapes import OrderIn, OrderStatus, Outcome, RefundIn, Result
from tests.factories import HISTORY, LIVE, at, contact, line, make_store, order, query

pytestmark = pytest.mark.django_db(transaction=True)


def put(store: StoreRef, shape: OrderIn, cause: Cause = LIVE) -> Result:
    (result,) = upsert(store, [shape], cause)
    return result


def activity() -> list[tuple[Any, ...]]:
    return [(a.kind, a.order_id, a.at, a.live, a.data) for a in Activity.objects.order_by("id") if a.order_id]


FULL = order(
    "1001",
    line("mug", "2", "10.50", name="Mug", sku="M1", variant_id="red", category="Kitchen",
         image_url="https://shop.test/m.png", discount=Decimal("1.00"), total=Decimal("20.00")),
    line("", "1", "-3", name="Voucher"),
    placed_at=datetime(2026, 2, 3, 4, 5, 6, 789, tzinfo=UTC),
    total=Decimal("19.99"),
    number="#1001",
    status=OrderStatus.PENDING,
    source_status="on-hold",
    updated_at=at(5),
    paid_at=at(1),
    fulfilled_at=at(2),
    canceled_at=at(3),
    discount_total=Decimal("1.00"),
    shipping_total=Decimal("4.20"),
    tax_total=Decimal("3.30"),
    refund_total=Decimal("5"),
    refunds=[RefundIn("r1", Decimal("5"), at(4), "broken"), RefundIn("r0", Decimal("0.01"))],
    coupons=("TEN", 'a"b,{}'),
    tags=("gift",),
    shipping_method="van",
    payment_method="card",
    admin_url="https://shop.test/admin/1001",
    cart_id="c7",
    raw=b'{"id": 1001}',
)  # fmt: skip


def test_it_keeps_all_that_the_shop_said(store: StoreRef) -> None:
    result = put(store, FULL)

    kept: dict[str, Any] = dict(Order.objects.values().get())
    told_by_the_database = {kept.pop(column) for column in ("id", "digest", "created_at", "updated_at")}
    assert result.outcome is Outcome.CREATED
    assert result.id in told_by_the_database
    assert kept == {
        "store_id": store.id, "external_id": "1001", "number": "#1001", "status": "pending",
        "source_status": "on-hold", "currency": "EUR", "total": Decimal("19.99"), "refund_total": Decimal(5),
        "discount_total": Decimal(1), "shipping_total": Decimal("4.20"), "tax_total": Decimal("3.30"),
        "items": Decimal(3), "placed_at": FULL.placed_at, "paid_at": at(1), "fulfilled_at": at(2),
        "canceled_at": at(3), "source_updated_at": at(5), "coupons": ["TEN", 'a"b,{}'], "tags": ["gift"],
        "shipping_method": "van", "payment_method": "card", "admin_url": "https://shop.test/admin/1001",
        "cart_external_id": "c7", "import_id": None, "contact_id": None, "fingerprint": b"",
    }  # fmt: skip


def test_it_keeps_lines_in_their_order_at_the_price_paid(store: StoreRef) -> None:
    result = put(store, FULL)

    columns = (
        "order_id", "position", "product__external_id", "quantity", "unit_price", "total", "discount", "name",
        "sku", "variant_id", "category", "image_url",
    )  # fmt: skip
    assert list(OrderLine.objects.order_by("position").values_list(*columns)) == [
        (result.id, 1, "mug", Decimal(2), Decimal("10.50"), Decimal(20), Decimal(1), "Mug", "M1", "red",
         "Kitchen", "https://shop.test/m.png"),
        (result.id, 2, None, Decimal(1), Decimal(-3), Decimal(-3), Decimal(0), "Voucher", "", "", "", ""),
    ]  # fmt: skip
    refunds = Refund.objects.order_by("external_id")
    assert list(refunds.values_list("external_id", "amount", "refunded_at", "reason")) == [
        ("r0", Decimal("0.01"), None, ""),
        ("r1", Decimal(5), at(4), "broken"),
    ]  # fmt: skip


def test_it_keeps_the_payload_as_received(store: StoreRef) -> None:
    put(store, FULL)
    put(store, order("1002", raw=b"\x00\xff\\N\t"))
    put(store, order("1003"))

    assert [
        (kept.external_id, kept.kind, kept.source, kept.state, bytes(kept.body))
        for kept in Inbox.objects.order_by("id")
    ] == [
        ("1001", "order", "api", "done", b'{"id": 1001}'),
        ("1002", "order", "api", "done", b"\x00\xff\\N\t"),
    ]


def test_it_tells_of_a_new_order_at_the_time_it_was_placed(store: StoreRef) -> None:
    result = put(store, FULL)

    data = {"status": "pending", "total": "19.99", "currency": "EUR"}
    assert activity() == [("order_created", result.id, FULL.placed_at, True, data)]


def test_it_tells_of_history_as_such(store: StoreRef) -> None:
    put(store, FULL, HISTORY)

    assert [live for _, _, _, live, _ in activity()] == [False]


def test_it_changes_nothing_for_the_same_version(store: StoreRef) -> None:
    created = put(store, FULL)
    before = query("SELECT xmin, * FROM orders"), query("SELECT xmin, * FROM order_line ORDER BY position")

    assert put(store, FULL) == Result(Outcome.UNCHANGED, created.id)
    assert (
        query("SELECT xmin, * FROM orders"),
        query("SELECT xmin, * FROM order_line ORDER BY position"),
    ) == before
    assert len(activity()) == 1
    assert Inbox.objects.count() == 1


def test_it_puts_a_newer_version_over_the_older(store: StoreRef) -> None:
    created = put(store, FULL)
    newer = replace(
        FULL,
        lines=[line("cup", "3", "1")],
        refunds=[],
        status=OrderStatus.COMPLETED,
        source_status="shipped",
        total=Decimal(3),
        coupons=(),
        updated_at=at(6),
        paid_at=None,
    )

    result = put(store, newer)

    assert result == Result(Outcome.UPDATED, created.id)
    kept = Order.objects.get()
    assert (kept.status, kept.source_status, kept.total, kept.items) == (
        "completed",
        "shipped",
        Decimal(3),
        Decimal(3),
    )
    assert (kept.coupons, kept.paid_at, kept.source_updated_at) == ([], None, at(6))
    assert list(OrderLine.objects.values_list("position", "product__external_id")) == [(1, "cup")]
    assert not Refund.objects.exists()


def test_it_tells_what_a_newer_version_changed(store: StoreRef) -> None:
    created = put(store, replace(FULL, contact=contact()))
    newer = replace(
        FULL,
        contact=contact(),
        status=OrderStatus.COMPLETED,
        total=Decimal("19.990001"),
        paid_at=None,
        lines=FULL.lines[:1],
        refunds=FULL.refunds[::-1],
        updated_at=at(6),
    )
    put(store, newer)

    kind, order_id, moment, live, data = activity()[-1]
    assert (kind, order_id, moment, live) == ("order_updated", created.id, at(6), True)
    assert data == {
        "changes": {
            "status": ["pending", "completed"],
            "total": ["19.99", "19.990001"],
            "paid_at": [at(1).isoformat(), None],
            "lines": [2, 1],
        }
    }


def test_it_tells_of_lines_and_refunds_changed_within(store: StoreRef) -> None:
    put(store, FULL)
    put(
        store,
        replace(
            FULL,
            lines=[FULL.lines[0], replace(FULL.lines[1], name="Gift card")],
            refunds=[FULL.refunds[0], replace(FULL.refunds[1], reason="late")],
            updated_at=at(6),
        ),
    )

    assert activity()[-1][-1] == {"changes": {"lines": [2, 2], "refunds": [2, 2]}}


@pytest.mark.parametrize(
    ("first", "second", "outcome", "note"),
    [
        (at(2), at(1), Outcome.UNCHANGED,
         "This version is older; the one of 2026-03-01T12:02:00+00:00 was kept."),
        (at(2), None, Outcome.UNCHANGED,
         "This version says no updated_at; the one of 2026-03-01T12:02:00+00:00 was kept."),
        (at(2), at(2), Outcome.UPDATED, ""),
        (at(2), at(3), Outcome.UPDATED, ""),
        (None, at(1), Outcome.UPDATED, ""),
        (None, None, Outcome.UPDATED, ""),
    ],
)  # fmt: skip
def test_it_weighs_versions(
    store: StoreRef, first: datetime | None, second: datetime | None, outcome: Outcome, note: str
) -> None:
    created = put(store, order("1", total=Decimal(1), updated_at=first))

    result = put(store, order("1", total=Decimal(2), updated_at=second))

    assert result == Result(outcome, created.id, note=note)
    assert Order.objects.get().total == (2 if outcome is Outcome.UPDATED else 1)
    assert len(activity()) == (2 if outcome is Outcome.UPDATED else 1)


def test_it_keeps_the_contact_that_the_newest_version_names(store: StoreRef) -> None:
    put(store, order("1", contact=contact("ana@example.com"), updated_at=at(1)))
    ana = Order.objects.get().contact_id
    put(store, order("1", contact=contact("rui@example.com"), updated_at=at(2)))
    rui = Order.objects.get().contact_id
    put(store, order("1", updated_at=at(3)))

    assert None not in (ana, rui)
    assert ana != rui
    assert Order.objects.get().contact_id is None
    told = Activity.objects.filter(kind="order_updated").order_by("id").values_list("contact_id", "data")
    assert list(told) == [
        (rui, {"changes": {"contact_id": [ana, rui]}}),
        (rui, {"changes": {"contact_id": [rui, None]}}),
    ]


def test_it_keeps_guests_negative_lines_and_totals_of_zero(store: StoreRef) -> None:
    results = upsert(
        store,
        [
            order("guest", contact=None),
            order("zero", line(price="0")),
            replace(order("empty"), lines=[]),
            order("return", line(quantity="-2", price="5")),
            order("lost", contact=contact("not an address")),
            order("stand-in", contact=contact("noreply@shop.test")),
        ],
        LIVE,
    )

    assert [result.outcome for result in results] == [Outcome.CREATED] * 6
    assert [result.note for result in results][:4] == [""] * 4
    assert results[4].note.startswith("e-mail left out: ")
    assert results[5].note == "noreply@shop.test stands for nobody"
    assert query("SELECT external_id, total, items, contact_id FROM orders ORDER BY id") == [
        ("empty", Decimal(10), Decimal(0), None),
        ("guest", Decimal(10), Decimal(1), None),
        ("lost", Decimal(10), Decimal(1), None),
        ("return", Decimal(-10), Decimal(-2), None),
        ("stand-in", Decimal(10), Decimal(1), None),
        ("zero", Decimal(0), Decimal(1), None),
    ]
    assert query("SELECT count(*) FROM contact") == [(0,)]


def test_it_never_mixes_currencies(store: StoreRef) -> None:
    upsert(store, [order("1", currency="EUR"), order("2", currency="JPY"), order("3", currency="EUR")], LIVE)

    assert query("SELECT currency, sum(total) FROM orders GROUP BY 1 ORDER BY 1") == [
        ("EUR", Decimal(20)),
        ("JPY", Decimal(10)),
    ]


def test_it_knows_an_order_by_its_store_too(store: StoreRef) -> None:
    other = make_store("other")

    put(store, order("1", total=Decimal(1)))
    put(other, order("1", total=Decimal(2)))

    assert query("SELECT store_id, total FROM orders ORDER BY id") == [(store.id, 1), (other.id, 2)]


IMPORT = Cause("csv", live=False, import_id=7)


def test_it_remembers_what_an_import_made(store: StoreRef) -> None:
    result = put(store, FULL, IMPORT)

    (wrote,) = ImportWrite.objects.filter(kind="order")
    digest = bytes(Order.objects.get().digest).hex()
    assert (wrote.import_id, wrote.record_id, wrote.before, wrote.after) == (7, result.id, None, [digest])
    assert Order.objects.get().import_id == 7


def test_it_remembers_exactly_what_an_import_replaced(store: StoreRef) -> None:
    amount = Decimal("99999999999999.999999")
    result = put(store, replace(FULL, total=amount, contact=contact()))
    row = json.loads(query("SELECT (to_jsonb(o) - 'digest')::text FROM orders o")[0][0], parse_float=str)
    lines = query("SELECT to_jsonb(l)::text FROM order_line l ORDER BY position")
    digest = bytes(Order.objects.get().digest).hex()

    put(store, replace(FULL, total=Decimal(1), lines=[], refunds=[], updated_at=at(9)), IMPORT)

    (before,) = query("SELECT before::text FROM import_write WHERE kind = 'order'")[0]
    kept = json.loads(before, parse_float=str)
    assert kept == {
        **row,
        "digest": digest,
        "lines": [json.loads(text, parse_float=str) for (text,) in lines],
        "refunds": kept["refunds"],
    }
    assert kept["total"] == "99999999999999.999999"
    assert kept["contact_id"] is not None
    assert [(r["external_id"], r["amount"], r["order_id"]) for r in kept["refunds"]] == [
        ("r0", "0.010000", result.id),
        ("r1", "5.000000", result.id),
    ]


def test_it_remembers_what_stood_before_an_import_that_writes_twice(store: StoreRef) -> None:
    put(store, order("1", total=Decimal(1), updated_at=at(1)))
    upsert(
        store,
        [order("1", total=Decimal(2), updated_at=at(2)), order("1", total=Decimal(3), updated_at=at(3))],
        IMPORT,
    )
    upsert(
        store,
        [order("2", total=Decimal(2), updated_at=at(2)), order("2", total=Decimal(3), updated_at=at(3))],
        IMPORT,
    )

    digests = {kept.pk: [bytes(kept.digest).hex()] for kept in Order.objects.all()}
    wrote = ImportWrite.objects.filter(kind="order").order_by("record_id")
    assert [(each.before and each.before["total"], each.after) for each in wrote] == [
        (1, digests[wrote[0].record_id]),
        (None, digests[wrote[1].record_id]),
    ]


def test_it_forgets_an_import_once_someone_else_writes(store: StoreRef) -> None:
    put(store, order("1", total=Decimal(1)), IMPORT)
    put(store, order("1", total=Decimal(2)))

    assert Order.objects.get().import_id is None
