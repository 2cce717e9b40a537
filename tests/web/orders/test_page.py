"""The page of an order."""

from decimal import Decimal

import pytest
from django.test import Client

from comanda.ingest.upsert import StoreRef, upsert
from comanda.records.models import Activity, Import, Inbox, Order, OrderLine
from comanda.shapes import OrderStatus, RefundIn
from tests import factories
from tests.factories import LIVE, NOON, at, contact, line, order
from tests.web import hostile

RAW = b'{"id":1001,"total":"19.90","note":"\\u00e9 {\\"a\\": [1]}","lines":[],"deep":[{"a":1.50}]}'


@pytest.fixture
def sold(store: StoreRef) -> int:
    """An order with all that an order can have; its id."""
    made = order(
        "1001",
        line("mug", "2", "10.00", name="Mug", sku="MUG-1", category="Mugs", discount=Decimal("1.50"),
             image_url="https://shop.example/mug.png"),
        line("pot", "1", "5.00", name="Pot", image_url="http://shop.example/pot.png"),
        number="#1001", total=Decimal("27.50"), discount_total=Decimal("2.50"),
        shipping_total=Decimal("4.00"), tax_total=Decimal("1.00"), refund_total=Decimal("7.00"),
        coupons=("TEN",), shipping_method="Courier",
        payment_method="card", admin_url="https://shop.example/admin/1001", source_status="processing",
        paid_at=at(5), contact=contact(first_name="Ana"), raw=RAW,
        refunds=[RefundIn("r1", Decimal("5.00"), at(60), "Broken")],
    )  # fmt: skip
    upsert(store, [made], LIVE)
    return int(factories.value("SELECT id FROM orders"))


def text(client: Client, path: str) -> str:
    return " ".join(client.get(path).content.decode().split())


def test_whoever_is_signed_in_may_look(
    sold: int, owner: Client, marketer: Client, viewer: Client, stranger: Client
) -> None:
    clients = (owner, marketer, viewer, stranger)

    assert [client.get(f"/orders/{sold}").status_code for client in clients] == [200, 200, 200, 302]


def test_it_tells_all_of_an_order(sold: int, viewer: Client) -> None:
    shown = text(viewer, f"/orders/{sold}")

    assert (
        'href="https://shop.example/admin/1001" target="_blank" rel="noopener noreferrer">#1001</a>' in shown
    )
    assert "The shop says “processing”" in shown
    assert "Mar 1, 2026, 12:00 PM UTC" in shown
    for told in (
        "Ana",
        "ana@example.com",
        "SKU MUG-1",
        "Mugs",
        "€10.00",
        "€20.00",
        "€1.50 off",
        "Courier",
        "TEN",
    ):
        assert told in shown
    for amount in ("−€2.50", "€4.00", "€1.00", "€27.50", "−€7.00", "€20.50"):
        assert amount in shown
    assert "Broken" in shown
    assert "More refunds, of which the shop told the sum only" in shown
    assert "−€2.00" in shown


def test_pictures_come_over_https_alone(sold: int, viewer: Client) -> None:
    shown = text(viewer, f"/orders/{sold}")

    assert 'src="https://shop.example/mug.png"' in shown
    assert "http://shop.example/pot.png" not in shown


def test_it_keeps_lines_of_deleted_products(sold: int, viewer: Client) -> None:
    OrderLine.objects.filter(order_id=sold, position=1).update(product_id=None)

    shown = text(viewer, f"/orders/{sold}")

    assert "Not in the catalogue any more" in shown
    assert ">Mug</span>" in shown


def test_it_shows_the_first_of_very_many_lines_and_all_when_asked(store: StoreRef, viewer: Client) -> None:
    bought = [line(f"p{number}", name=f"Thing {number}", price="2.00") for number in range(103)]
    upsert(store, [order("1001", *bought)], LIVE)
    order_id = factories.value("SELECT id FROM orders")

    first, every = text(viewer, f"/orders/{order_id}"), text(viewer, f"/orders/{order_id}?lines=all")

    assert ("Thing 99<" in first, "Thing 100<" in first) == (True, False)
    assert "and 3 more lines" in first
    assert "Thing 102<" in every
    assert "more line" not in every
    assert "€206.00" in first


def test_it_tells_what_changed_in_words(store: StoreRef, sold: int, viewer: Client) -> None:
    newer = order(
        "1001", line("mug"), number="#1001", total=Decimal(12), status=OrderStatus.CANCELED,
        updated_at=at(90), source_status="canceled", canceled_at=at(80), contact=contact(),
        coupons=("A", "B"),
    )  # fmt: skip
    upsert(store, [newer], LIVE)

    shown = text(viewer, f"/orders/{sold}")

    assert "Status: Completed → Canceled" in shown
    assert "The shop&#x27;s own status: processing → canceled" in shown
    assert "Total: €27.50 → €12.00" in shown
    assert "Coupons: TEN → A, B" in shown
    assert "Canceled: – → Mar 1, 2026, 1:20 PM UTC" in shown
    assert "Products: 2 → 1" in shown
    assert shown.index("Order changed") < shown.index("Order placed")
    assert "Completed · €27.50" in shown


def test_it_tells_the_history_of_a_guest_who_became_known(store: StoreRef, viewer: Client) -> None:
    upsert(store, [order("7")], LIVE)
    upsert(store, [order("7", contact=contact(), updated_at=at(1))], LIVE)
    made = Order.objects.get()

    shown = text(viewer, f"/orders/{made.pk}")

    assert f"Contact: Guest → Contact {made.contact_id}" in shown
    assert "Order placed" in shown


def test_it_tells_that_an_undone_import_put_it_back(sold: int, viewer: Client) -> None:
    Activity.objects.create(kind="order_restored", order_id=sold, at=NOON, live=False)

    shown = text(viewer, f"/orders/{sold}")

    assert "An order was put back as it was before an import that was undone" in shown
    assert "order_restored" not in shown


def test_payloads_are_for_owners_and_marketers(
    sold: int, owner: Client, marketer: Client, viewer: Client
) -> None:
    path = f"/orders/{sold}/payloads/{Inbox.objects.get().pk}"

    told = [client.get(path).status_code for client in (owner, marketer, viewer)]

    assert told == [200, 200, 403]
    assert "As received on" in text(marketer, f"/orders/{sold}")
    assert "As received on" not in text(viewer, f"/orders/{sold}")
    assert "Owners and marketers see here what was sent." in text(viewer, f"/orders/{sold}")
    answer = owner.get(path)
    assert answer.content == RAW
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment")


def test_a_payload_is_found_only_with_its_order(store: StoreRef, sold: int, owner: Client) -> None:
    upsert(store, [order("other", raw=b"{}")], LIVE)
    other = Inbox.objects.get(external_id="other")

    assert owner.get(f"/orders/{sold}/payloads/{other.pk}").status_code == 404
    assert owner.get(f"/orders/{sold}/payloads/0").status_code == 404


@pytest.mark.parametrize(
    "body", [*(said.encode() for said in hostile.TEXTS), b"\xff\x00", b"[" * 100_000, b"x" * 200_000]
)
def test_a_payload_is_shown_as_text(sold: int, owner: Client, body: bytes) -> None:
    Inbox.objects.update(body=body)

    answer = owner.get(f"/orders/{sold}")

    assert answer.status_code == 200
    assert hostile.SCRIPT not in answer.content.decode()
    assert "<img src=x" not in answer.content.decode()


def test_it_tells_the_import_and_whether_its_rows_are_kept(
    store: StoreRef, sold: int, viewer: Client
) -> None:
    job = Import.objects.create(store_id=store.id, file_name="march.csv", file_path="/kept/1.csv")
    Order.objects.update(import_id=job.pk)

    kept = text(viewer, f"/orders/{sold}")
    Import.objects.update(file_path="")
    gone = text(viewer, f"/orders/{sold}")

    assert f'<a href="/imports/{job.pk}">march.csv</a>' in kept
    assert "Its file with all rows is still kept." in kept
    assert "its rows are gone with it" in gone


def test_it_says_when_nothing_is_kept_any_more(store: StoreRef, viewer: Client) -> None:
    upsert(store, [order("7", placed_at=NOON)], LIVE)

    assert "of this order nothing is kept any more" in text(viewer, f"/orders/{Order.objects.get().pk}")


@pytest.mark.parametrize("order_id", [0, 2**63, 10**30])
def test_an_order_that_there_is_not(viewer: Client, order_id: int) -> None:
    assert viewer.get(f"/orders/{order_id}").status_code == 404
