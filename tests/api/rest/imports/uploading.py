"""Files sent by API, for tests."""

import io
from typing import Any

from django.conf import settings as deployed
from django.db import connection
from django.test.client import BOUNDARY, encode_multipart

from comanda.ingest.csv_import import kept_files, tasks
from comanda.records.models import AuditEntry, Import
from tests import factories
from tests.api.client import Caller, Reply
from tests.ingest.csv_import import importing

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
