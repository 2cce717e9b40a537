"""Drafts as tests need them."""

import json
from pathlib import Path
from typing import Any

from comanda.ingest.csv_import import drafts, rehearsals, tasks
from comanda.ingest.csv_import.choices import Chosen
from comanda.ingest.upsert import StoreRef
from comanda.records.models import ImportDraft, Store
from tests.factories import query
from tests.ingest.csv_import import importing

TASKS: dict[str, Any] = {
    "import.look": tasks.look_into_draft,
    "import.rehearse": tasks.rehearse_draft,
    "import.run": tasks.run_import,
    "import.undo": tasks.undo_import,
}

ROWS = (
    importing.row("A1", "ana@example.com"),
    importing.row("A1", "ana@example.com", "tea", "2.50", 4),
    importing.row("A2", "rui@example.com"),
)


def upload(
    store: StoreRef, tmp_path: Path, content: str | None = None, name: str = "orders.csv"
) -> ImportDraft:
    """A draft of a file that nobody has looked into."""
    path = importing.write(tmp_path / "upload", content if content is not None else importing.text(ROWS))
    return drafts.keep(Store.objects.get(id=store.id), path, name, created_by="tests")


def look(draft: ImportDraft) -> ImportDraft:
    """The same once its file was looked into."""
    drafts.look(draft.pk, draft.look)
    return get(draft)


def rehearse(draft: ImportDraft, chosen: Chosen | None = None) -> ImportDraft:
    """The same once its dry run was done."""
    if chosen:
        drafts.choose(draft, chosen)
    made = rehearsals.make(draft, created_by="tests")
    rehearsals.perform(draft.pk, made.pk)
    return get(draft)


def get(draft: ImportDraft) -> ImportDraft:
    """As it is in the database."""
    found = drafts.find(draft.pk)
    assert found is not None
    return found


def forget_jobs() -> None:
    """Empties the queue of what other tests left."""
    query("DELETE FROM procrastinate_jobs RETURNING id")


def work() -> list[str]:
    """Does all jobs that wait, as a worker would; their names."""
    waiting = query("SELECT task_name, args::text FROM procrastinate_jobs WHERE status = 'todo' ORDER BY id")
    forget_jobs()
    for name, args in waiting:
        TASKS[name](**json.loads(args))
    return [name for name, _ in waiting]
