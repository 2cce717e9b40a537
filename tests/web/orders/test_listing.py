"""The list of orders."""

from decimal import Decimal

import pytest
from django.test import Client

from comanda.ingest.upsert import StoreRef, upsert
from comanda.records.models import AuditEntry
from comanda.shapes import OrderIn, OrderStatus
from comanda.web.orders import asked
from tests import factories
from tests.factories import HISTORY, at, contact, order
from tests.web import hostile

PAGES = ("/orders", "/orders/sums", "/orders/export")


@pytest.fixture
def sold(store: StoreRef) -> StoreRef:
    """Three orders: of Ana, of a guest, and one in dollars that is not paid."""
    bought = [
        order("1", placed_at=at(1), number="#1", contact=contact(first_name="Ana", last_name="Silva")),
        order("2", placed_at=at(2), number="#2", total=Decimal("30"), refund_total=Decimal("5")),
        order(
            "3",
            placed_at=at(3),
            number="#3",
            currency="USD",
            status=OrderStatus.PENDING,
            source_status="on-hold",
        ),
    ]
    upsert(store, bought, HISTORY)
    return store


def text(client: Client, path: str, **headers: str) -> str:
    return client.get(path, headers=headers).content.decode()


def numbers(client: Client, path: str) -> list[str]:
    shown = text(client, path)
    return [number for number in ("#3", "#2", "#1") if f">{number}</a>" in shown]


@pytest.mark.parametrize("path", PAGES)
def test_whoever_is_signed_in_may_look(
    sold: StoreRef, owner: Client, marketer: Client, viewer: Client, stranger: Client, path: str
) -> None:
    told = [client.get(path).status_code for client in (owner, marketer, viewer, stranger)]

    assert told == [200, 200, 200, 302]


def test_it_leads_by_the_hand_when_there_is_nothing(owner: Client, viewer: Client) -> None:
    assert "No orders yet" in text(owner, "/orders")
    assert 'href="/imports/new"' in text(owner, "/orders")
    assert 'href="/imports/new"' not in text(viewer, "/orders")


def test_it_shows_number_contact_status_and_total(sold: StoreRef, viewer: Client) -> None:
    shown = text(viewer, "/orders")

    assert shown.index(">#3</a>") < shown.index(">#2</a>") < shown.index(">#1</a>")
    assert "Ana Silva" in shown
    assert "Guest" in shown
    assert "on-hold" in shown
    assert "€30.00" in shown
    assert "€5.00 refunded" in shown


@pytest.mark.parametrize(
    ("query", "expected"),
    [("status=pending", ["#3"]), ("status=pending&status=completed&store=shop", ["#3", "#2", "#1"]),
     ("currency=EUR", ["#2", "#1"]), ("buyer=known", ["#1"]), ("refund=yes", ["#2"]), ("q=%232", ["#2"]),
     ("from=2026-03-02", []), ("to=2026-03-01&currency=USD", ["#3"]), ("status=", ["#3", "#2", "#1"])],
)  # fmt: skip
def test_it_narrows(sold: StoreRef, viewer: Client, query: str, expected: list[str]) -> None:
    assert numbers(viewer, f"/orders?{query}") == expected


def test_it_says_that_nothing_passes(sold: StoreRef, viewer: Client) -> None:
    assert "No such orders" in text(viewer, "/orders?status=canceled")


def test_it_sorts_by_total_within_a_currency(sold: StoreRef, viewer: Client) -> None:
    by_total = text(viewer, "/orders?sort=smallest&currency=EUR")
    not_offered = text(viewer, "/orders?sort=smallest")

    assert by_total.index(">#1</a>") < by_total.index(">#2</a>")
    assert 'aria-sort="ascending"' in by_total
    assert "within one currency" in not_offered
    assert not_offered.index(">#3</a>") < not_offered.index(">#2</a>")


def test_its_pages_join(sold: StoreRef, viewer: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asked, "AT_ONCE", 2)

    first = viewer.get("/orders")
    second = viewer.get("/orders", {"cursor": first.context["older"]})

    assert [each.number for each in first.context["rows"]] == ["#3", "#2"]
    assert [each.number for each in second.context["rows"]] == ["#1"]
    assert second.context["older"] is None


@pytest.mark.parametrize(
    "cursor", ["x", "~", "2026-03-01~1", "NaN~1", "9" * 40 + "~9", "2026-03-01T00:00:00+00:00~x"]
)
def test_a_cursor_that_is_none_begins_anew(sold: StoreRef, viewer: Client, cursor: str) -> None:
    assert numbers(viewer, f"/orders?cursor={cursor}") == ["#3", "#2", "#1"]
    assert viewer.get(f"/orders?sort=largest&currency=EUR&cursor={cursor}").status_code == 200


@pytest.mark.parametrize(
    ("query", "told"),
    [("status=paid", "There is no such status."), ("from=soon", "The first day is not a day"),
     ("store=nowhere", "There is no such store."), ("q=%00", "no NUL characters")],
)  # fmt: skip
def test_it_tells_what_it_does_not_understand(owner: Client, query: str, told: str) -> None:
    answer = owner.get(f"/orders?{query}")

    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert owner.get(f"/orders/export?{query}").status_code == 422
    assert owner.get(f"/orders/sums?{query}").status_code == 200


def test_htmx_gets_the_part_that_changes(sold: StoreRef, viewer: Client) -> None:
    answer = viewer.get("/orders?status=pending", headers={"hx-request": "true"})
    typed = viewer.get("/orders?q=1", headers={"hx-request": "true", "hx-trigger-name": "q"})

    assert "<html" not in answer.content.decode()
    assert answer.headers["HX-Push-Url"] == "/orders?status=pending"
    assert typed.headers["HX-Replace-Url"] == "/orders?q=1"


def test_it_adds_up_by_currency(sold: StoreRef, viewer: Client) -> None:
    shown = " ".join(text(viewer, "/orders/sums").split())

    assert "2 orders" in shown
    assert "€40.00" in shown
    assert "<strong>€35.00</strong>" in shown
    assert "<strong>$0.00</strong>" in shown


def test_it_exports_what_is_narrowed(sold: StoreRef, viewer: Client) -> None:
    answer = viewer.get("/orders/export?currency=EUR&sort=oldest")

    rows = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()  # type: ignore[attr-defined]
    assert answer.headers["Content-Disposition"] == 'attachment; filename="orders.csv"'
    assert rows[0].startswith("Id,Store,Order id,Number,Status")
    assert [row.split(",")[2] for row in rows[1:]] == ["1", "2"]
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.detail) == ("orders.export", {"narrowed_by": ["currency"]})


@pytest.mark.parametrize("said", hostile.TEXTS)
def test_hostile_text_is_shown_as_text(store: StoreRef, owner: Client, said: str) -> None:
    hostile_order: OrderIn = order(
        said, number=said, source_status=said[:100], contact=contact(first_name=said, last_name=said),
        coupons=(said,), tags=(said,), shipping_method=said, payment_method=said,
        admin_url="javascript:alert(1)",
    )  # fmt: skip
    upsert(store, [hostile_order], HISTORY)
    order_id = factories.value("SELECT id FROM orders")

    pages = [
        text(owner, path) for path in ("/orders", f"/orders/{order_id}", "/orders?q=x&coupon=" + "y" * 200)
    ]

    for page in pages:
        assert hostile.SCRIPT not in page
        assert "<img src=x" not in page
        assert "javascript:" not in page
    assert owner.get("/orders", {"q": said, "coupon": said}).status_code == 200
