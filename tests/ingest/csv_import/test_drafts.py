"""Files between their upload and the start of their import."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from comanda.ingest import erasure
from comanda.ingest.csv_import import drafts, kept_files
from comanda.ingest.csv_import.choices import Chosen
from comanda.ingest.upsert import StoreRef, upsert
from comanda.records import progress
from comanda.records.models import Contact, Import, ImportDraft, ImportProblem, Store
from tests import factories
from tests.factories import LIVE
from tests.ingest.csv_import import importing, uploading

pytestmark = pytest.mark.django_db(transaction=True)


def test_it_keeps_an_upload_as_a_draft(store: StoreRef, tmp_path: Path) -> None:
    draft = uploading.upload(store, tmp_path, "a,b\n1,2\n", "My orders.csv.gz")

    kept = Path(draft.file_path)
    assert (draft.file_name, draft.file_size, kept.read_text()) == ("My orders.csv.gz", 8, "a,b\n1,2\n")
    assert kept.parent == kept_files.folder()
    assert kept.name.endswith(".csv.gz")
    assert kept.stat().st_mode & 0o777 == 0o600
    assert not (tmp_path / "upload").exists()
    assert not Import.objects.exists()


def test_it_never_writes_where_a_name_points(store: StoreRef, tmp_path: Path) -> None:
    draft = uploading.upload(store, tmp_path, name="../../x.c/../sv\0.csv\n")

    assert Path(draft.file_path).parent == kept_files.folder()


def test_it_looks_into_the_file_and_begins_with_what_is_suggested(store: StoreRef, tmp_path: Path) -> None:
    draft = uploading.upload(store, tmp_path)
    assert not drafts.is_looked_at(draft)

    draft = uploading.look(draft)

    assert drafts.is_looked_at(draft)
    assert drafts.seen_in(draft).rows == 3
    assert drafts.chosen_in(draft).mapping == {name: index for index, name in enumerate(importing.HEADER)}
    assert len(draft.file_digest) == 40
    assert progress.find(drafts.task_of(draft.pk)) is None


def test_it_says_why_a_file_cannot_be_looked_into(store: StoreRef, tmp_path: Path) -> None:
    draft = uploading.look(uploading.upload(store, tmp_path, "order_id,who\n"))

    assert drafts.is_looked_at(draft)
    assert draft.refusal == [
        {
            "row": 1,
            "column": "",
            "code": "no_rows",
            "field": "",
            "value": "",
            "expected": "The file has a header and no rows.",
            "mend": "Export it again, with its rows.",
        }
    ]


def test_it_says_that_a_file_is_gone(store: StoreRef, tmp_path: Path) -> None:
    draft = uploading.upload(store, tmp_path)
    Path(draft.file_path).unlink()

    draft = uploading.look(draft)

    assert [each["code"] for each in draft.refusal] == ["unreadable"]


def test_it_passes_over_a_look_that_is_no_longer_asked_for(store: StoreRef, tmp_path: Path) -> None:
    draft = uploading.upload(store, tmp_path)
    drafts.look_again(draft, {"delimiter": ";"})

    drafts.look(draft.pk, 1)

    assert not drafts.is_looked_at(uploading.get(draft))


def test_it_looks_again_with_another_delimiter_and_suggests_anew(store: StoreRef, tmp_path: Path) -> None:
    draft = uploading.look(uploading.upload(store, tmp_path, "a|b;c\n1|2;3\n"))
    drafts.choose(draft, Chosen({"order_id": 0}))

    drafts.look_again(draft, {"delimiter": "|"})
    draft = uploading.look(draft)

    assert [column.title for column in drafts.seen_in(draft).columns] == ["a", "b;c"]
    assert drafts.chosen_in(draft).mapping == {}


def test_it_keeps_what_was_chosen_when_only_the_encoding_is_another(store: StoreRef, tmp_path: Path) -> None:
    draft = uploading.look(uploading.upload(store, tmp_path, "é,b\n1,2\n"))
    drafts.choose(draft, Chosen({"order_id": 1}, {"order_status": "paid"}))

    drafts.look_again(draft, {"encoding": "ISO-8859-1"})
    draft = uploading.look(draft)

    assert drafts.seen_in(draft).columns[0].title == "Ã©"
    assert drafts.chosen_in(draft) == Chosen({"order_id": 1}, {"order_status": "paid"})


def test_it_lets_another_store_remember_its_own(store: StoreRef, tmp_path: Path) -> None:
    other = factories.make_store("other")
    header = ("x", *importing.HEADER[1:])
    file = importing.write(tmp_path / "old.csv", [importing.row("A1")], header)
    importing.bring(other.id, file, mapping={"order_id": "x"})
    draft = uploading.look(uploading.upload(store, tmp_path, importing.text([importing.row("A1")], header)))
    assert "order_id" not in drafts.chosen_in(draft).mapping

    drafts.move(draft, Store.objects.get(id=other.id))
    draft = uploading.look(draft)

    assert draft.store.key == "other"
    assert drafts.chosen_in(draft).mapping["order_id"] == 0


def test_it_drops_a_draft_with_its_file_and_dry_run(store: StoreRef, tmp_path: Path) -> None:
    rows = [importing.row("", "ana@example.com")]
    draft = uploading.rehearse(uploading.look(uploading.upload(store, tmp_path, importing.text(rows))))
    assert ImportProblem.objects.exists()

    drafts.drop(draft)

    assert not Path(draft.file_path).exists()
    assert not ImportDraft.objects.exists()
    assert not Import.objects.exists()
    assert not ImportProblem.objects.exists()


def test_it_purges_drafts_that_nobody_touches_and_stray_files(store: StoreRef, tmp_path: Path) -> None:
    drafts.purge(datetime.now(UTC) + timedelta(days=1))  # what other tests left
    old, new = uploading.upload(store, tmp_path), uploading.upload(store, tmp_path)
    ImportDraft.objects.filter(id=old.pk).update(changed_at=datetime(2020, 1, 1, tzinfo=UTC))
    stray = kept_files.folder() / "draft-stray.csv"
    stray.touch()

    before_now = drafts.purge(datetime(2021, 1, 1, tzinfo=UTC))
    drafts_left = list(ImportDraft.objects.values_list("id", flat=True))
    later = drafts.purge(datetime.now(UTC) + timedelta(days=1))

    assert (before_now, drafts_left) == (1, [new.pk])
    assert not Path(old.file_path).exists()
    assert later == 2
    assert not stray.exists()


def test_it_never_purges_the_file_of_an_import(store: StoreRef, tmp_path: Path) -> None:
    draft = uploading.upload(store, tmp_path)
    Import.objects.create(store_id=store.id, file_path=draft.file_path)
    drafts.forget_record(draft)

    drafts.purge(datetime.now(UTC) + timedelta(days=1))

    assert Path(draft.file_path).exists()


def test_it_drops_drafts_in_which_an_erased_person_stands(store: StoreRef, tmp_path: Path) -> None:
    upsert(store, [factories.order("A1", contact=factories.contact("ana@example.com"))], LIVE)
    with_ana = uploading.look(uploading.upload(store, tmp_path))
    without = uploading.upload(store, tmp_path, importing.text([importing.row("A2", "rui@example.com")]))

    certificate = erasure.erase(Contact.objects.get().pk, "tests")

    assert list(ImportDraft.objects.all()) == [without]
    assert not Path(with_ana.file_path).exists()
    assert certificate["removed"]["files"] == 1


def test_it_tells_an_import_all_that_was_chosen(store: StoreRef, tmp_path: Path) -> None:
    draft = uploading.look(uploading.upload(store, tmp_path))
    chosen = drafts.chosen_in(draft)
    del chosen.mapping["order_status"]

    drafts.choose(draft, replace(chosen, constants={"order_status": "paid"}, date_order="dmy"))

    assert drafts.run_options(uploading.get(draft)) == {
        "mapping": {name: name for name in importing.HEADER if name != "order_status"},
        "constants": {"order_status": "paid"},
        "delimiter": ",",
        "encoding": "UTF-8",
        "decimal": "",
        "date_order": "dmy",
    }
