"""Bringing a file in by hand, step by step, with a worker in between."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from comanda.ingest.csv_import import drafts, run, undo, wizard
from comanda.ingest.upsert import StoreRef
from comanda.records import progress
from comanda.records.models import AuditEntry, Import, ImportDraft, ImportState, Order, Store
from tests.ingest.csv_import import importing, uploading

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def queue(db: None) -> None:
    """An empty one."""
    uploading.forget_jobs()


def take(store: StoreRef, tmp_path: Path, rows: Any = uploading.ROWS) -> ImportDraft:
    path = importing.write(tmp_path / "upload", importing.text(rows))
    return wizard.take(Store.objects.get(id=store.id), path, "orders.csv", "maria")


def audited() -> list[tuple[str, str]]:
    return list(AuditEntry.objects.order_by("id").values_list("actor", "action"))


def test_it_brings_a_file_from_the_upload_to_its_orders_and_back(store: StoreRef, tmp_path: Path) -> None:
    draft = take(store, tmp_path)
    waiting = progress.find(drafts.task_of(draft.pk))
    assert waiting is not None
    assert waiting.stage == progress.WAITING
    assert uploading.work() == ["import.look"]
    draft = uploading.get(draft)

    wizard.rehearse(draft, drafts.chosen_in(draft), "maria")
    assert uploading.work() == ["import.rehearse"]
    job = wizard.start(draft.pk, "maria")
    assert job is not None
    assert uploading.work() == ["import.run"]
    assert Order.objects.count() == 2
    wizard.take_back(job, "maria")
    job.refresh_from_db()
    assert wizard.is_being_undone(job)
    assert uploading.work() == ["import.undo"]

    job.refresh_from_db()
    assert (job.state, wizard.is_being_undone(job), Order.objects.count()) == (ImportState.UNDONE, False, 0)
    assert audited() == [("maria", "import.upload"), ("maria", "import.start"), ("maria", "import.undo")]


def test_it_does_not_try_the_same_choices_twice(store: StoreRef, tmp_path: Path) -> None:
    draft = take(store, tmp_path)
    uploading.work()
    draft = uploading.get(draft)
    wizard.rehearse(draft, drafts.chosen_in(draft), "maria")
    uploading.work()

    wizard.rehearse(uploading.get(draft), drafts.chosen_in(draft), "maria")

    assert uploading.work() == []


def test_it_tries_other_choices_anew(store: StoreRef, tmp_path: Path) -> None:
    draft = take(store, tmp_path)
    uploading.work()
    draft = uploading.get(draft)
    wizard.rehearse(draft, drafts.chosen_in(draft), "maria")

    wizard.rehearse(uploading.get(draft), replace(drafts.chosen_in(draft), decimal="."), "maria")

    assert uploading.work() == ["import.rehearse", "import.rehearse"]
    rehearsal = uploading.get(draft).rehearsal
    assert rehearsal is not None
    assert (rehearsal.state, rehearsal.options["decimal"]) == (ImportState.DONE, ".")


def test_it_does_not_start_what_was_not_tried(store: StoreRef, tmp_path: Path) -> None:
    draft = take(store, tmp_path)
    uploading.work()
    draft = uploading.get(draft)
    with pytest.raises(wizard.NotReady):
        wizard.start(draft.pk, "maria")
    wizard.rehearse(draft, drafts.chosen_in(draft), "maria")
    uploading.work()
    drafts.choose(uploading.get(draft), replace(drafts.chosen_in(draft), decimal=","))

    with pytest.raises(wizard.NotReady):
        wizard.start(draft.pk, "maria")

    assert not Import.objects.filter(dry_run=False).exists()


def test_it_starts_once_whoever_asks_twice(store: StoreRef, tmp_path: Path) -> None:
    draft = take(store, tmp_path)
    uploading.work()
    draft = uploading.get(draft)
    wizard.rehearse(draft, drafts.chosen_in(draft), "maria")
    uploading.work()

    first, second = wizard.start(draft.pk, "maria"), wizard.start(draft.pk, "maria")

    assert first is not None
    assert second is None
    assert Import.objects.count() == 1


def test_it_looks_again_and_drops(store: StoreRef, tmp_path: Path) -> None:
    draft = take(store, tmp_path)

    wizard.look_again(draft, {"delimiter": ";"})
    assert uploading.work() == ["import.look", "import.look"]
    assert drafts.seen_in(uploading.get(draft)).delimiter == ";"
    wizard.drop(uploading.get(draft), "maria")

    assert drafts.find(draft.pk) is None
    assert audited()[-1] == ("maria", "import.discard")


def test_it_teaches_the_store_words_and_tries_again(store: StoreRef, tmp_path: Path) -> None:
    draft = take(store, tmp_path, [["A1", "bezahlt", *importing.row("A1")[2:]]])
    uploading.work()
    draft = uploading.get(draft)
    wizard.rehearse(draft, drafts.chosen_in(draft), "maria")
    uploading.work()
    assert uploading.get(draft).preview[0]["order"]["status"] == "unknown"

    wizard.define(uploading.get(draft), {"bezahlt": "completed"}, "maria")
    uploading.work()

    assert uploading.get(draft).preview[0]["order"]["status"] == "completed"
    assert Store.objects.get().status_map == {"bezahlt": "completed"}
    assert audited()[-1] == ("maria", "store.edit")


def test_it_takes_back_no_dry_run(store: StoreRef, tmp_path: Path) -> None:
    job = run.run(importing.ask(store.id, importing.write(tmp_path / "a.csv", uploading.ROWS), dry_run=True))

    with pytest.raises(undo.CannotUndo):
        wizard.take_back(job, "maria")

    assert progress.find(undo.task_of(job.pk)) is None
