"""Problems kept in the database, and the rejects file made of them."""

from decimal import Decimal
from pathlib import Path

import pytest

from comanda.ingest.csv_import import imports, problem_rows
from comanda.ingest.csv_import.problems import RowProblem, Severity
from comanda.ingest.upsert import StoreRef, upsert
from comanda.records import database
from comanda.records.models import Import
from comanda.shapes import Problem
from tests import factories
from tests.factories import LIVE
from tests.ingest.csv_import import importing
from tests.ingest.csv_import.importing import HEADER, row


def rejects(job: Import) -> str:
    return b"".join(problem_rows.rejects(job.pk)).decode("utf-8-sig")


def test_it_gives_back_what_was_refused_and_takes_it_mended(store: StoreRef, tmp_path: Path) -> None:
    rows = [row(1, "ana@example.com"), row(2, price="dear"), row(2), row(3, quantity="NaN"), row(4)]
    job = importing.bring(store.id, importing.write(tmp_path / "a.csv", rows))
    assert factories.query("SELECT external_id FROM orders ORDER BY 1") == [("1",), ("4",)]

    text = rejects(job)

    assert [line.split(",")[0] for line in text.splitlines()] == ["_row", "3", "4", "5"]
    mended = importing.write(
        tmp_path / "mended.csv",
        text.replace("2026-03-01 12:00,,mug,dear", "2026-03-01 12:00,,mug,4.00").replace("NaN", "2"),
    )
    again = importing.bring(store.id, mended)
    assert importing.counts(again) == {
        "rows": 3, "lines": 3, "refused": 0, "warnings": 0,
        "orders": {"created": 2, "updated": 0, "unchanged": 0},
        "contacts": {"created": 0, "updated": 0},
        "products": {"created": 0, "updated": 0},
    }  # fmt: skip
    assert factories.query("SELECT external_id, total FROM orders ORDER BY 1") == [
        ("1", 10),
        ("2", 14),
        ("3", 20),
        ("4", 10),
    ]


def test_it_refuses_unmended_rows_again_for_the_same_reasons(store: StoreRef, tmp_path: Path) -> None:
    first = importing.bring(
        store.id, importing.write(tmp_path / "a.csv", [row(1, price="x"), row(1), row(2)])
    )

    second = importing.bring(store.id, importing.write(tmp_path / "b.csv", rejects(first)))

    assert [(each[2], each[3], each[4]) for each in importing.told(second)] == [
        (each[2], each[3], each[4]) for each in importing.told(first)
    ]
    assert importing.counts(second)["refused"] == 2


def test_it_keeps_the_delimiter_and_the_reading_of_the_file(store: StoreRef, tmp_path: Path) -> None:
    content = "Nr;order_status;order_date;contact_identifier;product_id;product_price;product_quantity\n" + (
        "1;paid;13/02/2026;;mug;1.234,50;1\n2;paid;01/02/2026;;mug;oops;1\n"
    )
    job = importing.bring(store.id, importing.write(tmp_path / "a.csv", content), mapping={"order_id": "Nr"})
    other = factories.make_store("other")

    again = importing.bring(
        other.id, importing.write(tmp_path / "b.csv", rejects(job).replace("oops", "2,50"))
    )

    assert again.state == "done"
    assert factories.query(
        "SELECT external_id, total, placed_at::date::text FROM orders WHERE store_id = %(id)s", id=other.id
    ) == [("2", Decimal("2.5"), "2026-02-01")]


def test_it_gives_back_orders_that_only_the_door_refused(
    store: StoreRef, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("comanda.ingest.upsert.prepare.LINE_LIMIT", 1)
        file = importing.write(tmp_path / "a.csv", [row(1), row(2), row(2, product="pot")])
        job = importing.bring(store.id, file)
    assert importing.counts(job)["refused"] == 2

    again = importing.bring(store.id, importing.write(tmp_path / "b.csv", rejects(job)))

    assert importing.counts(again)["orders"]["created"] == 1
    assert factories.value("SELECT count(*) FROM order_line") == 3


def test_it_has_only_headers_where_nothing_was_refused(store: StoreRef, tmp_path: Path) -> None:
    job = importing.bring(store.id, importing.write(tmp_path / "a.csv", [row(1)]))

    assert len(rejects(job).splitlines()) == 1
    assert rejects(job).rstrip().endswith(",".join(HEADER))


HOSTILE = [
    "=cmd()|'/C calc'!A0",
    "'); DROP TABLE orders;--",
    "{{ 7*7 }}{% raw %}",
    "\\N",
    "\\.",
    "a\tb\\",
    "שלום 🎉",
    "\u202ereversed",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_it_keeps_any_text_as_it_is(store: StoreRef, tmp_path: Path, text: str) -> None:
    job = importing.bring(store.id, importing.write(tmp_path / "a.csv", [row("1", text, text, text)]))

    told = importing.told(job)

    assert told[0][-1] == ["1", "paid", "2026-03-01 12:00", text, text, text, "1"]
    assert text in {each[4] for each in told}
    assert text.replace('"', '""') in rejects(job)
    assert all(text in problem_rows.sentence(each) for each in imports.problems(job.pk) if each.value)


@pytest.mark.parametrize(
    ("text", "kept"), [("a\0b", "a␀b"), ("half \ud83d", "half ?"), ("\\N", "\\N"), ("x\r\ny\t", "x\r\ny\t")]
)
def test_it_writes_what_the_database_cannot_hold_as_something_it_can(
    store: StoreRef, text: str, kept: str
) -> None:
    job = Import.objects.create(store_id=store.id)
    problem = RowProblem(7, text, Problem("odd", text, text, text, text), Severity.WARNING)

    with database.cursor() as cursor:
        problem_rows.write(cursor, job.pk, [(text, problem)])

    assert importing.told(job) == [(7, "warning", "odd", kept, kept, kept, kept, kept, None)]


def test_it_tells_no_order_of_another_import(store: StoreRef, tmp_path: Path) -> None:
    upsert(store, [factories.order("1")], LIVE)
    importing.bring(store.id, importing.write(tmp_path / "a.csv", [row(1, price="x")]))
    job = importing.bring(store.id, importing.write(tmp_path / "b.csv", [row(2)]))

    assert importing.told(job) == []
