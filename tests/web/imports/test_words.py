"""Nothing that can be found of a file goes without words."""

import re
from pathlib import Path

import pytest

import comanda
from comanda.ingest.csv_import import fixes, suggestions
from comanda.ingest.csv_import.dialect import DELIMITERS
from comanda.ingest.csv_import.faults import Fault
from comanda.ingest.csv_import.fields import FIELDS, REQUIRED
from comanda.ingest.csv_import.fixes import Fix
from comanda.lib.dates import Note, Order
from comanda.records.models import ImportState
from comanda.web.imports import causes, shown, words

ROOT = Path(comanda.__file__).parent
TOLD = re.compile(r'\b(?:refuse|CellProblem|file_problem|Problem|ArchiveError)\(\s*"([a-z_]+)"')


def codes() -> set[str]:
    """Every code that the import or the door writes down."""
    files = [*(ROOT / "ingest").rglob("*.py"), ROOT / "lib" / "archive.py"]
    found = {code for file in files for code in TOLD.findall(file.read_text(encoding="utf-8"))}
    halves = {f"{half}_contradicted" for half in ("decimal", "date_order")}
    return found | halves | {str(fault) for fault in Fault} | {str(note) for note in Note if note}


def test_it_has_words_for_every_code() -> None:
    assert codes() - set(causes.CAUSES) == set()


def test_it_has_no_words_for_what_is_never_found() -> None:
    assert set(causes.CAUSES) - codes() == set()


def test_it_has_words_for_every_field_reason_state_and_mark() -> None:
    assert set(words.LABELS) == set(FIELDS)
    assert set(words.MISSING) == set(REQUIRED) | {"product_price"}
    assert set(words.REASONS) == set(suggestions.REASONS)
    assert set(words.STATES) == set(ImportState.values)
    assert set(words.DELIMITER_NAMES) == set(DELIMITERS)
    assert set(words.DATE_ORDER_NAMES) == {str(order) for order in Order}


@pytest.mark.parametrize("kind", fixes.KINDS)
def test_it_has_words_for_every_fix(kind: str) -> None:
    assert shown.label_of(Fix(kind, "order_status", "x")) != ""
