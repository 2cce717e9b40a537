"""Files by API: taken in, followed, mended, taken back."""

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.conf import settings as deployed
from django.db import connection
from django.test.client import BOUNDARY, encode_multipart

from comanda.api.rest import import_bodies
from comanda.ingest.csv_import import kept_files, tasks
from comanda.jobs import app
from comanda.records.models import AuditEntry, Import, ImportState, Role, Store
from tests import factories
from tests.api import client
from tests.api.client import Caller, Reply
from tests.ingest.csv_import import importing

pytestmark = pytest.mark.django_db(transaction=True)

GOOD = importing.text(
    [importing.row("1", "ana@example.com"), importing.row("2"), importing.row("2", product="cup")]
)
BAD = importing.text(
    [importing.row("1", "ana@example.com"), importing.row("2", price="=1+1"), importing.row("2")]
)
MULTIPART = f"multipart/form-data; boundary={BOUNDARY}"


class File(io.BytesIO):
    """A file as the multipart encoder wants it."""

    content_type = "text/csv"

    def __init__(self, content: str | bytes = GOOD, name: str = "orders.csv") -> None:
        super().__init__(content if isinstance(content, bytes) else content.encode())
        self.name = name


def upload(caller: Caller, *files: File, **fields: Any) -> Reply:
    """POST /imports of an ordinary file to the store ``shop``, unless told otherwise."""
    parts = {"store": "shop", "file": files or (File(),), **fields}
    given = {name: value for name, value in parts.items() if value is not None}
    return send(caller, encode_multipart(BOUNDARY, given))


def send(caller: Caller, body: bytes, media_type: str = MULTIPART) -> Reply:
    """POST /imports of any bytes."""
    return caller.send("POST", "imports", body, media_type=media_type)


def bring(caller: Caller, content: str = GOOD, **fields: Any) -> int:
    """A file taken in and run as a worker would; the import's id."""
    import_id: int = upload(caller, File(content), **fields).body["id"]
    tasks.run_import(import_id)
    return import_id


def nothing_happened() -> bool:
    """Whether no import, job, file or deed is left behind."""
    jobs = factories.value("SELECT count(*) FROM procrastinate_jobs")
    files = [*kept_files.folder().iterdir(), *(deployed.DATA_DIR / "work").iterdir()]
    return not (Import.objects.exists() or jobs or files or AuditEntry.objects.exists())


def execute(statement: str) -> None:
    """A statement that gives nothing."""
    with connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.fixture(autouse=True)
def _fresh(transactional_db: None, settings: LazySettings, tmp_path: Path) -> None:
    """Each test has a data folder of its own, and a queue without the jobs of other tests."""
    settings.DATA_DIR = tmp_path
    (tmp_path / "work").mkdir()
    execute("TRUNCATE procrastinate_jobs CASCADE")


def test_it_takes_a_file_and_hands_it_to_a_worker(owner: Caller) -> None:
    reply = upload(owner)

    job = Import.objects.get()
    assert (reply.status, reply.headers["Location"]) == (202, f"/api/v1/imports/{job.pk}")
    assert (reply.body["id"], reply.body["state"], reply.body["store"]) == (job.pk, "waiting", "shop")
    assert reply.body["created_by"] == job.created_by == factories.value("SELECT actor FROM audit_entry")
    assert (job.file_name, job.file_size) == ("orders.csv", len(GOOD))
    assert Path(job.file_path).read_text() == GOOD
    assert Path(job.file_path).stat().st_mode & 0o777 == 0o600
    assert list((deployed.DATA_DIR / "work").iterdir()) == []
    assert factories.query("SELECT task_name, lock, args FROM procrastinate_jobs") == [
        ("import.run", f"import-{job.store_id}", json.dumps({"import_id": job.pk}))
    ]


def test_it_brings_a_file_in_and_takes_it_back(owner: Caller) -> None:
    where = upload(owner).headers["Location"].removeprefix("/api/v1/")

    work_off()
    done = owner.get(where).body
    owner.post(f"{where}/undo")
    work_off()
    undone = owner.get(where).body

    assert (done["state"], undone["state"]) == ("done", "undone")
    assert (done["rows_in_file"], done["rows"], done["lines"], done["refused"]) == (3, 3, 3, 0)
    assert done["orders"] == {"created": 2, "updated": 0, "unchanged": 0}
    assert done["contacts"] == {"created": 1, "updated": 0}
    assert done["products"] == {"created": 2, "updated": 0}
    assert (done["problems"], done["undo"], done["error"]) == ([], None, "")
    assert undone["undo"]["orders"] == {"removed": 2, "restored": 0, "kept": 0}
    assert factories.value("SELECT count(*) FROM orders") == 0


def work_off() -> None:
    """Does what is queued, by its name and arguments as a worker does, and empties the queue."""
    for name, args in factories.query("SELECT task_name, args FROM procrastinate_jobs ORDER BY id"):
        app.tasks[name](**json.loads(args))
    execute("TRUNCATE procrastinate_jobs CASCADE")


def test_it_reads_the_file_as_it_is_told_to(owner: Caller) -> None:
    text = "Nr;Wann;Preis;Menge;Was;Wer\n7;03/04/2026;1.234,50;2;Tasse;ana@example.com\n"
    mapping = {
        "order_id": "Nr", "order_date": "Wann", "product_price": "Preis", "product_quantity": "Menge",
        "product_id": "Was", "contact_identifier": "Wer",
    }  # fmt: skip
    told = {"delimiter": ";", "encoding": "UTF-16", "decimal": ",", "date_order": "mdy"}

    reply = upload(
        owner,
        File(text.encode("utf-16")),
        mapping=json.dumps(mapping),
        constants='{"order_status": "completed"}',
        **told,
    )
    tasks.run_import(reply.body["id"])

    constants = {"order_status": "completed"}
    assert Import.objects.get().options == {"mapping": mapping, "constants": constants, **told}
    assert factories.query("SELECT external_id, status, total::text, placed_at::date::text FROM orders") == [
        ("7", "completed", "2469.000000", "2026-03-04")
    ]


def test_it_tells_what_would_be_in_a_dry_run(owner: Caller) -> None:
    import_id = bring(owner, dry_run="true")

    found = owner.get(f"imports/{import_id}").body
    assert (found["state"], found["dry_run"], found["orders"]["created"]) == ("done", True, 2)
    assert factories.value("SELECT count(*) FROM orders") == 0


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


def test_it_takes_a_file_beyond_what_json_may_be(owner: Caller, settings: LazySettings) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    rows = [importing.row(number) for number in range(100)]

    import_id = bring(owner, importing.text(rows))

    assert owner.get(f"imports/{import_id}").body["orders"]["created"] == 100


def test_it_keeps_fields_small(owner: Caller, settings: LazySettings) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000

    reply = upload(owner, mapping="x" * 1000)

    assert reply.status == 413
    assert nothing_happened()


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        (r"C:\Users\ana\orders.csv", "orders.csv"),
        ("a\0b.csv", "ab.csv"),
        ("encomendas 🛒 שלום.csv", "encomendas 🛒 שלום.csv"),
        ("=cmd().csv", "=cmd().csv"),
        ("x" * 400 + ".csv", "x" * 196 + ".csv"),
        ("a." + "é" * 300, "é" * 100),
        ("orders", "orders"),
    ],
)
def test_it_lets_no_name_reach_the_disk(owner: Caller, sent: str, kept: str) -> None:
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="{sent}"\r\n\r\n'
    field = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="store"\r\n\r\nshop\r\n'

    reply = send(owner, f"{field}{head}{GOOD}\r\n--{BOUNDARY}--\r\n".encode())

    assert (reply.status, reply.body["file_name"]) == (202, kept)
    (path,) = kept_files.folder().iterdir()
    assert path.name.startswith(str(reply.body["id"]))
    assert path.read_text() == GOOD


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


def test_it_lists_imports_latest_first(owner: Caller) -> None:
    factories.make_store("other")
    first, second, third = bring(owner), bring(owner, "x"), bring(owner, store="other")

    page = owner.get("imports", limit=2).body
    rest = owner.get("imports", limit=2, cursor=page["next"]).body

    assert [item["id"] for item in page["items"]] == [third, second]
    assert ([item["id"] for item in rest["items"]], rest["next"]) == ([first], None)
    assert listed(owner, store="shop") == [second, first]
    assert listed(owner, state="failed") == [second]
    assert listed(owner, store="other", state="done") == [third]
    assert listed(owner, store="nowhere") == []
    assert list(owner.get("imports", state="lost").faults) == ["state"]
    assert list(owner.get("imports", cursor="lost").faults) == ["cursor"]


def listed(caller: Caller, **filters: str) -> list[int]:
    """The ids that a list of imports shows."""
    return [item["id"] for item in caller.get("imports", **filters).body["items"]]


def test_it_shows_the_first_problems_and_pages_through_all(owner: Caller) -> None:
    rows = [importing.row(number, price="free") for number in range(25)]
    twice = [importing.row("w"), [*importing.row("w")[:1], "canceled", *importing.row("w")[2:]]]
    import_id = bring(owner, importing.text([*rows, *twice]))

    found = owner.get(f"imports/{import_id}").body
    first = owner.get(f"imports/{import_id}/problems", limit=20).body
    rest = owner.get(f"imports/{import_id}/problems", limit=20, cursor=first["next"]).body
    warnings = owner.get(f"imports/{import_id}/problems", severity="warning").body

    assert (found["refused"], found["warnings"]) == (25, 1)
    assert found["problems"] == first["items"]
    assert [problem["row"] for problem in (*first["items"], *rest["items"])] == [*range(2, 27), 28]
    assert rest["next"] is None
    assert rest["items"][-1:] == warnings["items"]
    assert first["items"][0] == {
        "row": 2,
        "severity": "refused",
        "code": "not_a_number",
        "column": "product_price",
        "value": "free",
        "expected": "A number like 1234.56.",
        "mend": first["items"][0]["mend"],
        "order_id": "0",
    }
    other = bring(owner)
    assert owner.get(f"imports/{other}/problems", cursor=first["next"]).status == 404


def test_it_says_why_a_file_cannot_be_read(owner: Caller) -> None:
    found = owner.get(f"imports/{bring(owner, 'a,b')}").body

    assert (found["state"], found["lines"], found["rows_in_file"]) == ("failed", 0, None)
    assert "order_id" in found["error"]
    assert {problem["code"] for problem in found["problems"]} == {"missing_column"}


def test_it_gives_rejects_that_come_in_once_mended(owner: Caller) -> None:
    import_id = bring(owner, BAD)

    reply = owner.get(f"imports/{import_id}/rejects.csv")

    assert reply.status == 200
    assert reply.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert reply.headers["Content-Disposition"] == f'attachment; filename="rejects-{import_id}.csv"'
    text = reply.body.decode("utf-8-sig")
    header, *rows = csv.reader(io.StringIO(text))
    assert header[6:] == list(importing.HEADER)
    assert [row[6:] for row in rows] == [
        ["2", "paid", "2026-03-01 12:00", "", "mug", "=1+1", "1"],
        ["2", "paid", "2026-03-01 12:00", "", "mug", "10.00", "1"],
    ]
    again = bring(owner, text.replace("mug,=1+1", "mug,2.50"))
    assert owner.get(f"imports/{again}").body["orders"]["created"] == 1
    assert factories.value("SELECT total FROM orders WHERE external_id = '2'") == 12.5


def test_it_gives_rejects_row_by_row_however_many(owner: Caller) -> None:
    import_id = bring(owner, importing.text([importing.row(number, price="free") for number in range(3000)]))

    text = owner.get(f"imports/{import_id}/rejects.csv").body.decode("utf-8-sig")

    assert [row[6] for row in csv.reader(io.StringIO(text))] == ["order_id", *map(str, range(3000))]


def test_it_gives_no_rejects_of_what_was_no_file(owner: Caller) -> None:
    bulk = Import.objects.create(store=Store.objects.get(), source="api", state=ImportState.DONE)

    reply = owner.get(f"imports/{bulk.pk}/rejects.csv")

    assert reply.status == 404
    assert f"/api/v1/imports/{bulk.pk}/problems" in reply.body["detail"]
    assert owner.get(f"imports/{bulk.pk}").status == 200


def test_it_has_an_import_taken_back_once_however_often_it_is_asked(owner: Caller) -> None:
    import_id = bring(owner)

    replies = [owner.post(f"imports/{import_id}/undo") for _ in range(2)]

    assert [(reply.status, reply.headers["Location"]) for reply in replies] == [
        (202, f"/api/v1/imports/{import_id}")
    ] * 2
    ((args,),) = factories.query("SELECT args FROM procrastinate_jobs WHERE task_name = 'import.undo'")
    tasks.undo_import(**json.loads(args))
    assert owner.get(f"imports/{import_id}").body["state"] == "undone"
    undone = AuditEntry.objects.get(action="import.undo")
    assert (undone.actor, undone.target) == (Import.objects.get().created_by, f"import {import_id}")


@pytest.mark.parametrize("state", ["waiting", "reading", "writing", "failed"])
def test_it_has_an_import_taken_back_that_is_under_way(owner: Caller, state: str) -> None:
    import_id = upload(owner).body["id"]
    Import.objects.update(state=state)

    owner.post(f"imports/{import_id}/undo")
    tasks.undo_import(import_id, "test")
    tasks.run_import(import_id)

    assert owner.get(f"imports/{import_id}").body["state"] == "undone"
    assert factories.value("SELECT count(*) FROM orders") == 0


def test_it_says_which_orders_were_kept(owner: Caller) -> None:
    import_id = bring(owner)
    bring(owner, GOOD.replace("10.00", "11.00"))

    owner.post(f"imports/{import_id}/undo")
    tasks.undo_import(import_id, "test")

    undo = owner.get(f"imports/{import_id}").body["undo"]
    assert undo["orders"] == {"removed": 0, "restored": 0, "kept": 2}
    assert undo["kept_orders"] == ["1", "2"]


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"state": ImportState.DONE, "dry_run": True}, "dry run"),
        ({"state": ImportState.UNDONE}, "undone already"),
        ({"state": ImportState.DONE, "source": "api"}, "did not come as a file"),
    ],
)
def test_it_refuses_what_cannot_be_taken_back(owner: Caller, columns: dict[str, Any], words: str) -> None:
    job = Import.objects.create(store=Store.objects.get(), **columns)

    reply = owner.post(f"imports/{job.pk}/undo")

    assert reply.status == 409
    assert words in reply.body["detail"]
    assert factories.value("SELECT count(*) FROM procrastinate_jobs") == 0


@pytest.mark.parametrize(
    "import_id", ["1", "9223372036854775807", "9223372036854775808", "0", "-1", "x", "1.0"]
)
@pytest.mark.parametrize("path", ["", "/problems", "/rejects.csv", "/undo"])
def test_it_knows_no_other_ids(owner: Caller, path: str, import_id: str) -> None:
    reply = owner.send("POST" if path == "/undo" else "GET", f"imports/{import_id}{path}")

    assert reply.status == 404


MAY_READ = {Role.OWNER, Role.MARKETER, Role.VIEWER}
MAY_WRITE = {Role.OWNER, Role.MARKETER}


@pytest.mark.parametrize(
    ("method", "path", "may", "status"),
    [
        ("GET", "imports", MAY_READ, 200),
        ("GET", "imports/{id}", MAY_READ, 200),
        ("GET", "imports/{id}/problems", MAY_READ, 200),
        ("GET", "imports/{id}/rejects.csv", MAY_READ, 200),
        ("POST", "imports", MAY_WRITE, 202),
        ("POST", "imports/{id}/undo", MAY_WRITE, 202),
    ],
)
@pytest.mark.parametrize("role", [*Role, None])
def test_it_lets_in_whom_it_should(
    owner: Caller, role: Role | None, method: str, path: str, may: set[Role], status: int
) -> None:
    where = path.format(id=bring(owner))
    caller = client.make(role) if role else Caller()
    jobs = factories.value("SELECT count(*) FROM procrastinate_jobs")

    reply = upload(caller) if (method, path) == ("POST", "imports") else caller.send(method, where)

    allowed = role in may
    assert reply.status == (status if allowed else 403 if role else 401)
    queued = factories.value("SELECT count(*) FROM procrastinate_jobs") - jobs
    assert queued == (1 if allowed and method == "POST" else 0)


def test_it_does_an_upload_once_for_one_key(owner: Caller) -> None:
    body = encode_multipart(BOUNDARY, {"store": "shop", "file": File()})
    headers = {"idempotency_key": "k1"}

    replies = [owner.send("POST", "imports", body, headers=headers, media_type=MULTIPART) for _ in range(2)]

    assert [reply.status for reply in replies] == [202, 202]
    assert replies[0].body == replies[1].body
    assert Import.objects.count() == 1


def test_its_description_is_that_of_the_form() -> None:
    schema = import_bodies.described()["content"]["multipart/form-data"]["schema"]

    assert schema["required"] == ["file", "store"]
    assert set(schema["properties"]) == {"file", *import_bodies.ImportForm.model_fields}
    assert schema["additionalProperties"] is False
