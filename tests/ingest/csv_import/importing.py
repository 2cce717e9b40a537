"""What the tests of imports need: files, imports of them, and all that the database holds."""

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from django.conf import settings

from comanda.ingest.csv_import import imports, run
from comanda.records.models import Import, Store
from tests import factories

HEADER = (
    "order_id", "order_status", "order_date", "contact_identifier", "product_id", "product_price",
    "product_quantity",
)  # fmt: skip
MORE = ("first_name", "phone", "accepts_marketing", "tags", "product_name")

RECORDS = (
    "orders", "order_line", "refund", "contact", "contact_identity", "consent", "contact_tag", "list_member",
    "tag", "list", "product", "store",
)  # fmt: skip
_OWN_TIMES = {"contact": "- 'updated_at'", "product": "- 'updated_at'"}


def text(rows: Iterable[Sequence[Any]], header: Sequence[str] = HEADER) -> str:
    """Rows as CSV."""
    buffer = io.StringIO(newline="")
    csv.writer(buffer, lineterminator="\n").writerows([header, *rows])
    return buffer.getvalue()


def row(
    order_id: Any, who: str = "", product: str = "mug", price: str = "10.00", quantity: Any = 1
) -> list[Any]:
    """A row of ``HEADER``."""
    return [order_id, "paid", "2026-03-01 12:00", who, product, price, quantity]


def write(path: Path, content: str | Iterable[Sequence[Any]], header: Sequence[str] = HEADER) -> Path:
    """A file of that text, or of those rows."""
    path.write_text(content if isinstance(content, str) else text(content, header), encoding="utf-8")
    return path


def ask(store_id: int, path: Path, *, dry_run: bool = False, **options: Any) -> int:
    """An import that waits to be run; its id."""
    store = Store.objects.get(id=store_id)
    made = imports.create(
        store, path, path.name, options, dry_run=dry_run, created_by="tests", keep_file=False
    )
    return int(made.pk)


def bring(store_id: int, path: Path, *, dry_run: bool = False, **options: Any) -> Import:
    """An import run to its end."""
    return run.run(ask(store_id, path, dry_run=dry_run, **options))


def counts(job: Import) -> dict[str, Any]:
    """What came of it, without what time it took."""
    summary = imports.summary(job.pk)
    return {key: summary[key] for key in imports.blank()}


def snapshot() -> dict[str, list[str]]:
    """Every record, as JSON; the times at which contacts and products were last touched left out."""
    return {
        table: [
            row
            for (row,) in factories.query(
                f"SELECT (to_jsonb(t) {_OWN_TIMES.get(table, '')})::text FROM {table} t ORDER BY 1"
            )
        ]
        for table in RECORDS
    }


def work_folder() -> Path:
    """Where imports keep rows on disk meanwhile."""
    folder: Path = settings.DATA_DIR / "work"
    folder.mkdir(exist_ok=True)
    return folder


def told(job: Import) -> list[tuple[Any, ...]]:
    """All problems of an import, in the order of the file."""
    columns = ("row", "severity", "code", "column", "value", "expected", "mend", "order_external_id", "raw")
    return list(imports.problems(job.pk).values_list(*columns))
