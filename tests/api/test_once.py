"""The same request sent again."""

import threading
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import httpx
import pytest
from django.db import OperationalError, connection
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from comanda.api import once
from comanda.ingest import coalesce
from comanda.records import idempotency
from comanda.records.models import ApiKey
from tests import factories
from tests.api import bodies, client
from tests.api.client import Caller
from tests.api.server import serving


def test_it_answers_again_and_does_it_once(owner: Caller) -> None:
    first = owner.post("orders", bodies.order(), idempotency_key="k1")
    factories.query("UPDATE orders SET total = 1 RETURNING id")

    again = owner.post("orders", bodies.order(), idempotency_key="k1")

    assert (first.status, "Idempotency-Replayed" in first.headers) == (201, False)
    assert (again.status, again.body, again.headers["Idempotency-Replayed"]) == (201, first.body, "true")
    assert factories.value("SELECT total FROM orders") == 1


def test_it_refuses_another_request_under_the_same_key(owner: Caller) -> None:
    owner.post("orders", bodies.order(), idempotency_key="k1")

    other = owner.post("orders", bodies.order("1002"), idempotency_key="k1")
    elsewhere = owner.post("carts", bodies.order(), idempotency_key="k1")

    assert (other.status, elsewhere.status) == (422, 422)
    assert factories.value("SELECT count(*) FROM orders") == 1


def test_it_lets_a_refused_request_be_mended_under_the_same_key(owner: Caller) -> None:
    refused = owner.post("orders", bodies.order(total="x"), idempotency_key="k1")

    mended = owner.post("orders", bodies.order(), idempotency_key="k1")

    assert (refused.status, mended.status) == (422, 201)


def test_it_keeps_the_keys_of_callers_apart(owner: Caller) -> None:
    owner.post("orders", bodies.order(), idempotency_key="k1")

    other = client.make().post("orders", bodies.order("1002"), idempotency_key="k1")

    assert other.status == 201


@pytest.mark.parametrize("key", ["", "a b", "k" * 256, "ключ", "\x7f"])
def test_it_refuses_keys_that_are_none(owner: Caller, key: str) -> None:
    assert owner.post("orders", bodies.order(), idempotency_key=key).status == 400


def test_it_says_when_the_first_request_still_runs(owner: Caller) -> None:
    key_id = ApiKey.objects.get().pk
    held, done = threading.Event(), threading.Event()

    def run() -> None:
        with idempotency.held(key_id, "k1"):
            held.set()
            done.wait(30)
        connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    held.wait(30)

    during = owner.post("orders", bodies.order(), idempotency_key="k1")
    done.set()
    thread.join()
    after = owner.post("orders", bodies.order(), idempotency_key="k1")

    assert (during.status, during.headers["Retry-After"], after.status) == (409, "1", 201)


BODY = '--{0}\r\nContent-Disposition: form-data; name="a"\r\n\r\n{1}\r\n--{0}--\r\n'


def _fingerprint(boundary: str, content: str, cuts: list[int]) -> bytes:
    kind = f"multipart/form-data; boundary={boundary}"
    fingerprint = once._Fingerprint(RequestFactory().post("/", b"-", content_type=kind))
    body = BODY.format(boundary, content).encode()
    ends = sorted({0, len(body), *(cut % len(body) for cut in cuts)})
    for start, end in pairwise(ends):
        fingerprint.update(body[start:end])
    return fingerprint.digest()


@given(
    st.from_regex("[A-Z]{8,40}", fullmatch=True),
    st.text("0123456789\r\n-"),
    st.lists(st.integers(0, 500)),
)
def test_it_passes_over_the_boundary_of_a_multipart_body(
    boundary: str, content: str, cuts: list[int]
) -> None:
    whole = _fingerprint("boundary", content, [])

    assert _fingerprint(f"X{boundary}", content, cuts) == whole
    assert _fingerprint(boundary, f"{content}0", cuts) != whole


@pytest.mark.django_db(transaction=True)
def test_it_does_once_what_many_send_at_once() -> None:
    factories.make_store()
    token = client.make().token

    def send(address: str) -> tuple[int, str]:
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": "k1"}
        while True:
            reply = httpx.post(f"{address}/api/v1/stores", json={"key": "second"}, headers=headers)
            if reply.status_code != 409 or "running" not in reply.text:
                return reply.status_code, reply.headers.get("Idempotency-Replayed", "")

    with serving() as address, ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(send, [address] * 8))

    assert sorted(answers) == [(201, "")] + [(201, "true")] * 7


def test_it_gives_the_key_up_when_the_request_fails(owner: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(coalesce, "submit", fail)
    failed = owner.post("orders", bodies.order(), idempotency_key="k1")
    monkeypatch.undo()

    assert (failed.status, owner.post("orders", bodies.order(), idempotency_key="k1").status) == (500, 201)
    assert (
        factories.value(
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND mode = 'ExclusiveLock'"
        )
        == 0
    )


def test_it_answers_though_the_answer_cannot_be_kept(owner: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*args: object) -> None:
        raise OperationalError("gone")

    monkeypatch.setattr(idempotency, "keep", away)

    assert owner.post("orders", bodies.order(), idempotency_key="k1").status == 201
