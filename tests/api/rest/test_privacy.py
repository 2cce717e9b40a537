"""One person's data by API: given out whole, and taken away everywhere."""

import gzip
import resource
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.test.client import BOUNDARY, encode_multipart

from comanda.ingest.csv_import import tasks
from comanda.records.models import AuditEntry, Contact, Import, Role
from tests import factories
from tests.api import bodies, client
from tests.api.client import Caller
from tests.api.rest.imports.uploading import MULTIPART, File
from tests.ingest.csv_import import importing

pytestmark = pytest.mark.django_db(transaction=True)

MARIA = {
    "email": "Maria.Silva@example.com",
    "phone": "+351 912 345 678",
    "customer_id": "c-4711",
    "first_name": "Maria",
    "last_name": "Guimarães",
    "accepts_marketing": True,
    "consent_source": "checkout",
    "consent_proof": "ticked the box",
    "tags": ["vip"],
    "lists": ["Friends"],
    "fields": {"shoe_size": "38"},
}
MARKS = ("maria", "912345678", "912 345 678", "guimarães", "c-4711", "ticked", "shoe_size")


@pytest.fixture(autouse=True)
def _own_folder(settings: LazySettings, tmp_path: Path) -> None:
    """Each test has a data folder of its own."""
    settings.DATA_DIR = tmp_path


@pytest.fixture
def maria(owner: Caller) -> int:
    """Someone who bought, and began to buy; the id of her contact."""
    line = {"product_id": "mug", "name": "Mug", "quantity": "2.5", "unit_price": "4", "total": "10.5"}
    refunds = [
        {"refund_id": "r1", "amount": "1.1", "refunded_at": "2026-03-05T00:00:00+01:00", "reason": "broken"}
    ]
    owner.post(
        "orders", bodies.order(total="10.5", lines=[line], refunds=refunds, contact=MARIA, coupons=["X"])
    )
    begun = {"store": "shop", "cart_id": "k1", "started_at": "2026-03-02T12:00:00Z", "total": "10.5"}
    owner.post("carts", {**begun, "lines": [line], "contact": MARIA, "url": "https://shop.example/k1"})
    return Contact.objects.get().pk


def import_file(caller: Caller, content: bytes, name: str = "orders.csv") -> Import:
    """A file of orders brought in."""
    body = encode_multipart(BOUNDARY, {"store": "shop", "file": File(content, name)})
    import_id = caller.send("POST", "imports", body, media_type=MULTIPART).body["id"]
    tasks.run_import(import_id)
    return Import.objects.get(id=import_id)


def test_it_gives_out_all_that_is_known(owner: Caller, maria: int) -> None:
    owner.post("orders", bodies.order("2"))

    reply = owner.get(f"contacts/{maria}/export")

    told = reply.body
    assert reply.status == 200
    assert set(told) == {
        "exported_at", "contact", "identities", "consents", "tags", "lists", "orders", "carts", "activity",
        "payloads",
    }  # fmt: skip
    assert told["contact"]["email"] == "maria.silva@example.com"
    assert told["contact"]["fields"] == {"shoe_size": "38"}
    assert {(each["kind"], each["value"], each["store"]) for each in told["identities"]} == {
        ("email", "maria.silva@example.com", ""),
        ("phone", "+351912345678", ""),
        ("customer", "c-4711", "shop"),
    }
    assert {(each["accepts_marketing"], each["source"], each["proof"]) for each in told["consents"]} == {
        (True, "checkout", "ticked the box")
    }
    assert (told["tags"], told["lists"]) == (["vip"], ["Friends"])
    assert {"order_created", "cart_begun"} <= {each["kind"] for each in told["activity"]}


def test_it_gives_out_orders_and_carts_as_the_rest_of_the_api_does(owner: Caller, maria: int) -> None:
    told = owner.get(f"contacts/{maria}/export").body

    ((order,), (cart,)) = told["orders"], told["carts"]
    shown = owner.get(f"orders/{order['id']}").body
    del shown["history"]
    assert order == shown
    assert cart == owner.get(f"carts/{cart['id']}").body
    assert (order["total"], order["refund_total"], order["revenue"]) == ("10.50", "1.10", "9.40")
    assert order["lines"][0]["quantity"] == "2.5"
    assert order["refunds"][0] == {
        "refund_id": "r1", "amount": "1.10", "refunded_at": "2026-03-04T23:00:00+00:00", "reason": "broken"
    }  # fmt: skip


def test_it_gives_out_what_was_sent_of_the_person(owner: Caller, maria: int) -> None:
    told = owner.get(f"contacts/{maria}/export").body

    assert [each["kind"] for each in told["payloads"]] == ["order", "cart"]
    assert all("Maria.Silva@example.com" in each["body"] for each in told["payloads"])


def test_it_gives_out_someone_of_whom_little_is_known(owner: Caller) -> None:
    contact_id = owner.post("contacts", {"store": "shop", "phone": "912345678"}).body["id"]

    told = owner.get(f"contacts/{contact_id}/export").body

    assert (told["contact"]["email"], told["contact"]["phone"]) == ("", "+351912345678")
    assert (told["orders"], told["carts"], told["consents"], told["tags"]) == ([], [], [], [])


def test_it_notes_who_was_given_what(owner: Caller, maria: int) -> None:
    owner.get(f"contacts/{maria}/export")

    deed = AuditEntry.objects.get(action="contact.export")
    assert (deed.target, deed.detail) == (f"contact {maria}", {})
    assert deed.actor.startswith("key ")


def test_it_certifies_an_erasure(owner: Caller, maria: int) -> None:
    reply = owner.post(f"contacts/{maria}/erase")

    assert reply.status == 200
    assert set(reply.body) == {"contact_id", "erased_at", "removed"}
    assert reply.body["contact_id"] == maria
    removed = reply.body["removed"]
    assert (removed["contacts"], removed["identities"], removed["payloads"]) == (1, 3, 2)
    assert (removed["orders made anonymous"], removed["carts made anonymous"]) == (1, 1)
    assert not marks_in(str(reply.body))
    deed = AuditEntry.objects.get(action="contact.erase")
    assert (deed.target, deed.detail["contacts"]) == (f"contact {maria}", 1)


def marks_in(text: str) -> list[str]:
    """What of Maria stands in a text."""
    return [mark for mark in MARKS if mark in text.casefold()]


def test_it_shows_nothing_of_an_erased_person_anywhere(owner: Caller, maria: int) -> None:
    row = importing.row("7", "maria.silva@example.com", price="free")
    job = import_file(owner, importing.text([row, importing.row("8")]).encode())
    rejects = f"imports/{job.pk}/rejects.csv"
    assert marks_in(owner.get(rejects).body.decode())
    order_id = factories.value("SELECT id FROM orders WHERE external_id = '1001'")
    before = owner.get("stores/shop").body

    certificate = owner.post(f"contacts/{maria}/erase").body

    assert certificate["removed"]["files"] == 1
    assert not Path(job.file_path).exists()
    assert not marks_in(owner.get(rejects).body.decode())
    pages = (
        "contacts", "orders", f"orders/{order_id}", "carts", "activity", "imports",
        f"imports/{job.pk}/problems",
    )  # fmt: skip
    assert [marks_in(str(owner.get(page).body)) for page in pages] == [[]] * len(pages)
    for path in ("", "/export", "/orders", "/activity"):
        assert owner.get(f"contacts/{maria}{path}").status == 404
    after = owner.get("stores/shop").body
    assert {**after, "contacts": before["contacts"]} == before
    assert owner.get(f"orders/{order_id}").body["contact_id"] is None


def test_it_does_not_bring_an_erased_person_back(owner: Caller, maria: int) -> None:
    owner.post(f"contacts/{maria}/erase")

    order = owner.post("orders", bodies.order("2", contact=MARIA))
    person = owner.post("contacts", {"store": "shop", **MARIA})

    assert (order.status, person.status) == (201, 409)
    assert factories.value("SELECT count(*) FROM contact") == 0


def test_it_erases_nobody_twice(owner: Caller, maria: int) -> None:
    first = owner.post(f"contacts/{maria}/erase", idempotency_key="k1")
    again = owner.post(f"contacts/{maria}/erase", idempotency_key="k1")
    other = owner.post(f"contacts/{maria}/erase", idempotency_key="k2")

    assert (first.status, again.body, other.status) == (200, first.body, 404)


@pytest.fixture
def few_files() -> Iterator[Any]:
    """Call it, and this process can open no file more until the test is over."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    yield lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (3, before[1]))
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


def test_it_says_so_when_a_file_could_not_be_searched(owner: Caller, maria: int, few_files: Any) -> None:
    import_file(owner, gzip.compress(importing.text([importing.row("8")]).encode()), "a.csv.gz")

    few_files()
    reply = owner.post(f"contacts/{maria}/erase")

    assert reply.status == 500
    assert "gone from the database" in reply.body["detail"]
    assert factories.value("SELECT count(*) FROM contact") == 0


@pytest.mark.parametrize(("method", "path"), [("GET", "export"), ("POST", "erase")])
@pytest.mark.parametrize("contact_id", ["1", "9223372036854775807", "9223372036854775808", "0", "-1", "x"])
def test_it_knows_no_other_ids(owner: Caller, method: str, path: str, contact_id: str) -> None:
    reply = owner.send(method, f"contacts/{contact_id}/{path}")

    assert reply.status == 404
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize(
    ("method", "path", "may"),
    [("GET", "export", {Role.OWNER, Role.MARKETER}), ("POST", "erase", {Role.OWNER})],
)
@pytest.mark.parametrize("role", [*Role, None])
def test_it_lets_in_whom_it_should(
    maria: int, role: Role | None, method: str, path: str, may: set[Role]
) -> None:
    caller = client.make(role) if role else Caller()

    reply = caller.send(method, f"contacts/{maria}/{path}")

    assert reply.status == (200 if role in may else 403 if role else 401)
    assert Contact.objects.exists() is not (path == "erase" and role in may)
    assert AuditEntry.objects.exists() is (role in may)
