"""What the API tells of imports: lists, problems, rejects."""

import csv
import io

from comanda.records.models import Import, ImportState, Store
from tests import factories
from tests.api.client import Caller
from tests.api.rest.imports.uploading import (
    BAD,
    bring,
)
from tests.ingest.csv_import import importing


def test_it_lists_imports_latest_first(owner: Caller) -> None:
    factories.make_store("other")
    first, second, third = bring(owner), bring(owner, "x"), bring(owner, store="other")

    page = owner.get("imports", limit=2).body
    rest = owner.get("imports", limit=2, cursor=page["next"]).body

    assert [item["id"] for item in page["items"]] == [third, second]
    assert ([item["id"] for item in rest["items"]], rest["next"]) == ([first], None)
    assert listed(owner, store="shop") == [second, first]
    assert listed(owner, state="failed") == [second]
    assert listed(owner, store="other", state="done") == [third]
    assert listed(owner, store="nowhere") == []
    assert list(owner.get("imports", state="lost").faults) == ["state"]
    assert list(owner.get("imports", cursor="lost").faults) == ["cursor"]


def listed(caller: Caller, **filters: str) -> list[int]:
    """The ids that a list of imports shows."""
    return [item["id"] for item in caller.get("imports", **filters).body["items"]]


def test_it_shows_the_first_problems_and_pages_through_all(owner: Caller) -> None:
    rows = [importing.row(number, price="free") for number in range(25)]
    twice = [importing.row("w"), [*importing.row("w")[:1], "canceled", *importing.row("w")[2:]]]
    import_id = bring(owner, importing.text([*rows, *twice]))

    found = owner.get(f"imports/{import_id}").body
    first = owner.get(f"imports/{import_id}/problems", limit=20).body
    rest = owner.get(f"imports/{import_id}/problems", limit=20, cursor=first["next"]).body
    warnings = owner.get(f"imports/{import_id}/problems", severity="warning").body

    assert (found["refused"], found["warnings"]) == (25, 1)
    assert found["problems"] == first["items"]
    assert [problem["row"] for problem in (*first["items"], *rest["items"])] == [*range(2, 27), 28]
    assert rest["next"] is None
    assert rest["items"][-1:] == warnings["items"]
    assert first["items"][0] == {
        "row": 2,
        "severity": "refused",
        "code": "not_a_number",
        "column": "product_price",
        "value": "free",
        "expected": "A number like 1234.56.",
        "mend": first["items"][0]["mend"],
        "order_id": "0",
    }
    other = bring(owner)
    assert owner.get(f"imports/{other}/problems", cursor=first["next"]).status == 404


def test_it_says_why_a_file_cannot_be_read(owner: Caller) -> None:
    found = owner.get(f"imports/{bring(owner, 'a,b')}").body

    assert (found["state"], found["lines"], found["rows_in_file"]) == ("failed", 0, None)
    assert "order_id" in found["error"]
    assert {problem["code"] for problem in found["problems"]} == {"missing_column"}


def test_it_gives_rejects_that_come_in_once_mended(owner: Caller) -> None:
    import_id = bring(owner, BAD)

    reply = owner.get(f"imports/{import_id}/rejects.csv")

    assert reply.status == 200
    assert reply.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert reply.headers["Content-Disposition"] == f'attachment; filename="rejects-{import_id}.csv"'
    text = reply.body.decode("utf-8-sig")
    header, *rows = csv.reader(io.StringIO(text))
    assert header[6:] == list(importing.HEADER)
    assert [row[6:] for row in rows] == [
        ["2", "paid", "2026-03-01 12:00", "", "mug", "=1+1", "1"],
        ["2", "paid", "2026-03-01 12:00", "", "mug", "10.00", "1"],
    ]
    again = bring(owner, text.replace("mug,=1+1", "mug,2.50"))
    assert owner.get(f"imports/{again}").body["orders"]["created"] == 1
    assert factories.value("SELECT total FROM orders WHERE external_id = '2'") == 12.5


def test_it_gives_rejects_row_by_row_however_many(owner: Caller) -> None:
    import_id = bring(owner, importing.text([importing.row(number, price="free") for number in range(3000)]))

    text = owner.get(f"imports/{import_id}/rejects.csv").body.decode("utf-8-sig")

    assert [row[6] for row in csv.reader(io.StringIO(text))] == ["order_id", *map(str, range(3000))]


def test_it_gives_no_rejects_of_what_was_no_file(owner: Caller) -> None:
    bulk = Import.objects.create(store=Store.objects.get(), source="api", state=ImportState.DONE)

    reply = owner.get(f"imports/{bulk.pk}/rejects.csv")

    assert reply.status == 404
    assert f"/api/v1/imports/{bulk.pk}/problems" in reply.body["detail"]
    assert owner.get(f"imports/{bulk.pk}").status == 200
