"""Imports taken back."""

from pathlib import Path

import pytest

from comanda.ingest.csv_import import undo
from comanda.ingest.upsert import StoreRef
from tests.ingest.csv_import import importing
from tests.ingest.csv_import.importing import row


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Three orders of two people and a guest."""
    return importing.write(
        tmp_path / "orders.csv",
        [row(1, "ana@example.com"), row(1, "ana@example.com", "pot"), row(2, "bea@example.com"), row(3)],
    )


def test_it_takes_away_all_that_a_first_import_made(store: StoreRef, file: Path) -> None:
    before = importing.snapshot()
    job = importing.bring(store.id, file)

    told = undo.undo(job.pk, "tests")

    assert importing.snapshot() == before
    assert told == {
        "id": job.pk,
        "state": "undone",
        "orders": {"removed": 3, "restored": 0, "kept": 0},
        "contacts": {"removed": 2, "restored": 0, "kept": 0},
        "products": {"removed": 2, "restored": 0, "kept": 0},
        "kept_orders": [],
    }
