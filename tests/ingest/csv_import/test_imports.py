"""Imports as records."""

from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings

from comanda.ingest.csv_import import imports, run
from comanda.ingest.upsert import StoreRef
from comanda.records.models import Import, Store
from tests import factories
from tests.ingest.csv_import import importing
from tests.ingest.csv_import.importing import row


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return importing.write(tmp_path / "orders.csv", [row(1), row(2)])


def find(store: StoreRef, path: Path, created_by: str = "tests", **options: Any) -> int | None:
    found = imports.find_unfinished(Store.objects.get(id=store.id), path, options, created_by=created_by)
    return found.pk if found else None


def test_it_takes_no_option_that_it_does_not_know(store: StoreRef, file: Path) -> None:
    with pytest.raises(ValueError, match="unknown option 'colour': expected one of mapping, constants"):
        importing.ask(store.id, file, colour="red")
    assert not Import.objects.exists()


def test_it_finds_an_import_of_the_same_file_that_was_cut_off(
    store: StoreRef, file: Path, tmp_path: Path
) -> None:
    options: dict[str, Any] = {"mapping": {"order_id": "order_id"}, "constants": {}, "delimiter": None}
    import_id = importing.ask(store.id, file, **options)
    copy = tmp_path / "another name.csv"
    copy.write_bytes(file.read_bytes())

    assert find(store, copy, **options) == import_id
    assert find(store, copy) is None
    assert find(store, copy, mapping={"order_id": "order_id"}, decimal=",") is None
    assert find(store, copy, created_by="someone else", **options) is None
    assert find(factories.make_store("other"), copy, **options) is None
    copy.write_bytes(file.read_bytes() + b"\n")
    assert find(store, copy, **options) is None


@pytest.mark.parametrize("dry_run", [True, False])
def test_it_finds_none_that_ended_or_was_dry(store: StoreRef, file: Path, dry_run: bool) -> None:
    import_id = importing.ask(store.id, file, dry_run=dry_run)
    if not dry_run:
        run.run(import_id)

    assert find(store, file) is None


def test_it_keeps_a_copy_to_itself(
    store: StoreRef, file: Path, settings: LazySettings, tmp_path: Path
) -> None:
    settings.DATA_DIR = tmp_path / "data"
    kept = imports.create(
        Store.objects.get(id=store.id),
        file,
        "orders.csv",
        {},
        dry_run=False,
        created_by="tests",
        keep_file=True,
    )
    file.unlink()

    assert Path(kept.file_path).parent == tmp_path / "data" / "imports"
    assert Path(kept.file_path).stat().st_mode & 0o777 == 0o600
    assert run.run(kept.pk).state == "done"


def test_it_leaves_no_record_of_a_file_that_could_not_be_kept(
    store: StoreRef, file: Path, settings: LazySettings, tmp_path: Path
) -> None:
    settings.DATA_DIR = file

    with pytest.raises(OSError, match="Not a directory"):
        imports.create(
            Store.objects.get(id=store.id),
            file,
            "orders.csv",
            {},
            dry_run=False,
            created_by="tests",
            keep_file=True,
        )

    assert not Import.objects.exists()


def test_it_sums_up_in_the_shape_that_programs_know(store: StoreRef, file: Path) -> None:
    job = importing.bring(store.id, file)

    summary = imports.summary(job.pk)

    assert summary.pop("seconds") >= 0
    assert summary == {
        "id": job.pk, "state": "done", "dry_run": False, "rows": 2, "lines": 2, "refused": 0, "warnings": 0,
        "orders": {"created": 2, "updated": 0, "unchanged": 0},
        "contacts": {"created": 0, "updated": 0},
        "products": {"created": 1, "updated": 0},
        "error": "",
    }  # fmt: skip
