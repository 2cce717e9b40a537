"""The list of imports, and the page of each."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from comanda.ingest.csv_import import undo
from comanda.ingest.upsert import StoreRef
from comanda.records import progress
from comanda.records.models import Import, ImportDraft, ImportState, Order
from comanda.web.imports import listing
from tests import factories
from tests.ingest.csv_import import importing, uploading

pytestmark = pytest.mark.django_db(transaction=True)


def text(answer: Any) -> str:
    """What a page says."""
    return str(answer.content.decode())


def bring(store: StoreRef, tmp_path: Path, rows: Any, name: str = "orders.csv") -> Import:
    return importing.bring(store.id, importing.write(tmp_path / name, rows))


def test_it_invites_to_a_first_import(owner: Client, store: StoreRef) -> None:
    page = text(owner.get("/imports"))

    assert "No orders have come by file yet" in page
    assert 'href="/imports/new"' in page


def test_it_lists_imports_latest_first(owner: Client, store: StoreRef, tmp_path: Path) -> None:
    bring(store, tmp_path, [importing.row("A1")], "first.csv")
    bring(store, tmp_path, [importing.row("A2")], "second.csv")

    page = text(owner.get("/imports"))

    assert page.index("second.csv") < page.index("first.csv")
    assert "Done" in page


def test_it_narrows_the_list_to_a_store_and_a_state(owner: Client, store: StoreRef, tmp_path: Path) -> None:
    other = factories.make_store("other")
    bring(store, tmp_path, [importing.row("A1")], "ours.csv")
    bring(other, tmp_path, [importing.row("A1")], "theirs.csv")
    bring(other, tmp_path, "nonsense\n", "broken.csv")

    theirs = text(owner.get("/imports?store=other"))
    failed = text(owner.get("/imports?state=failed"))
    none = text(owner.get("/imports?state=undone"))

    assert ("theirs.csv" in theirs, "ours.csv" in theirs) == (True, False)
    assert ("broken.csv" in failed, "theirs.csv" in failed) == (True, False)
    assert "Nothing here" in none


def test_it_pages_through_the_list(owner: Client, store: StoreRef) -> None:
    for number in range(listing.ROWS + 1):
        Import.objects.create(store_id=store.id, file_name=f"file-{number}.csv", state=ImportState.DONE)

    first = owner.get("/imports")
    older = listing.page("", "", "").older
    second = text(owner.get(f"/imports?cursor={older}"))

    assert "file-0.csv" not in text(first)
    assert "file-0.csv" in second
    assert "First page" in second


@pytest.mark.parametrize(
    "query", ["cursor=x", "cursor=-1", f"cursor={'9' * 50}", "state=x&store=%00", "cursor=%E0"]
)
def test_it_bears_any_query(owner: Client, store: StoreRef, query: str) -> None:
    assert owner.get(f"/imports?{query}").status_code == 200


def test_it_shows_drafts_apart_and_hides_their_trials(owner: Client, draft: ImportDraft) -> None:
    uploading.rehearse(draft)

    page = text(owner.get("/imports"))

    assert "Not brought in yet" in page
    assert f"/imports/new/{draft.pk}" in page
    assert listing.page("", "", "").rows == []


def test_it_shows_what_came_of_an_import(owner: Client, store: StoreRef, tmp_path: Path) -> None:
    rows = [importing.row("A1"), importing.row("A2", price="dear"), importing.row("A3", price="cheap")]
    job = bring(store, tmp_path, rows)

    page = text(owner.get(f"/imports/{job.pk}"))

    assert "In Shop now" in page
    assert "2 rows were left out." in page
    assert "This is no number." in page
    assert "Rows 3, 4" in page
    assert f"/imports/{job.pk}/rejects.csv" in page
    assert "Take it back" in page


def test_it_narrows_problems_to_a_cause_and_a_severity(
    owner: Client, store: StoreRef, tmp_path: Path
) -> None:
    rows = [importing.row("A1", price="dear"), ["A2", "strange", *importing.row("x")[2:]]]
    job = bring(store, tmp_path, rows)
    part = {"hx-request": "true", "hx-target": "problems"}

    one = text(owner.get(f"/imports/{job.pk}?cause=refused:not_a_number:product_price", headers=part))
    doubts = text(owner.get(f"/imports/{job.pk}?severity=warning", headers=part))

    assert one.lstrip().startswith('<div class="card" id="problems"')
    assert ("dear" in one, "strange" in one) == (True, False)
    assert ("dear" in doubts, "strange" in doubts) == (False, True)


def test_it_pages_through_problems(owner: Client, store: StoreRef, tmp_path: Path) -> None:
    rows = [importing.row(f"A{number:03}", price=f"dear-{number}") for number in range(listing.PROBLEMS + 1)]
    job = bring(store, tmp_path, rows)

    first = listing.problems(job, "", "", "")
    second = text(owner.get(f"/imports/{job.pk}?cursor={first.older}"))

    assert len(first.found) == listing.PROBLEMS
    assert f"dear-{listing.PROBLEMS}<" in second
    assert f"dear-{listing.PROBLEMS - 1}<" not in second


def test_it_gives_the_rows_left_out_as_a_file_that_comes_in_once_mended(
    owner: Client, store: StoreRef, tmp_path: Path
) -> None:
    job = bring(store, tmp_path, [importing.row("A1"), importing.row("A2", price="dear")])

    answer: Any = owner.get(f"/imports/{job.pk}/rejects.csv")

    mended = b"".join(answer.streaming_content).decode().replace(",dear,", ",3.00,")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="rejects-{job.pk}.csv"'
    again = importing.bring(store.id, importing.write(tmp_path / "mended.csv", mended))
    assert again.counts["orders"] == {"created": 1, "updated": 0, "unchanged": 0}


def test_it_follows_an_import_until_it_is_over(owner: Client, store: StoreRef, tmp_path: Path) -> None:
    job = Import.objects.create(store_id=store.id, file_name="orders.csv", state=ImportState.WRITING)
    with progress.shown(f"import {job.pk}") as tell:
        tell("writing", 30_000, 120_000)
        moving = text(owner.get(f"/imports/{job.pk}/progress"))
    Import.objects.update(state=ImportState.DONE)

    over = text(owner.get(f"/imports/{job.pk}/progress"))

    assert 'value="25"' in moving
    assert "30,000 of 120,000 rows" in moving
    assert f'hx-get="/imports/{job.pk}/progress" hx-trigger="every 500ms"' in moving
    assert "hx-trigger" not in over


def test_it_takes_an_import_back_and_tells_what_that_did(
    owner: Client, store: StoreRef, tmp_path: Path
) -> None:
    job = bring(store, tmp_path, uploading.ROWS)

    answer = owner.post(f"/imports/{job.pk}/undo")
    meanwhile = text(owner.get(f"/imports/{job.pk}"))
    uploading.work()

    page = text(owner.get(f"/imports/{job.pk}"))
    assert answer.headers["Location"] == f"/imports/{job.pk}"
    assert "Being taken back" in meanwhile
    assert "Row by row" not in meanwhile
    assert "Taken back by owner@example.com" in page
    assert not Order.objects.exists()
    assert "Take it back" not in page


def test_it_goes_on_with_taking_back_what_was_cut_off(owner: Client, store: StoreRef, tmp_path: Path) -> None:
    job = bring(store, tmp_path, uploading.ROWS)
    Import.objects.update(state=ImportState.FAILED, error=undo.UNDER_WAY)

    page = text(owner.get(f"/imports/{job.pk}"))
    owner.post(f"/imports/{job.pk}/undo")
    uploading.work()

    assert "Stop and take back" in page
    job.refresh_from_db()
    assert job.state == ImportState.UNDONE


def test_it_takes_nothing_back_twice(owner: Client, store: StoreRef, tmp_path: Path) -> None:
    job = bring(store, tmp_path, uploading.ROWS)
    owner.post(f"/imports/{job.pk}/undo")
    uploading.work()

    owner.post(f"/imports/{job.pk}/undo")

    assert uploading.work() == []


def test_it_shows_orders_that_came_by_the_api(owner: Client, store: StoreRef) -> None:
    job = Import.objects.create(store_id=store.id, source="api", state=ImportState.DONE)

    page = text(owner.get(f"/imports/{job.pk}"))

    assert "Orders sent by the API" in page
    assert "Take it back" not in page
    assert owner.get(f"/imports/{job.pk}/rejects.csv").status_code == 404


def test_it_gives_a_sample_file(owner: Client) -> None:
    answer = owner.get("/imports/sample.csv")

    assert answer.headers["Content-Disposition"] == 'attachment; filename="orders-sample.csv"'
    assert text(answer).startswith("order_id,order_status,order_date,contact_identifier,order_revenue,")


def test_it_explains_every_column(owner: Client) -> None:
    page = text(owner.get("/imports/format"))

    assert "numero pedido" in page
    assert "What the order came to in all; the sum of its lines where it is not said." in page
