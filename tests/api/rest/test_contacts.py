"""People, found, looked at, sent and edited."""

from datetime import timedelta
from typing import Any

import pytest

from comanda.records.models import Activity, AuditEntry, Contact, ContactIdentity
from tests import factories
from tests.api import bodies
from tests.api.client import Caller


def make(owner: Caller, email: str = "ana@example.com", **fields: Any) -> int:
    """A contact; its id."""
    found: int = owner.post("contacts", bodies.contact(email, **fields)).body["id"]
    return found


def test_it_makes_a_contact_and_changes_it(owner: Caller) -> None:
    first = owner.post("contacts", bodies.contact(last_name="Silva", tags=["vip"], fields={"size": "M"}))
    second = owner.post("contacts", bodies.contact("ANA@Example.com", first_name="Anna"))
    third = owner.post("contacts", bodies.contact("ANA@Example.com", first_name="Anna"))

    assert [reply.status for reply in (first, second, third)] == [201, 200, 200]
    assert [reply.body["outcome"] for reply in (first, second, third)] == ["created", "updated", "unchanged"]
    told = owner.get(f"contacts/{first.body['id']}").body
    assert (told["email"], told["first_name"], told["last_name"]) == ("ana@example.com", "Anna", "Silva")
    assert (told["tags"], told["fields"]) == (["vip"], {"size": "M"})


def test_it_keeps_consent_with_its_proof(owner: Caller) -> None:
    yes: dict[str, Any] = {
        "accepts_marketing": True,
        "consent_at": "2026-01-01T10:00:00-03:00",
        "consent_source": "checkout",
        "consent_proof": "ticked at 1.2.3.4",
    }
    no: dict[str, Any] = {
        "accepts_marketing": False,
        "consent_at": "2026-02-01T10:00:00Z",
        "consent_source": "phone",
    }
    contact_id = make(owner, **yes)
    make(owner, **no)

    told = owner.get(f"contacts/{contact_id}").body

    assert (told["accepts_marketing"], told["consent_source"]) == (False, "phone")
    for consent in told["consents"]:
        del consent["recorded_at"]
    assert told["consents"] == [
        {"accepts_marketing": False, "at": "2026-02-01T10:00:00+00:00", "source": "phone", "proof": ""},
        {"accepts_marketing": True, "at": "2026-01-01T13:00:00+00:00", "source": "checkout",
         "proof": "ticked at 1.2.3.4"},
    ]  # fmt: skip


def test_it_shows_what_a_contact_is_found_by(owner: Caller) -> None:
    contact_id = make(owner, phone="912 345 678", customer_id="c7")

    assert owner.get(f"contacts/{contact_id}").body["identities"] == [
        {"kind": "customer", "value": "c7", "store": "shop"},
        {"kind": "email", "value": "ana@example.com", "store": ""},
        {"kind": "phone", "value": "+351912345678", "store": ""},
    ]


def test_it_adds_up_totals_by_currency(owner: Caller) -> None:
    def buy(order_id: str, **fields: Any) -> None:
        assert owner.post("orders", bodies.order(order_id, **fields)).status == 201

    buy("1", total="10.00", placed_at="2026-01-01T00:00:00Z")
    buy("2", total="5.55", placed_at="2026-01-02T00:00:00Z", refund_total="0.55")
    buy("3", total="99", status="pending", placed_at="2026-01-03T00:00:00Z")
    buy("4", total="1200", currency="JPY", placed_at="2026-01-04T00:00:00Z")
    buy("5", total="7", currency="USD", status="canceled", placed_at="2026-01-05T00:00:00Z")
    contact_id = factories.value("SELECT id FROM contact")

    assert owner.get(f"contacts/{contact_id}").body["totals"] == [
        {"currency": "EUR", "orders": 3, "completed": 2, "revenue": "15.00", "products": "4",
         "average": "7.50", "first_order_at": "2026-01-01T00:00:00+00:00",
         "last_order_at": "2026-01-03T00:00:00+00:00"},
        {"currency": "JPY", "orders": 1, "completed": 1, "revenue": "1200", "products": "2",
         "average": "1200", "first_order_at": "2026-01-04T00:00:00+00:00",
         "last_order_at": "2026-01-04T00:00:00+00:00"},
        {"currency": "USD", "orders": 1, "completed": 0, "revenue": "0.00", "products": "0",
         "average": None, "first_order_at": "2026-01-05T00:00:00+00:00",
         "last_order_at": "2026-01-05T00:00:00+00:00"},
    ]  # fmt: skip


@pytest.mark.parametrize(
    "query",
    [
        {"email": " ANA@example.COM"},
        {"phone": "+351912345678"},
        {"phone": " 351912345678"},
        {"phone": "00351 912345678"},
    ],
)
def test_it_finds_by_email_and_phone_however_written(owner: Caller, query: dict[str, str]) -> None:
    contact_id = make(owner, phone="+351 912 345 678")
    make(owner, "other@example.com")

    assert [row["id"] for row in owner.get("contacts", **query).body["items"]] == [contact_id]


def test_it_finds_as_someone_types(owner: Caller) -> None:
    contact_id = make(owner, last_name="Silva")
    make(owner, "other@example.com", first_name="Bruno")

    assert [row["id"] for row in owner.get("contacts/search", text="ana sil").body["items"]] == [contact_id]
    assert len(owner.get("contacts/search", text="o", limit=1).body["items"]) == 1
    assert owner.get("contacts/search").status == 422
    assert owner.get("contacts/search", text="x" * 101).status == 422


@pytest.mark.parametrize("query", [{"email": "nobody"}, {"email": "no@example.com"}, {"phone": "912345678"}])
def test_it_finds_nobody(owner: Caller, query: dict[str, str]) -> None:
    make(owner, phone="+351 912 345 678")

    assert owner.get("contacts", **query).body == {"items": [], "next": None}


def test_it_finds_those_changed_since(owner: Caller) -> None:
    make(owner, "old@example.com")
    Contact.objects.update(updated_at=factories.NOON - timedelta(days=1))
    changed = make(owner, "new@example.com")
    Contact.objects.filter(id=changed).update(updated_at=factories.NOON)

    found = owner.get("contacts", updated_since=factories.NOON.isoformat()).body["items"]

    assert [row["id"] for row in found] == [changed]


def test_it_pages_without_a_gap_while_others_come_in(owner: Caller) -> None:
    first = [make(owner, f"p{number}@example.com") for number in range(5)]
    page = owner.get("contacts", limit=2).body
    make(owner, "late@example.com")
    seen = [row["id"] for row in page["items"]]
    while page["next"]:
        page = owner.get("contacts", limit=2, cursor=page["next"]).body
        seen += [row["id"] for row in page["items"]]

    assert seen == sorted(first, reverse=True)


def test_it_refuses_cursors_that_it_did_not_give(owner: Caller) -> None:
    for number in range(3):
        make(owner, f"p{number}@example.com")
        owner.post("orders", bodies.order(str(number)))
    mine = owner.get("contacts", limit=1).body["next"]
    of_orders = owner.get("orders", limit=1).body["next"]
    forged = mine[:-1] + ("A" if mine[-1] != "A" else "B")

    assert [owner.get("contacts", cursor=cursor).status for cursor in (mine, of_orders, forged, "x")] == [
        200, 404, 404, 422,
    ]  # fmt: skip


def test_it_lists_a_contacts_orders_and_activity(owner: Caller) -> None:
    for number in range(3):
        owner.post("orders", bodies.order(str(number), placed_at=f"2026-01-0{number + 1}T00:00:00Z"))
    owner.post("orders", bodies.order("other", contact={"email": "other@example.com"}))
    contact_id = factories.value("SELECT id FROM contact WHERE email = 'ana@example.com'")

    page = owner.get(f"contacts/{contact_id}/orders", limit=2).body
    rest = owner.get(f"contacts/{contact_id}/orders", limit=2, cursor=page["next"]).body
    happened = owner.get(f"contacts/{contact_id}/activity").body["items"]
    canceled = owner.get(f"contacts/{contact_id}/orders", status="canceled").body

    assert [row["order_id"] for row in page["items"] + rest["items"]] == ["2", "1", "0"]
    assert (rest["next"], canceled["items"]) == (None, [])
    assert [row["kind"] for row in happened] == ["order_created"] * 3 + ["contact_created"]


def test_it_edits_details_and_tells_what_changed(owner: Caller) -> None:
    contact_id = make(owner, fields={"size": "M", "shoe": "40"})

    told = owner.patch(
        f"contacts/{contact_id}", {"first_name": "Anna", "company": "", "fields": {"size": "L", "shoe": None}}
    )

    assert (told.status, told.body["first_name"], told.body["fields"]) == (200, "Anna", {"size": "L"})
    happened = Activity.objects.get(kind="contact_updated")
    assert (happened.contact_id, happened.live) == (contact_id, True)
    assert happened.data == {
        "changes": {
            "first_name": ["Ana", "Anna"],
            "fields": [{"size": "M", "shoe": "40"}, {"size": "L"}],
        }
    }
    noted = AuditEntry.objects.get()
    assert (noted.action, noted.target) == ("contact.edit", f"contact {contact_id}")
    assert noted.detail == {"columns": ["fields", "first_name"]}
    assert noted.actor.startswith("key ")


def test_it_tells_nothing_when_nothing_changed(owner: Caller) -> None:
    contact_id = make(owner)

    assert owner.patch(f"contacts/{contact_id}", {"first_name": "Ana"}).status == 200
    assert owner.patch(f"contacts/{contact_id}", {}).status == 200

    assert not Activity.objects.filter(kind="contact_updated").exists()
    assert not AuditEntry.objects.exists()


def test_it_finds_a_contact_by_the_new_email_only(owner: Caller) -> None:
    contact_id = make(owner, phone="+351912345678")

    owner.patch(f"contacts/{contact_id}", {"email": "Ana.New@Example.com", "phone": ""})

    assert list(ContactIdentity.objects.values_list("kind", "value")) == [("email", "ana.new@example.com")]
    assert make(owner, "ana.new@example.com") == contact_id
    assert make(owner, "ana@example.com") != contact_id


def test_it_gives_an_order_of_the_new_email_to_the_contact(owner: Caller) -> None:
    contact_id = make(owner)
    owner.patch(f"contacts/{contact_id}", {"email": "new@example.com"})

    owner.post("orders", bodies.order(contact={"email": "NEW@example.com"}))

    assert factories.value("SELECT contact_id FROM orders") == contact_id


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"email": "other@example.com"}, "#/email"),
        ({"phone": "+351 911 111 111"}, "#/phone"),
        ({"phone": "+1 000 000 0000"}, "#/phone"),
        ({"email": "ana@localhost"}, "#/email"),
        ({"email": "", "phone": ""}, "#/email"),
        ({"email": "erased@example.com"}, "#/email"),
    ],
)
def test_it_refuses_an_edit_that_conflicts(owner: Caller, body: dict[str, str], pointer: str) -> None:
    make(owner, "other@example.com", phone="+351 911 111 111")
    owner.post(f"contacts/{make(owner, 'erased@example.com')}/erase")
    contact_id = make(owner)
    before = Contact.objects.filter(id=contact_id).values().get()

    reply = owner.patch(f"contacts/{contact_id}", {"first_name": "Changed", **body})

    assert (reply.status, set(reply.faults)) == (409, {pointer})
    assert Contact.objects.filter(id=contact_id).values().get() == before
    assert ContactIdentity.objects.filter(contact_id=contact_id).count() == 1


def test_it_edits_nobody(owner: Caller) -> None:
    assert owner.patch("contacts/5", {"first_name": "x"}).status == 404


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"store": "shop"}, 422),
        ({"store": "shop", "email": "", "phone": "", "customer_id": ""}, 422),
        ({"store": "shop", "email": "no address"}, 422),
        ({"store": "shop", "email": "ana@localhost"}, 409),
        ({"store": "shop", "phone": "123"}, 409),
        ({"store": "shop", "phone": "912345678"}, 201),
        ({"store": "shop", "customer_id": "c1"}, 201),
        ({"store": "elsewhere", "email": "ana@example.com"}, 404),
        ({"email": "ana@example.com"}, 422),
    ],
)
def test_it_needs_to_know_who_it_is(owner: Caller, body: dict[str, str], status: int) -> None:
    assert owner.post("contacts", body).status == status
    assert Contact.objects.count() == (status == 201)


def test_it_brings_nobody_back_who_was_erased(owner: Caller) -> None:
    owner.post(f"contacts/{make(owner)}/erase")

    reply = owner.post("contacts", bodies.contact())

    assert (reply.status, reply.body["detail"]) == (
        409,
        "Leave this person out: they were erased and stay so.",
    )
