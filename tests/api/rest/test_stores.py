"""Stores by API: added, edited, listed with what they have brought."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from comanda.ingest import store_removal
from comanda.records import stores
from comanda.records.models import AuditEntry, List, Order, Role, Store
from tests import factories
from tests.api import bodies, client
from tests.api.client import Caller

pytestmark = pytest.mark.django_db

LISBON: dict[str, Any] = {
    "key": "lisbon-1",
    "name": "Loja de Lisboa",
    "description": "Rés-do-chão",
    "kind": "physical",
    "platform": "csv",
    "url": "https://lisboa.example/",
    "currency": "EUR",
    "timezone": "Europe/Lisbon",
    "country": "PT",
    "address": "Rua Augusta 1, Lisboa",
    "latitude": 38.7108,
    "longitude": -9.1372,
    "status_map": {"na fila": "pending"},
    "contact_list": "Lisbon",
}
TOTALS = {"orders", "lines", "contacts", "products", "revenue", "last_order_at", "synced_to"}
NEEDED = {"key": "x"}


def test_it_adds_a_store(owner: Caller) -> None:
    reply = owner.post("stores", LISBON)

    assert reply.status == 201
    assert {name: reply.body[name] for name in LISBON} == LISBON
    kept = Store.objects.get(key="lisbon-1")
    assert (kept.kind, kept.latitude, kept.timezone) == ("physical", 38.7108, "Europe/Lisbon")
    assert kept.contact_list == List.objects.get(name="Lisbon")
    deed = AuditEntry.objects.get()
    assert (deed.action, deed.target) == ("store.add", "store lisbon-1")
    assert deed.actor.startswith("key ")


def test_it_needs_no_more_than_a_key(owner: Caller) -> None:
    made = owner.post("stores", {"key": "x"}).body

    assert (made["name"], made["kind"], made["currency"], made["timezone"]) == ("x", "online", "EUR", "UTC")
    assert (made["latitude"], made["contact_list"], made["status_map"]) == (None, None, {})


def test_it_gives_no_key_twice(owner: Caller) -> None:
    reply = owner.post("stores", {"key": "shop", "contact_list": "Other"})

    assert (reply.status, list(reply.faults)) == (409, ["#/key"])
    assert Store.objects.count() == 1
    assert not List.objects.exists()
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "#/key"),
        ({"key": ""}, "#/key"),
        ({"key": "Shop"}, "#/key"),
        ({"key": "a/b"}, "#/key"),
        ({"key": "a\0b"}, "#/key"),
        ({"key": "-a"}, "#/key"),
        ({"key": "a" * 65}, "#/key"),
        ({"key": 1}, "#/key"),
        ({**NEEDED, "currency": "eur"}, "#/currency"),
        ({**NEEDED, "currency": "XXY"}, "#/currency"),
        ({**NEEDED, "currency": None}, "#/currency"),
        ({**NEEDED, "timezone": "Lisbon"}, "#/timezone"),
        ({**NEEDED, "timezone": "../../etc/passwd"}, "#/timezone"),
        ({**NEEDED, "timezone": "localtime"}, "#/timezone"),
        ({**NEEDED, "country": "XX"}, "#/country"),
        ({**NEEDED, "kind": "mobile"}, "#/kind"),
        ({**NEEDED, "platform": ""}, "#/platform"),
        ({**NEEDED, "platform": "x" * 33}, "#/platform"),
        ({**NEEDED, "name": "a\0b"}, "#/name"),
        ({**NEEDED, "name": "x" * 20_001}, "#/name"),
        ({**NEEDED, "latitude": 90.1}, "#/latitude"),
        ({**NEEDED, "latitude": "38"}, "#/latitude"),
        ({**NEEDED, "latitude": True}, "#/latitude"),
        ({**NEEDED, "longitude": -180.5}, "#/longitude"),
        ({**NEEDED, "status_map": {"paid": "payed"}}, "#/status_map/paid"),
        ({**NEEDED, "status_map": {"a\0": "pending"}}, "#/status_map/a\0"),
        ({**NEEDED, "status_map": []}, "#/status_map"),
        ({**NEEDED, "contact_list": ""}, "#/contact_list"),
        ({**NEEDED, "contact_list": "x" * 201}, "#/contact_list"),
        ({**NEEDED, "synced_to": None}, "#/synced_to"),
    ],
)
def test_it_points_at_what_is_wrong(owner: Caller, body: dict[str, Any], pointer: str) -> None:
    reply = owner.post("stores", body)

    assert reply.status == 422
    assert any(place.startswith(pointer) for place in reply.faults)
    assert Store.objects.count() == 1
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize("number", ["NaN", "Infinity", "1e400", "-1e400"])
def test_it_takes_no_place_that_is_no_number(owner: Caller, number: str) -> None:
    reply = owner.post("stores", f'{{"key": "x", "latitude": {number}}}'.encode())

    assert reply.status in (400, 422)
    assert Store.objects.count() == 1


@pytest.mark.parametrize(
    "text", ["'; DROP TABLE store; --", "{{ 7 * 7 }}", "{% debug %}", "🛒 שלום", "=cmd()"]
)
def test_it_keeps_text_as_it_is(owner: Caller, text: str) -> None:
    told = {"name": text, "address": text, "status_map": {text: "pending"}, "contact_list": text}

    owner.patch("stores/shop", told)

    shown = owner.get("stores/shop").body
    assert {name: shown[name] for name in told} == told


def test_it_changes_only_what_is_sent(owner: Caller) -> None:
    owner.post("stores", LISBON)

    reply = owner.patch("stores/lisbon-1", {"name": "Loja", "latitude": None})

    assert reply.status == 200
    assert {name: reply.body[name] for name in LISBON} == {**LISBON, "name": "Loja", "latitude": None}
    deed = AuditEntry.objects.get(action="store.edit")
    assert (deed.target, deed.detail) == ("store lisbon-1", {"columns": ["latitude", "name"]})


def test_it_takes_a_store_off_its_list(owner: Caller) -> None:
    owner.patch("stores/shop", {"contact_list": "Friends"})

    assert owner.patch("stores/shop", {"contact_list": None}).body["contact_list"] is None
    assert List.objects.count() == 1


def test_it_changes_nothing_when_something_is_wrong(owner: Caller) -> None:
    reply = owner.patch("stores/shop", {"name": "New", "currency": "nope"})

    assert (reply.status, list(reply.faults)) == (422, ["#/currency"])
    assert owner.get("stores/shop").body["name"] == "Shop"


def test_it_never_changes_a_key(owner: Caller) -> None:
    reply = owner.patch("stores/shop", {"key": "other"})

    assert (reply.status, list(reply.faults)) == (422, ["#/key"])


def test_its_buyers_join_its_list_at_once(owner: Caller) -> None:
    owner.post("orders", bodies.order("1"))
    owner.patch("stores/shop", {"contact_list": "Buyers"})

    owner.post("orders", bodies.order("2", contact={"email": "rui@example.com"}))

    members = "SELECT c.email FROM list_member m JOIN contact c ON c.id = m.contact_id"
    assert factories.query(members) == [("rui@example.com",)]


@pytest.mark.parametrize("key", ["nowhere", "SHOP", "a%00b", "%F0%9F%9B%92", "..", "a" * 65, "-"])
def test_it_knows_no_other_store(owner: Caller, key: str) -> None:
    assert owner.get(f"stores/{key}").status == 404
    assert owner.patch(f"stores/{key}", {"name": "x"}).status == 404


def sell(owner: Caller) -> None:
    """Orders of two stores, in three states and two currencies, of a guest and of two contacts."""
    factories.make_store("other", currency="JPY")
    yen = {"store": "other", "total": "1999.5", "currency": "JPY"}
    refund = {"refunds": [{"refund_id": "r", "amount": "0.90"}]}
    for body in (
        bodies.order("1", total="19.905", **refund),
        bodies.order("2", total="0.1", currency="GBP", placed_at="2026-03-02T12:00:00Z"),
        bodies.order("3", status="canceled", contact=None, placed_at="2026-03-03T12:00:00Z"),
        bodies.order("4", contact={"email": "rui@example.com"}, lines=[*bodies.order()["lines"] * 2]),
        bodies.order("1", **yen, contact={"email": "rui@example.com"}),
    ):
        assert owner.post("orders", body).status == 201


def test_it_tells_what_a_store_has_brought(owner: Caller) -> None:
    sell(owner)

    shown = owner.get("stores/shop").body

    assert {name: shown[name] for name in TOTALS} == {
        "orders": 4,
        "lines": 5,
        "contacts": 2,
        "products": 1,
        "revenue": {"EUR": "38.91", "GBP": "0.10"},
        "last_order_at": "2026-03-03T12:00:00+00:00",
        "synced_to": None,
    }


def test_it_tells_of_each_store_in_the_list_what_it_has_brought(owner: Caller) -> None:
    sell(owner)
    factories.make_store("zero")

    listed = owner.get("stores").body

    assert [store["key"] for store in listed["items"]] == ["other", "shop", "zero"]
    assert listed["items"] == [owner.get(f"stores/{key}").body for key in ("other", "shop", "zero")]
    other, _, zero = listed["items"]
    assert (other["orders"], other["revenue"], other["contacts"]) == (1, {"JPY": "2000"}, 1)
    assert (zero["orders"], zero["lines"], zero["revenue"], zero["last_order_at"]) == (0, 0, {}, None)


def test_it_asks_the_database_as_often_for_many_stores_as_for_one(owner: Caller) -> None:
    owner.get("stores")  # the key is remembered from here on
    counts = []
    for number in range(2):
        with CaptureQueriesContext(
            connection,
        ) as asked:
            owner.get("stores", limit=200)
        counts.append(len(asked))
        for each in range(10 * (1 - number)):
            owner.post("stores", {"key": f"s{each}", "contact_list": f"l{each}"})

    assert counts[0] == counts[1]


def test_it_pages_through_stores_by_their_keys(owner: Caller) -> None:
    for key in ("b", "a-1", "a", "a1"):
        factories.make_store(key)

    keys: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = owner.get("stores", limit=2, **cursor).body
        keys += [store["key"] for store in page["items"]]
        if page["next"] is None:
            break
        cursor = {"cursor": page["next"]}

    assert sorted(keys) == ["a", "a-1", "a1", "b", "shop"]
    assert keys == [key for (key,) in factories.query("SELECT key FROM store ORDER BY key")]


def test_it_lists_nothing_where_nothing_is(db: None) -> None:
    assert client.make().get("stores").body == {"items": [], "next": None}


@pytest.mark.parametrize(
    ("method", "path", "body", "may", "status"),
    [
        ("GET", "stores", None, {Role.OWNER, Role.MARKETER, Role.VIEWER}, 200),
        ("GET", "stores/shop", None, {Role.OWNER, Role.MARKETER, Role.VIEWER}, 200),
        ("POST", "stores", {"key": "more"}, {Role.OWNER}, 201),
        ("PATCH", "stores/shop", {"name": "New"}, {Role.OWNER}, 200),
    ],
)
@pytest.mark.parametrize("role", [*Role, None])
def test_it_lets_in_whom_it_should(
    owner: Caller, role: Role | None, method: str, path: str, body: Any, may: set[Role], status: int
) -> None:
    caller = client.make(role) if role else Caller()

    reply = caller.send(method, path, body)

    assert reply.status == (status if role in may else 403 if role else 401)
    done = Store.objects.filter(key="more").exists() or Store.objects.filter(name="New").exists()
    assert done is (role in may and method != "GET")


def test_an_archived_store_takes_nothing_in(owner: Caller) -> None:
    stores.archive(Store.objects.get(key="shop"))

    order = owner.post("orders", bodies.order())
    shown = owner.get("stores/shop")

    assert order.status == 409
    assert "archived" in order.body["detail"]
    assert shown.body["archived_at"] is not None


@pytest.mark.django_db(transaction=True)
def test_what_comes_for_a_store_just_deleted_is_answered_in_words(owner: Caller) -> None:
    assert owner.post("orders", bodies.order()).status == 201
    store_removal.remove(Store.objects.get(), "test")

    reply = owner.post("orders", bodies.order(order_id="next"))

    assert (reply.status, reply.body["detail"]) == (
        404,
        "The store was deleted a moment ago. Nothing was kept.",
    )
    assert Order.objects.count() == 0
