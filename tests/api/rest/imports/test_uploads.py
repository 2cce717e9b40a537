"""Files by API: taken in, and worked off as they were told to be."""

import json
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.conf import settings as deployed
from django.test.client import BOUNDARY

from comanda.ingest.csv_import import kept_files, tasks
from comanda.jobs import app
from comanda.records.models import Import
from tests import factories
from tests.api.client import Caller
from tests.api.rest.imports.uploading import GOOD, File, bring, execute, send, upload
from tests.ingest.csv_import import importing


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


def test_it_takes_a_file_beyond_what_json_may_be(owner: Caller, settings: LazySettings) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    rows = [importing.row(number) for number in range(100)]

    import_id = bring(owner, importing.text(rows))

    assert owner.get(f"imports/{import_id}").body["orders"]["created"] == 100


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
