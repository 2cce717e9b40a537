"""Imports run to their end: what is counted, what is refused, what a dry run foretells."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comanda.ingest.csv_import import run
from comanda.ingest.upsert import StoreRef, upsert
from comanda.records.models import Activity, List
from comanda.shapes import ContactIn
from tests import factories
from tests.factories import LIVE
from tests.ingest.csv_import import importing
from tests.ingest.csv_import.importing import HEADER, MORE, row

WIDE = (*HEADER, *MORE)
Rows = Sequence[Sequence[Any]]


def test_it_counts_rows_lines_and_what_became_of_them(store: StoreRef, tmp_path: Path) -> None:
    upsert(store, [factories.order("1"), factories.order("2", factories.line("pot"))], LIVE)
    file = importing.write(
        tmp_path / "a.csv",
        [row(2), row(3, "ana@example.com"), row(3, "ana@example.com", "pot"), row(4, price="dear"), row(4)],
    )

    job = importing.bring(store.id, file)

    assert job.state == "done"
    assert importing.counts(job) == {
        "rows": 5, "lines": 3, "refused": 2, "warnings": 0,
        "orders": {"created": 1, "updated": 1, "unchanged": 0},
        "contacts": {"created": 1, "updated": 0},
        "products": {"created": 0, "updated": 0},
    }  # fmt: skip
    again = importing.counts(importing.bring(store.id, file))
    assert (again["orders"], again["lines"], again["refused"]) == (
        {"created": 0, "updated": 0, "unchanged": 2}, 3, 2,
    )  # fmt: skip


def test_it_refuses_with_its_rows_what_only_the_door_refuses(
    store: StoreRef, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("comanda.ingest.upsert.prepare.LINE_LIMIT", 2)
    file = importing.write(tmp_path / "a.csv", [row(1), *[row(2, product=f"p{n}") for n in range(3)], row(3)])

    job = importing.bring(store.id, file)

    counts = importing.counts(job)
    assert (counts["rows"], counts["lines"], counts["refused"]) == (5, 2, 3)
    told = importing.told(job)
    assert [(each[0], each[1], each[2]) for each in told] == [
        (3, "refused", "invalid"),
        (4, "refused", "refused_with_its_order"),
        (5, "refused", "refused_with_its_order"),
    ]
    assert told[1][-1] == [str(cell) for cell in row(2, product="p1")]


@pytest.mark.parametrize(
    ("content", "code"),
    [("", "empty"), ("order_id\n", "missing_column"), (importing.text([]), "no_rows"), ("\0\0\0", None)],
)
def test_it_ends_as_failed_with_nothing_written(
    store: StoreRef, tmp_path: Path, content: str, code: str | None
) -> None:
    before = importing.snapshot()

    job = importing.bring(store.id, importing.write(tmp_path / "a.csv", content))

    assert (job.state, importing.counts(job)["rows"]) == ("failed", 0)
    assert job.error
    assert job.finished_at is not None
    told = importing.told(job)
    assert told
    assert code is None or code in {each[2] for each in told}
    assert importing.snapshot() == before


def test_it_says_that_the_file_is_gone(store: StoreRef, tmp_path: Path) -> None:
    file = importing.write(tmp_path / "a.csv", [row(1)])
    import_id = importing.ask(store.id, file)
    file.unlink()

    job = run.run(import_id)

    assert (job.state, job.error) == (
        "failed", "The file cannot be read: No such file or directory. Give it again.",
    )  # fmt: skip


def test_it_leaves_an_import_that_has_ended_as_it_is(store: StoreRef, tmp_path: Path) -> None:
    file = importing.write(tmp_path / "a.csv", [row(1)])
    job = importing.bring(store.id, file)
    file.unlink()

    again = run.run(job.pk)

    assert (again.state, again.finished_at) == ("done", job.finished_at)
    assert Activity.objects.filter(kind="order_created").count() == 1


def test_it_writes_history_that_is_no_news(store: StoreRef, tmp_path: Path) -> None:
    importing.bring(store.id, importing.write(tmp_path / "a.csv", [row(1, "ana@example.com")]))

    assert set(Activity.objects.values_list("live", flat=True)) == {False}


def test_it_stops_and_stays_where_it_is_when_the_disk_of_the_database_is_full(
    store: StoreRef, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any, **__: Any) -> None:
        raise psycopg.errors.DiskFull("could not extend file: No space left on device")

    import_id = importing.ask(store.id, importing.write(tmp_path / "a.csv", [row(1)]))
    with monkeypatch.context() as patch:
        patch.setattr("comanda.ingest.csv_import.writing.upsert", full)
        with pytest.raises(run.Stopped) as stopped:
            run.run(import_id)

    assert str(stopped.value) == (
        "The disk of the database is full (could not extend file: No space left on device)."
    )
    assert factories.query("SELECT state, after FROM import") == [("writing", None)]
    assert run.run(import_id).state == "done"


EMAILS = ("ana@example.com", "bea@example.com")
PHONES = ("+351912345670", "+351912345671")


@st.composite
def orders(draw: st.DrawFn) -> Rows:
    """Rows of a few orders, whose people and products come again and again."""
    ids = draw(st.lists(st.integers(1, 9), min_size=1, max_size=7, unique=True))
    found = []
    for order_id in ids:
        who = draw(st.sampled_from(("", "77", *EMAILS, *PHONES)))
        more = [
            draw(st.sampled_from(("", "Ana", "Bea"))),
            draw(st.sampled_from(("", PHONES[0], *PHONES))),
            draw(st.sampled_from(("", "yes", "no"))),
            draw(st.sampled_from(("", "vip"))),
        ]
        for product in draw(st.lists(st.sampled_from(("mug", "pot", "cup")), min_size=1, max_size=2)):
            price = draw(st.sampled_from(("10.00", "10.00", "10.00", "dear")))
            found.append(
                [*row(order_id, who, product, price), *more, draw(st.sampled_from(("", "Mug", "Pot")))]
            )
    return found


PEOPLE = st.lists(
    st.builds(
        ContactIn,
        email=st.sampled_from(("", *EMAILS)),
        phone=st.sampled_from(PHONES),
        first_name=st.sampled_from(("", "Ana")),
        accepts_marketing=st.sampled_from((None, True)),
    ),
    max_size=2,
)


@settings(max_examples=15)
@given(people=PEOPLE, before=orders(), rows=orders(), at_once=st.integers(1, 3))
def test_it_foretells_in_a_dry_run_what_a_real_one_counts(
    db: None, tmp_path: Path, people: list[ContactIn], before: Rows, rows: Rows, at_once: int
) -> None:
    factories.clear()
    store = factories.make_store(contact_list=List.objects.create(name="buyers"))
    upsert(store, people, LIVE)
    importing.bring(store.id, importing.write(tmp_path / "before.csv", before, WIDE))
    file = importing.write(tmp_path / "orders.csv", rows, WIDE)
    was, happened = importing.snapshot(), Activity.objects.count()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("comanda.ingest.csv_import.writing.LINES_AT_ONCE", at_once)
        rehearsed = importing.bring(store.id, file, dry_run=True)
        assert (importing.snapshot(), Activity.objects.count()) == (was, happened)
        done = importing.bring(store.id, file)

    assert importing.counts(rehearsed) == importing.counts(done)
    assert importing.told(rehearsed) == importing.told(done)
    assert (rehearsed.state, done.state) == ("done", "done")
