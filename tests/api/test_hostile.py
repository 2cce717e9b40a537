"""What nobody should send: each gets a clear answer, and nothing is half done."""

import json
from typing import Any

import httpx
import pytest
from django.core.exceptions import RequestDataTooBig
from django.db import OperationalError, connection
from django.http import HttpRequest

from comanda.ingest import coalesce
from comanda.records.models import Contact
from tests import factories
from tests.api import bodies, client
from tests.api.client import Caller
from tests.api.server import serving

AN_ORDER = json.dumps(bodies.order()).encode()


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"{", "line 1, column 2"),
        (b"\xff\xfe", "byte 0 is not UTF-8"),
        (b"\xef\xbb\xbf{}", "line 1, column 1"),
        (AN_ORDER.replace(b"2,", b"NaN,"), "NaN is not a number"),
        (AN_ORDER.replace(b"2,", b"-Infinity,"), "-Infinity is not a number"),
        (AN_ORDER.replace(b"2,", b"1e99999999999999999999,"), "beyond all numbers"),
        (AN_ORDER.replace(b"2,", b"9" * 5000 + b","), "more than 100 characters"),
        (AN_ORDER[:-1] + b',"total":"1"}', "the key 'total' twice"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"a":' * 100_000, "nested too deeply"),
        (AN_ORDER + b"x", "Extra data"),
        (b"\0", "line 1, column 1"),
    ],
)
def test_it_says_where_a_body_is_not_json(owner: Caller, body: bytes, says: str) -> None:
    reply = owner.post("orders", body)

    assert (reply.status, reply.headers["Content-Type"]) == (400, "application/problem+json")
    assert reply.body["detail"].startswith("The body is not JSON: ")
    assert says in reply.body["detail"]


def nested(depth: int) -> Any:
    value: Any = "end"
    for _ in range(depth):
        value = {"lines": [value]}
    return value


@pytest.mark.parametrize(
    ("fields", "pointer", "says"),
    [
        ({"total": "12,50"}, "#/total", "12.50"),
        ({"total": 1e400}, None, None),
        ({"total": True}, "#/total", "an amount"),
        ({"total": None}, "#/total", "an amount"),
        ({"total": []}, "#/total", "an amount"),
        ({"total": "1000000000000"}, "#/total", "at most 12 digits"),
        ({"total": "0.0000001"}, "#/total", "6 behind"),
        ({"total": "1e5"}, "#/total", "an amount"),
        ({"total": "١٢"}, "#/total", "an amount"),
        ({"total": "1\n"}, "#/total", "an amount"),
        ({"total": ""}, "#/total", "an amount"),
        ({"total": "NaN"}, "#/total", "an amount"),
        ({"total": "Infinity"}, "#/total", "an amount"),
        ({"placed_at": "2026-03-01T12:00:00"}, "#/placed_at", "2026-03-01T12:00:00Z if it is in UTC"),
        ({"placed_at": "2026-03-01"}, "#/placed_at", "RFC 3339"),
        ({"placed_at": 1772366400}, "#/placed_at", "RFC 3339"),
        ({"placed_at": "2026-02-30T12:00:00Z"}, "#/placed_at", "exist"),
        ({"placed_at": "0001-01-01T00:00:00+14:00"}, "#/placed_at", "exist"),
        ({"placed_at": "0001-01-01T00:00:00Z"}, "#/placed_at", "between 1970-01-01"),
        ({"placed_at": "9999-12-31T23:59:59-14:00"}, "#/placed_at", "exist"),
        ({"placed_at": "9999-12-31T23:59:59Z"}, "#/placed_at", "between 1970-01-01"),
        ({"currency": "EURO"}, "#/currency", "ISO 4217"),
        ({"currency": "eur"}, "#/currency", "ISO 4217"),
        ({"status": "paid"}, "#/status", "completed"),
        ({"nonsense": 1}, "#/nonsense", "no such field"),
        ({"order_id": ""}, "#/order_id", "at least 1"),
        ({"order_id": 7}, "#/order_id", "text"),
        ({"order_id": "x" * 256}, "#/order_id", "at most 255"),
        ({"number": "a\0b"}, "#/number", "match pattern"),
        ({"number": "\ud800"}, "#/number", "surrogate"),
        ({"number": "x" * 20_001}, "#/number", "at most 20000"),
        ({"lines": nested(20)}, "#/lines", "a list"),
        ({"contact": {"tags": [nested(20)]}}, "#/contact/tags/0", "text"),
        ({"lines": [{"quantity": "two", "total": "1"}]}, "#/lines/0/quantity", "a quantity"),
        ({"lines": [{"quantity": 10**9, "total": "1"}]}, "#/lines/0/quantity", "at most 9 digits"),
        ({"contact": "ana@example.com"}, "#/contact", "an object"),
        ({"contact": {"email": 5}}, "#/contact/email", "text"),
        ({"contact": {"fields": {"Bad Key": "x"}}}, "#/contact/fields/Bad Key/[key]", "match pattern"),
        ({"contact": {"tags": ["x" * 201]}}, "#/contact/tags/0", "at most 200"),
        ({"coupons": ["c"] * 31}, "#/coupons", "at most 30"),
        ({"a/b~c": 1}, "#/a~1b~0c", "no such field"),
    ],
)
def test_it_points_at_each_field_that_is_wrong(
    owner: Caller, fields: dict[str, Any], pointer: str | None, says: str | None
) -> None:
    raw = json.dumps(bodies.order(**fields)).replace("Infinity", "1e400") if pointer is None else None

    reply = owner.post("orders", raw.encode() if raw else bodies.order(**fields))

    assert reply.status == 422
    assert set(reply.faults) == {pointer or "#/total"}
    assert (says or "at most 12 digits") in reply.faults[pointer or "#/total"]
    assert factories.value("SELECT count(*) FROM orders") == 0


def test_it_tells_all_faults_at_once(owner: Caller) -> None:
    reply = owner.post("orders", {"store": "shop", "placed_at": "x", "lines": [{}, {"quantity": 1}]})

    assert set(reply.faults) == {
        "#/order_id", "#/placed_at", "#/total", "#/lines/0/quantity", "#/lines/0/total", "#/lines/1/total",
    }  # fmt: skip


def test_it_tells_a_hundred_faults_of_a_thousand(owner: Caller) -> None:
    reply = owner.post("orders", bodies.order(lines=[{}] * 1000))

    assert len(reply.body["errors"]) == 100


@pytest.mark.parametrize("body", [b"", b"null", b"[]", b'"text"', b"5", b"[{}]"])
def test_it_wants_an_object(owner: Caller, body: bytes) -> None:
    assert owner.post("orders", body).status == 422


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "application/xml", ""])
def test_it_reads_no_other_media_type(owner: Caller, kind: str) -> None:
    reply = owner.send("POST", "orders", bodies.order(), media_type=kind)

    assert (reply.status, reply.headers["Accept"]) == (415, "application/json")


def test_it_refuses_a_body_that_is_too_large(owner: Caller, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000

    reply = owner.post("orders", bodies.order(number="x" * 1000))

    assert (reply.status, reply.headers["Content-Type"]) == (413, "application/problem+json")


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "TRACE", "NONSENSE"])
def test_it_says_which_methods_there_are(owner: Caller, method: str) -> None:
    reply = owner.send(method, "orders")

    assert (reply.status, reply.headers["Allow"]) == (405, "GET, POST")


@pytest.mark.parametrize(
    "path", ["nothing", "orders/", "orders/1/2", "../..", "%00", "orders/%00", "ordérs", "", "%ff"]
)
def test_it_answers_unknown_addresses_as_problems(owner: Caller, path: str) -> None:
    reply = owner.get(path)

    assert (reply.status, reply.headers["Content-Type"]) == (404, "application/problem+json")


@pytest.mark.parametrize(
    "row_id", ["0", "-1", "1.0", "1e3", "abc", str(2**63), "1" + "0" * 30, "１", "+1", "1 "]
)
@pytest.mark.parametrize("noun", ["orders", "contacts", "carts", "products", "imports"])
def test_it_has_nothing_under_ids_that_cannot_be(owner: Caller, noun: str, row_id: str) -> None:
    assert owner.get(f"{noun}/{row_id}").status == 404


@pytest.mark.parametrize("noun", ["orders", "contacts", "carts", "products", "imports"])
def test_it_has_nothing_under_ids_of_others(owner: Caller, noun: str) -> None:
    reply = owner.get(f"{noun}/{2**63 - 1}")

    assert (reply.status, str(2**63 - 1) in reply.body["detail"]) == (404, True)


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ({"limit": "0"}, "limit"), ({"limit": "201"}, "limit"), ({"limit": "ten"}, "limit"),
        ({"limit": ""}, "limit"), ({"limit": "1_0"}, "limit"), ({"since": "yesterday"}, "since"),
        ({"since": ""}, "since"), ({"since": "2026-01-01T00:00:00"}, "since"), ({"status": "paid"}, "status"),
        ({"contact_id": "-1"}, "contact_id"), ({"contact_id": "1" + "0" * 30}, "contact_id"),
        ({"cursor": "x"}, "cursor"), ({"store": ""}, "store"), ({"store": "a\0b"}, "store"),
        ({"order_id": "x" * 321}, "order_id"),
    ],
)  # fmt: skip
def test_it_points_at_each_parameter_that_is_wrong(
    owner: Caller, query: dict[str, str], parameter: str
) -> None:
    reply = owner.get("orders", **query)

    assert (reply.status, set(reply.faults)) == (422, {parameter})
    assert reply.body["errors"][0]["in"] == "query"


@pytest.mark.parametrize(
    "text",
    [
        "'; DROP TABLE orders; --", "{{ 7*7 }}", "{% debug %}", "${jndi:ldap://x}", "<script>alert(1)",
        "=cmd|' /C calc'!A0", "%(name)s %s", "\\N", "\\.", "a\tb\nc\\", "😀 \u202eمرحبا", "\u200b",
    ],
)  # fmt: skip
def test_it_takes_text_as_text(owner: Caller, text: str) -> None:
    line = {"quantity": 1, "total": "1", "product_id": text, "name": text, "sku": text}
    sent = bodies.order(
        text, lines=[line], number=text, source_status=text, coupons=[text], tags=[text], admin_url=text,
        contact={"email": "ana@example.com", "first_name": text, "tags": [text], "fields": {"k": text}},
    )  # fmt: skip

    order_id = owner.post("orders", sent).body["id"]
    order = owner.get(f"orders/{order_id}").body
    contact = owner.get(f"contacts/{order['contact_id']}").body

    told = (order["order_id"], order["number"], order["source_status"], order["admin_url"])
    assert {*told, *order["coupons"], *order["tags"], contact["first_name"], *contact["tags"]} == {text}
    assert {order["lines"][0][name] for name in ("product_id", "name", "sku")} == {text}
    assert owner.get("orders", order_id=text).body["items"][0]["id"] == order_id


def test_it_keeps_negative_totals(owner: Caller) -> None:
    line = {"quantity": "-1", "total": "-5.00"}

    order_id = owner.post("orders", bodies.order(total="-5.00", lines=[line])).body["id"]

    told = owner.get(f"orders/{order_id}").body
    assert (told["total"], told["items"], told["lines"][0]["unit_price"]) == ("-5.00", "-1", "5.00")


def test_it_names_the_store_that_is_unknown(owner: Caller) -> None:
    reply = owner.post("orders", bodies.order(store="elsewhere"))

    assert (reply.status, reply.faults) == (404, {"#/store": "expected the key of a store"})


@pytest.mark.parametrize("error", [OperationalError("server closed the connection"), OSError])
def test_it_tells_when_the_database_is_away(
    owner: Caller, monkeypatch: pytest.MonkeyPatch, error: Exception | type[Exception]
) -> None:
    def fail(*args: object) -> None:
        raise error

    monkeypatch.setattr(coalesce, "submit", fail)

    reply = owner.post("orders", bodies.order())

    if isinstance(error, OperationalError):
        assert (reply.status, reply.headers["Retry-After"]) == (503, "2")
    else:
        assert reply.status == 500
    assert "server closed" not in str(reply.body)


def test_it_tells_nothing_of_its_inside(
    owner: Caller, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*args: object) -> None:
        raise ZeroDivisionError("a secret")

    monkeypatch.setattr(coalesce, "submit", fail)

    reply = owner.post("orders", bodies.order())

    assert (reply.status, "secret" in str(reply.body), "a secret" in caplog.text) == (500, False, True)


@pytest.mark.django_db(transaction=True)
def test_it_works_again_once_the_database_is_back() -> None:
    factories.make_store()
    headers = {"Authorization": f"Bearer {client.make().token}"}
    with serving(threads=2) as address, httpx.Client(base_url=f"{address}/api/v1", headers=headers) as web:
        before = [web.post("/orders", json=bodies.order(str(number))).status_code for number in range(4)]
        factories.query(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            " AND backend_type = 'client backend'"
        )
        after = [web.post("/orders", json=bodies.order(f"n{number}")).status_code for number in range(8)]

    assert before == [201] * 4
    assert set(after) <= {201, 503}
    assert after[-1] == 201
    assert factories.value("SELECT count(*) FROM orders WHERE external_id LIKE 'n%%'") == after.count(201)


@pytest.mark.django_db(transaction=True)
def test_it_stands_broken_connections() -> None:
    factories.make_store()
    token = client.make().token
    with serving(threads=2) as address:
        host, port = address.removeprefix("http://").split(":")
        for _ in range(8):
            with httpx.Client() as web, pytest.raises(httpx.HTTPError):
                web.post(
                    f"{address}/api/v1/orders",
                    headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
                    content=_cut_short(),
                )
        assert httpx.get(f"http://{host}:{port}/healthz").status_code == 200
    assert Contact.objects.count() == 0


def _cut_short() -> Any:
    yield b'{"store": "shop", '
    raise httpx.WriteError("gone")


def test_it_answers_only_to_its_own_names(owner: Caller) -> None:
    reply = owner.send("GET", "orders", headers={"host": "evil.example"})

    assert (reply.status, reply.headers["Content-Type"]) == (400, "application/problem+json")


def test_it_knows_a_body_that_ended_too_soon(owner: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    def body(request: HttpRequest) -> bytes:
        raise RequestDataTooBig

    monkeypatch.setattr(HttpRequest, "body", property(body))

    assert owner.post("orders", bodies.order()).status == 413
    assert connection.connection is not None
