"""Problems put together by what caused them."""

from pathlib import Path

import pytest

from comanda.ingest.csv_import import problem_groups
from comanda.ingest.csv_import.problem_groups import Group
from comanda.ingest.upsert import StoreRef
from comanda.records.models import ImportProblem
from tests.ingest.csv_import import importing

pytestmark = pytest.mark.django_db(transaction=True)


def test_it_puts_the_same_thing_in_the_same_column_together(store: StoreRef, tmp_path: Path) -> None:
    rows = [importing.row(f"A{number}", price="dear" if number % 2 else "cheap") for number in range(8)]
    rows += [importing.row("", "ana@example.com"), importing.row("B1", quantity="few"), importing.row("B1")]
    rows.append(["C1", "strange", *importing.row("C1")[2:]])
    file = importing.write(tmp_path / "orders.csv", rows, ("Ref", *importing.HEADER[1:]))

    job = importing.bring(store.id, file, mapping={"order_id": "Ref"})
    groups = problem_groups.of(job)

    assert [(g.severity, g.code, g.column, g.field, g.count, g.orders) for g in groups] == [
        ("refused", "not_a_number", "product_price", "product_price", 8, 8),
        ("refused", "missing", "Ref", "order_id", 1, 1),
        ("refused", "not_a_number", "product_quantity", "product_quantity", 1, 1),
        ("warning", "unknown_status", "order_status", "order_status", 1, 1),
    ]
    assert (groups[0].rows, groups[0].values) == ([2, 3, 4, 5, 6], ["cheap", "dear"])
    assert groups[0].expected == "A number like 1234.56."
    assert problem_groups.along(job.pk) == 1


def test_it_lists_every_unknown_word(store: StoreRef, tmp_path: Path) -> None:
    rows = [[f"A{n}", f"word {n}", *importing.row("x")[2:]] for n in range(20)]

    job = importing.bring(store.id, importing.write(tmp_path / "orders.csv", rows))

    (group,) = problem_groups.of(job)
    assert group.values == [f"word {n}" for n in range(20)]


def test_it_finds_none_where_all_is_well(store: StoreRef, tmp_path: Path) -> None:
    job = importing.bring(store.id, importing.write(tmp_path / "orders.csv", [importing.row("A1")]))

    assert problem_groups.of(job) == []


def test_it_tells_what_is_wrong_with_the_file_as_a_whole(store: StoreRef, tmp_path: Path) -> None:
    job = importing.bring(store.id, importing.write(tmp_path / "orders.csv", "a,b\n"))

    (first, *_) = problem_groups.of(job)

    assert isinstance(first, Group)
    assert (first.code, first.rows) == ("missing_column", [1])
    assert ImportProblem.objects.count() == first.count
