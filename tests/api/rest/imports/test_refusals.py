"""Uploads by API that are refused, and leave nothing behind."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import LazySettings
from django.test.client import BOUNDARY, encode_multipart

from comanda.ingest.csv_import import kept_files
from tests import factories
from tests.api.client import Caller
from tests.api.rest.imports.uploading import GOOD, MULTIPART, File, execute, nothing_happened, send, upload


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("store", None, "required"),
        ("store", "Shop!", "match"),
        ("dry_run", "yes", "true or false"),
        ("dryrun", "true", "no such field"),
        ("mapping", "{", "a JSON object"),
        ("mapping", "[]", "a JSON object"),
        ("mapping", "null", "a JSON object"),
        ("mapping", '{"order_id": 1}', "text"),
        ("mapping", '{"order_id": null}', "text"),
        ("mapping", '{"order_id": "a", "order_id": "b"}', "twice"),
        ("mapping", '{"order_id": NaN}', "NaN"),
        ("mapping", '{"order": "a"}', "'order' is none"),
        ("mapping", r'{"order_id": "\u0000"}', "text"),
        ("mapping", r'{"order_id": "\ud800"}', "text"),
        ("mapping", "[" * 100_000, "nested too deeply"),
        ("constants", json.dumps({"currency": "x" * 1001}), "at most 1000"),
        ("delimiter", "x", "one of"),
        ("delimiter", "", "one of"),
        ("encoding", "utf-7", "UTF-8"),
        ("decimal", ";", "comma"),
        ("date_order", "ymd", "dmy"),
    ],
)
def test_it_refuses_what_it_cannot_do(owner: Caller, field: str, value: str | None, words: str) -> None:
    reply = upload(owner, **{field: value})

    assert reply.status == 422
    assert list(reply.faults) == [field]
    assert words in reply.faults[field]
    assert nothing_happened()


def test_it_says_when_there_is_no_such_store(owner: Caller) -> None:
    reply = upload(owner, store="nowhere")

    assert (reply.status, reply.faults) == (404, {"store": "expected the key of a store"})
    assert nothing_happened()


@pytest.mark.parametrize(
    ("files", "words"),
    [
        (None, "expected a file"),
        ("just text", "expected a file"),
        ((File(), File()), "one file"),
    ],
)
def test_it_wants_one_file(owner: Caller, files: Any, words: str) -> None:
    reply = send(owner, encode_multipart(BOUNDARY, {"store": "shop", **({"file": files} if files else {})}))

    assert reply.status == 422
    assert words in (reply.faults["file"])
    assert nothing_happened()


def test_it_takes_a_file_without_a_name_for_none(owner: Caller) -> None:
    body = encode_multipart(BOUNDARY, {"store": "shop", "file": File()}).replace(b"orders.csv", b"")

    assert list(send(owner, body).faults) == ["file"]
    assert nothing_happened()


def test_it_refuses_a_file_in_another_field(owner: Caller) -> None:
    reply = upload(owner, rejects=File())

    assert (reply.status, list(reply.faults)) == (422, ["rejects"])
    assert nothing_happened()


def test_it_refuses_a_field_that_comes_twice(owner: Caller) -> None:
    reply = upload(owner, store=["shop", "shop"])

    assert (reply.status, reply.faults) == (422, {"store": "expected once"})
    assert nothing_happened()


@pytest.mark.parametrize(
    ("media_type", "body", "status"),
    [
        ("application/json", b"{}", 415),
        ("application/x-www-form-urlencoded", b"store=shop", 415),
        ("text/csv", GOOD.encode(), 415),
        ("", b"", 415),
        ("multipart/form-data", b"x", 400),
        (MULTIPART, b"x", 422),
        (MULTIPART, b"\0\xff" * 1000, 400),
        (MULTIPART, f"--{BOUNDARY}--".encode(), 422),
        (MULTIPART, encode_multipart(BOUNDARY, {"store": "shop", "file": File()})[:-30], 400),
    ],
)
def test_it_reads_no_other_body(owner: Caller, media_type: str, body: bytes, status: int) -> None:
    reply = send(owner, body, media_type)

    assert reply.status == status
    assert reply.headers["Content-Type"] == "application/problem+json"
    assert nothing_happened()


@pytest.mark.parametrize("charset", ["klingon", "hex", "utf-16", "idna", "unicode_escape"])
def test_it_is_not_upset_by_odd_character_sets(owner: Caller, charset: str) -> None:
    head = f"--{BOUNDARY}\r\nContent-Disposition: form-data; name=file; filename*={charset}''%41.csv\r\n\r\n"

    reply = send(owner, f"{head}a\r\n--{BOUNDARY}--\r\n".encode(), f"{MULTIPART}; charset={charset}")

    assert reply.status == 422
    assert nothing_happened()


def test_it_refuses_what_is_larger_than_allowed(owner: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMANDA_MAX_UPLOAD_MB", "1")

    reply = upload(owner, File(b"x" * (1 << 20)))

    assert reply.status == 413
    assert "1 MB" in reply.body["detail"]
    assert nothing_happened()


def test_it_does_not_read_what_claims_to_be_too_large(owner: Caller) -> None:
    response = owner.client.generic(
        "POST", "/api/v1/imports", b"x", MULTIPART, headers={"authorization": f"Bearer {owner.token}"},
        CONTENT_LENGTH=str(5 << 30),
    )  # fmt: skip

    assert response.status_code == 413


def test_it_keeps_fields_small(owner: Caller, settings: LazySettings) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000

    reply = upload(owner, mapping="x" * 1000)

    assert reply.status == 413
    assert nothing_happened()


def test_it_says_when_the_disk_is_full(owner: Caller) -> None:
    factories.value("SELECT setval('import_id_seq', 41)")
    full = kept_files.folder() / "42.csv"
    full.symlink_to("/dev/full")

    reply = upload(owner)
    full.unlink()

    assert reply.status == 507
    assert nothing_happened()


@pytest.fixture
def jobs_refused() -> Iterator[None]:
    """The queue of jobs takes none."""
    execute("ALTER TABLE procrastinate_jobs ADD CONSTRAINT refused CHECK (false) NOT VALID")
    yield
    execute("ALTER TABLE procrastinate_jobs DROP CONSTRAINT refused")


def test_it_keeps_no_file_of_which_no_worker_knows(owner: Caller, jobs_refused: None) -> None:
    assert upload(owner).status == 500
    assert nothing_happened()
