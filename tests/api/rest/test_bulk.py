"""Many orders in one call."""

import json
from decimal import Decimal
from typing import Any

import pytest
from django.db import OperationalError

from comanda.ingest import bulk
from comanda.ingest.upsert import upsert
from comanda.records.models import Activity, Import, Order
from tests import factories
from tests.api import bodies
from tests.api.client import Caller, Reply

NDJSON = "application/x-ndjson"


def send_lines(owner: Caller, *lines: bytes | dict[str, Any]) -> Reply:
    """POST of NDJSON."""
    body = b"\n".join(line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines)
    return owner.send("POST", "orders/bulk", body, media_type=NDJSON)


def orders(count: int) -> list[dict[str, Any]]:
    """So many orders, of different people."""
    return [bodies.order(str(number), contact={"email": f"p{number}@example.com"}) for number in range(count)]


@pytest.mark.parametrize("form", ["array", "lines"])
def test_it_answers_as_an_import(owner: Caller, form: str) -> None:
    sent = orders(5)

    reply = owner.post("orders/bulk", sent) if form == "array" else send_lines(owner, *sent)

    assert reply.status == 200
    told = {name: reply.body[name] for name in ("state", "source", "store", "rows", "lines", "refused")}
    assert told == {"state": "done", "source": "api", "store": "shop", "rows": 5, "lines": 5, "refused": 0}
    assert reply.body["orders"] == {"created": 5, "updated": 0, "unchanged": 0}
    assert (reply.body["contacts"]["created"], reply.body["products"]["created"]) == (5, 1)
    assert owner.get(f"imports/{reply.body['id']}").body == reply.body
    assert set(Order.objects.values_list("import_id", flat=True)) == {reply.body["id"]}


def test_it_changes_nothing_when_sent_again(owner: Caller) -> None:
    owner.post("orders/bulk", orders(5))

    again = owner.post("orders/bulk", [*orders(5), bodies.order("0", total="1")])

    assert again.body["orders"] == {"created": 0, "updated": 1, "unchanged": 5}
    assert factories.value("SELECT count(*) FROM orders") == 5


def test_it_keeps_each_order_as_it_was_received(owner: Caller) -> None:
    first = json.dumps(bodies.order("1"), indent=2).encode()
    second = b'{"store":"shop","order_id":"2","placed_at":"2026-03-01T12:00:00Z","total":1.10}'

    owner.post("orders/bulk", b" [ " + first + b" ,\n" + second + b" ]\n")

    kept = factories.query("SELECT body FROM inbox ORDER BY external_id")
    assert [bytes(body) for (body,) in kept] == [first, second]
    assert factories.value("SELECT total FROM orders WHERE external_id = '2'") == Decimal("1.10")


@pytest.mark.parametrize(("query", "live"), [({}, False), ({"live": "true"}, True)])
def test_it_takes_them_for_history_unless_told(owner: Caller, query: dict[str, str], live: bool) -> None:
    owner.send("POST", "orders/bulk", orders(1), query=query)

    assert set(Activity.objects.values_list("live", flat=True)) == {live}


def test_it_tells_each_refusal_and_hinders_no_other(owner: Caller) -> None:
    factories.make_store("other")
    reply = owner.post(
        "orders/bulk",
        [
            bodies.order("good"),
            bodies.order("bad", total="x", lines=[{"quantity": 1}]),
            bodies.order("elsewhere", store="other"),
            5,
            bodies.order("late", placed_at="2999-01-01T00:00:00Z"),
            bodies.order("fine"),
        ],
    )

    assert (reply.body["rows"], reply.body["refused"], reply.body["orders"]["created"]) == (6, 4, 2)
    found = {(problem["row"], problem["order_id"], problem["column"]) for problem in reply.body["problems"]}
    assert found == {
        (2, "bad", "total"),
        (2, "bad", "lines.0.total"),
        (3, "elsewhere", "store"),
        (4, "", ""),
        (5, "late", "placed_at"),
    }
    assert [problem["row"] for problem in reply.body["problems"]] == [2, 2, 3, 4, 5]
    assert all(problem["expected"] and problem["mend"] for problem in reply.body["problems"])
    assert owner.get(f"imports/{reply.body['id']}/problems").body["items"] == reply.body["problems"]
    assert list(Order.objects.order_by("id").values_list("external_id", flat=True)) == ["fine", "good"]


def test_it_refuses_a_broken_line_alone(owner: Caller) -> None:
    reply = send_lines(
        owner, bodies.order("1"), b"{broken", b"", b"\xff", b"   ", b'{"a":1,"a":2}', bodies.order("2"), b""
    )

    assert (reply.body["orders"]["created"], reply.body["refused"]) == (2, 3)
    assert [(problem["row"], problem["code"]) for problem in reply.body["problems"]] == [
        (2, "not_json"), (4, "not_json"), (6, "not_json"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "body",
    [b"[", b"[{}", b"[{},]", b"[,]", b"[{}] x", b"{}", b"[{} {}]", b"[NaN]", b"\xff", b"[" * 100_000, b"x"],
)
def test_it_does_nothing_with_a_broken_array(owner: Caller, body: bytes) -> None:
    good = json.dumps(bodies.order()).encode()

    reply = owner.post("orders/bulk", body.replace(b"{}", good))

    assert (reply.status, reply.body["detail"].startswith("The body is not JSON: ")) == (400, True)
    assert (Order.objects.count(), Import.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ([], 422),
        ([5, "x", None], 404),
        ([{"order_id": "1"}], 404),
        ([{"store": "elsewhere"}], 404),
        ([{"store": "\0"}], 404),
        ([{"store": ["shop"]}], 404),
    ],
)
def test_it_needs_to_know_the_store(owner: Caller, body: Any, status: int) -> None:
    assert owner.post("orders/bulk", body).status == status
    assert Import.objects.count() == 0


def test_it_finds_the_store_behind_orders_that_name_none(owner: Caller) -> None:
    reply = owner.post("orders/bulk", [{}, {"store": "elsewhere"}, bodies.order()])

    assert (reply.status, reply.body["refused"], reply.body["orders"]["created"]) == (200, 2, 1)


def test_it_takes_more_than_a_batch(owner: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "BATCH", 7)

    reply = send_lines(owner, *orders(20), *orders(3))

    assert (reply.body["rows"], reply.body["lines"]) == (23, 23)
    assert reply.body["orders"] == {"created": 20, "updated": 0, "unchanged": 3}


def test_it_says_when_it_was_cut_off_and_goes_on_when_sent_again(
    owner: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "BATCH", 7)
    calls = []

    def fail_at_third(*args: Any) -> Any:
        calls.append(1)
        if len(calls) == 3:
            raise OperationalError("gone")
        return upsert(*args)

    monkeypatch.setattr(bulk, "upsert", fail_at_third)
    cut = send_lines(owner, *orders(20))
    monkeypatch.setattr(bulk, "upsert", upsert)
    job = Import.objects.get()
    again = send_lines(owner, *orders(20))

    assert (cut.status, job.state, job.counts["orders"]["created"]) == (503, "failed", 14)
    assert "Send it again" in job.error
    assert again.body["orders"] == {"created": 6, "updated": 0, "unchanged": 14}


def test_it_does_a_bulk_once_for_one_key(owner: Caller) -> None:
    body = "\n".join(json.dumps(order) for order in orders(3)).encode()

    def send(data: bytes) -> Reply:
        return owner.send("POST", "orders/bulk", data, headers={"idempotency_key": "k"}, media_type=NDJSON)

    first, again, other = send(body), send(body), send(body + b"\n{}")

    assert (first.status, again.status, other.status) == (200, 200, 422)
    assert again.body == first.body
    assert Import.objects.count() == 1


def test_it_holds_no_more_than_a_line(owner: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMANDA_MAX_JSON_MB", "1")
    monkeypatch.setattr("comanda.api.streams._BLOCK", 1000)

    reply = send_lines(owner, bodies.order(), b" " * (1 << 20) + b"{}" * 1000)

    assert (reply.status, reply.body["detail"]) == (413, "Line 2 is longer than 1,048,576 bytes.")


def test_it_reads_no_other_media_type(owner: Caller) -> None:
    assert owner.send("POST", "orders/bulk", orders(1), media_type="text/csv").status == 415
