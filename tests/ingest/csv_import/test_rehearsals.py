"""A draft tried out: the same counts as the import, the first orders, and nothing written."""

from dataclasses import replace
from pathlib import Path

import pytest

from comanda.ingest.csv_import import drafts, imports, rehearsals, run
from comanda.ingest.upsert import StoreRef
from comanda.records.models import Import, ImportDraft, ImportState, Order, Store
from tests import factories
from tests.ingest.csv_import import importing, uploading

pytestmark = pytest.mark.django_db(transaction=True)

ROWS = (
    importing.row("B2", "ana@example.com", price="10.00"),
    importing.row("B2", "ana@example.com", "tea", "2.50", 4),
    importing.row("A1", "nobody"),
    importing.row("", "rui@example.com"),
    importing.row("C3", "rui@example.com", price="dear"),
)


def test_it_counts_as_the_import_does_and_writes_nothing(store: StoreRef, tmp_path: Path) -> None:
    draft = uploading.look(uploading.upload(store, tmp_path, importing.text(ROWS)))

    draft = uploading.rehearse(draft)
    rehearsed = draft.rehearsal
    assert rehearsed is not None
    assert not Order.objects.exists()
    made = rehearsals.promote(draft, created_by="maria")
    job = run.run(made.pk)

    assert (rehearsed.state, job.state) == (ImportState.DONE, ImportState.DONE)
    assert importing.counts(job) == {key: rehearsed.counts[key] for key in imports.blank()}
    assert job.counts["orders"] == {"created": 2, "updated": 0, "unchanged": 0}


def test_it_shows_the_first_orders_of_the_file_with_all_of_their_rows(
    store: StoreRef, tmp_path: Path
) -> None:
    importing.bring(store.id, importing.write(tmp_path / "old.csv", [importing.row("A1", "nobody")]))

    draft = uploading.rehearse(uploading.look(uploading.upload(store, tmp_path, importing.text(ROWS))))

    b2, a1, c3 = draft.preview
    assert [(each["id"], each["rows"], each["is_there"]) for each in (b2, a1, c3)] == [
        ("B2", 2, False),
        ("A1", 1, True),
        ("C3", 1, False),
    ]
    assert (b2["order"]["total"], b2["order"]["currency"], b2["order"]["status"]) == (
        "20.00",
        "EUR",
        "completed",
    )
    assert b2["order"]["contact"]["identifier"] == "ana@example.com"
    assert [(line["product_id"], line["total"]) for line in b2["order"]["lines"]] == [
        ("mug", "10.00"),
        ("tea", "10.00"),
    ]
    assert c3["order"] is None
    assert c3["problems"] == [{"code": "not_a_number", "column": "product_price", "value": "dear"}]


def test_it_reads_the_first_orders_by_what_the_whole_file_shows(store: StoreRef, tmp_path: Path) -> None:
    rows = [importing.row(f"A{number:02}", price="1,500") for number in range(15)]
    rows = [[*row[:2], "01/02/2026", *row[3:]] for row in rows]
    rows.append(["B1", "paid", "31/01/2026", "", "mug", "2,50", 1])

    draft = uploading.rehearse(uploading.look(uploading.upload(store, tmp_path, importing.text(rows))))

    first = draft.preview[0]["order"]
    assert (first["placed_at"], first["total"]) == ("2026-02-01T00:00:00+00:00", "1.500")


def test_it_knows_whether_it_is_of_what_is_chosen_now(store: StoreRef, tmp_path: Path) -> None:
    draft = uploading.look(uploading.upload(store, tmp_path))
    assert not rehearsals.is_current(draft)

    draft = uploading.rehearse(draft)
    assert rehearsals.is_current(draft)
    assert rehearsals.is_done(draft)
    drafts.choose(draft, replace(drafts.chosen_in(draft), decimal=","))

    assert not rehearsals.is_current(draft)


def test_it_forgets_the_dry_run_before(store: StoreRef, tmp_path: Path) -> None:
    draft = uploading.rehearse(uploading.look(uploading.upload(store, tmp_path)))

    draft = uploading.rehearse(draft)

    assert list(Import.objects.all()) == [draft.rehearsal]


def test_it_passes_over_a_dry_run_that_is_no_longer_the_drafts_own(store: StoreRef, tmp_path: Path) -> None:
    draft = uploading.look(uploading.upload(store, tmp_path))
    old = rehearsals.make(draft, created_by="tests")
    rehearsals.make(uploading.get(draft), created_by="tests")

    rehearsals.perform(draft.pk, old.pk)

    assert uploading.get(draft).preview == []


def test_it_keeps_the_reasons_of_a_file_that_cannot_be_read_so(store: StoreRef, tmp_path: Path) -> None:
    rows = [importing.row("A1", price="1,500")]
    draft = uploading.rehearse(uploading.look(uploading.upload(store, tmp_path, importing.text(rows))))

    assert draft.rehearsal is not None
    assert draft.rehearsal.state == ImportState.FAILED
    assert not rehearsals.is_done(draft)
    assert [each[2] for each in importing.told(draft.rehearsal)] == ["decimal_undecided"]


def test_it_reads_words_as_the_store_understands_them(store: StoreRef, tmp_path: Path) -> None:
    Store.objects.update(status_map={"Bezahlt": "completed"})
    rows = [["A1", "bezahlt", "2026-03-01", "", "mug", "1.00", 1]]

    draft = uploading.rehearse(uploading.look(uploading.upload(store, tmp_path, importing.text(rows))))

    assert draft.preview[0]["order"]["status"] == "completed"
    assert draft.preview[0]["problems"] == []


def test_it_becomes_an_import_with_the_same_file(store: StoreRef, tmp_path: Path) -> None:
    draft = uploading.rehearse(uploading.look(uploading.upload(store, tmp_path)))

    made = rehearsals.promote(draft, created_by="maria")

    assert not ImportDraft.objects.exists()
    assert list(Import.objects.all()) == [made]
    assert (made.file_path, made.file_digest, made.dry_run) == (draft.file_path, draft.file_digest, False)
    assert (made.state, made.created_by) == (ImportState.WAITING, "maria")
    assert Path(made.file_path).is_file()


def test_it_previews_an_order_of_another_store_as_new(store: StoreRef, tmp_path: Path) -> None:
    other = factories.make_store("other")
    importing.bring(other.id, importing.write(tmp_path / "old.csv", [importing.row("A1")]))

    draft = uploading.rehearse(uploading.look(uploading.upload(store, tmp_path)))

    assert [each["is_there"] for each in draft.preview] == [False, False]
