"""Orders sent one by one."""

from decimal import Decimal

import pytest

from tests import factories
from tests.api import bodies
from tests.api.client import Caller


def test_it_creates_an_order_with_its_contact(owner: Caller) -> None:
    reply = owner.post("orders", bodies.order())

    order_id = factories.value("SELECT id FROM orders")
    assert (reply.status, reply.body) == (201, {"outcome": "created", "id": order_id, "note": ""})
    assert factories.query("SELECT total, currency, status, items FROM orders") == [
        (Decimal("19.90"), "EUR", "completed", Decimal(2))
    ]
    assert factories.query("SELECT email, first_name FROM contact") == [("ana@example.com", "Ana")]


def test_it_tells_the_price_of_one_from_the_total(owner: Caller) -> None:
    lines = [
        {"quantity": 3, "total": "10.00"},
        {"quantity": 0, "total": "5"},
        {"quantity": "0.000001", "total": "999999999999"},
    ]

    owner.post("orders", bodies.order(lines=lines))

    assert factories.query("SELECT unit_price FROM order_line ORDER BY position") == [
        (Decimal("3.333333"),),
        (Decimal(5),),
        (Decimal(999999999999),),
    ]


def test_it_changes_nothing_when_the_same_order_comes_again(owner: Caller) -> None:
    first = owner.post("orders", bodies.order())

    again = owner.post("orders", bodies.order())

    assert (again.status, again.body["outcome"], again.body["id"]) == (200, "unchanged", first.body["id"])
    assert factories.value("SELECT count(*) FROM activity WHERE kind = 'order_created'") == 1


def test_it_keeps_the_newer_version_and_says_so(owner: Caller) -> None:
    owner.post("orders", bodies.order(updated_at="2026-03-02T00:00:00Z", total="30"))

    reply = owner.post("orders", bodies.order(updated_at="2026-03-01T00:00:00Z"))

    assert (reply.status, reply.body["outcome"]) == (200, "unchanged")
    assert "2026-03-02" in reply.body["note"]
    assert factories.value("SELECT total FROM orders") == Decimal(30)


def test_it_keeps_the_body_as_it_was_received(owner: Caller) -> None:
    raw = b'{"store": "shop",  "order_id":"7","placed_at":"2026-03-01T12:00:00Z","total":1.10}'

    assert owner.post("orders", raw).status == 201

    assert bytes(factories.value("SELECT body FROM inbox WHERE external_id = '7'")) == raw


def test_it_reads_numbers_digit_by_digit(owner: Caller) -> None:
    raw = b'{"store":"shop","order_id":"7","placed_at":"2026-03-01T12:00:00Z","total":999999999999.123456}'

    assert owner.post("orders", raw).status == 201

    assert factories.value("SELECT total FROM orders") == Decimal("999999999999.123456")


@pytest.mark.parametrize(
    ("query", "live"), [({}, True), ({"live": "true"}, True), ({"live": "false"}, False)]
)
def test_it_tells_news_from_history(owner: Caller, query: dict[str, str], live: bool) -> None:
    owner.send("POST", "orders", bodies.order(), query=query)

    assert factories.value("SELECT DISTINCT live FROM activity") is live


@pytest.mark.parametrize(
    ("word", "status"),
    [("Em Separação", "completed"), ("na fila", "pending"), ("xyzzy", "unknown"), ("", "unknown")],
)
def test_it_tells_the_status_from_the_shops_word(owner: Caller, word: str, status: str) -> None:
    owner.patch("stores/shop", {"status_map": {"na fila": "pending"}})
    body = bodies.order(source_status=word)
    del body["status"]

    owner.post("orders", body)

    assert factories.query("SELECT status, source_status FROM orders") == [(status, word)]


def test_it_sums_refunds_when_no_sum_is_given(owner: Caller) -> None:
    refunds = [{"refund_id": "r1", "amount": "1.10"}, {"refund_id": "r2", "amount": "2.20"}]

    owner.post("orders", bodies.order(refunds=refunds))

    assert factories.value("SELECT refund_total FROM orders") == Decimal("3.30")


def test_it_keeps_no_payload_of_someone_erased(owner: Caller) -> None:
    owner.post("orders", bodies.order())
    owner.post(f"contacts/{factories.value('SELECT id FROM contact')}/erase")

    newer = owner.post("orders", bodies.order(updated_at="2026-03-02T00:00:00Z", total="30"))
    other = owner.post("orders", bodies.order("1002"))

    assert (newer.body["outcome"], other.body["outcome"]) == ("updated", "created")
    assert "erased" in newer.body["note"]
    assert factories.value("SELECT count(*) FROM inbox") == 0
    assert factories.query("SELECT total, contact_id FROM orders ORDER BY total") == [
        (Decimal("19.90"), None),
        (Decimal(30), None),
    ]
