"""The wizard, page by page, as a browser without scripts goes through it."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from comanda.ingest.csv_import import drafts
from comanda.ingest.upsert import StoreRef
from comanda.records import connections
from comanda.records.models import Import, ImportDraft, ImportState, Order, Store
from tests import factories
from tests.ingest.csv_import import importing, uploading
from tests.web.imports.conftest import columns, send

pytestmark = pytest.mark.django_db(transaction=True)


def text(answer: Any) -> str:
    """What a page says."""
    return str(answer.content.decode())


def trial(client: Client, draft: ImportDraft, **changed: str) -> Any:
    """The page of the trial, once it is done."""
    answer = client.post(f"/imports/new/{draft.pk}", columns(**changed))
    assert answer.headers["Location"] == f"/imports/new/{draft.pk}/trial"
    uploading.work()
    return client.get(f"/imports/new/{draft.pk}/trial")


def test_it_brings_a_file_in_from_the_first_page_to_the_last(owner: Client, store: StoreRef) -> None:
    answer: Any = send(owner, importing.text(uploading.ROWS))
    draft = ImportDraft.objects.get()
    assert answer.headers["Location"] == f"/imports/new/{draft.pk}"
    assert "Looking into the file" in text(owner.get(f"/imports/new/{draft.pk}"))
    uploading.work()
    assert "All that is needed is there." in text(owner.get(f"/imports/new/{draft.pk}"))
    page = text(trial(owner, draft))
    assert "This is what would come into Shop" in page
    assert "ana@example.com" in page
    assert not Order.objects.exists()

    answer = owner.post(f"/imports/new/{draft.pk}/start")

    job = Import.objects.get()
    assert answer.headers["Location"] == f"/imports/{job.pk}"
    assert "You can leave this page" in text(owner.get(f"/imports/{job.pk}"))
    uploading.work()
    assert "In Shop now" in text(owner.get(f"/imports/{job.pk}"))
    assert Order.objects.count() == 2
    assert job.created_by.endswith("(owner@example.com)")


def test_it_lets_one_try_the_sample_file(owner: Client, store: StoreRef) -> None:
    owner.post("/imports/new", {"store": "shop", "sample": "yes"})
    uploading.work()

    draft = ImportDraft.objects.get()
    assert (draft.file_name, drafts.seen_in(draft).rows) == ("orders-sample.csv", 4)
    assert "All that is needed is there." in text(owner.get(f"/imports/new/{draft.pk}"))


def test_it_leads_to_a_store_where_there_is_none(owner: Client) -> None:
    page = text(owner.get("/imports/new"))

    assert 'href="/stores/new' in page
    assert 'type="file"' not in page


def test_it_begins_with_the_store_that_is_asked_for(owner: Client, store: StoreRef) -> None:
    factories.make_store("another")

    assert '<option value="shop" selected>' in text(owner.get("/imports/new?store=shop"))


def test_it_begins_with_a_store_that_no_shop_brings_orders_to(owner: Client, store: StoreRef) -> None:
    factories.make_store("another")
    connections.connect(Store.objects.get(key="another"), {"token": "x"})

    assert '<option value="shop" selected>' in text(owner.get("/imports/new"))


def test_it_begins_with_the_store_that_took_the_last_file(owner: Client, store: StoreRef) -> None:
    another = factories.make_store("another")
    Import.objects.create(store_id=store.id, state=ImportState.DONE)
    Import.objects.create(store_id=another.id, state=ImportState.DONE)

    assert '<option value="another" selected>' in text(owner.get("/imports/new"))


def test_it_offers_no_archived_store(owner: Client, store: StoreRef) -> None:
    Store.objects.update(archived_at="2026-01-01T00:00:00Z")

    assert 'value="shop"' not in text(owner.get("/imports/new"))
    assert getattr(send(owner, "a,b\n1,2\n"), "status_code", 0) == 422


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"PK\x03\x04" + bytes(40), "The packed file is damaged."),
        (b"\x89PNG\r\n\x1a\n" + bytes(200), "This is not a CSV file: it holds no text."),
        (b"order_id,order_date\n", "The file has a header and no rows."),
        (b'order_id,who\n"1,2\n3,4\n', "A quotation mark opens in this row and does not close."),
        (b"\n\n", "The file is empty."),
    ],
)
def test_it_says_in_a_sentence_why_a_file_cannot_be_read(
    owner: Client, store: StoreRef, content: bytes, says: str
) -> None:
    send(owner, content)
    uploading.work()

    page = text(owner.get(f"/imports/new/{ImportDraft.objects.get().pk}"))

    assert says in page
    assert "Choose another file" in page
    assert "?store=shop" in page


@pytest.mark.parametrize(
    ("posted", "says"),
    [({}, "Choose a file."), ({"store": "gone\0"}, "This store is not there any more. Choose another.")],
)
def test_it_says_what_is_missing_on_the_first_page(
    owner: Client, store: StoreRef, posted: dict[str, str], says: str
) -> None:
    answer = owner.post("/imports/new", {"store": "shop", **posted})

    assert answer.status_code == 422
    assert says in text(answer)


def test_it_says_that_a_file_is_empty_at_once(owner: Client, store: StoreRef) -> None:
    answer: Any = send(owner, b"")

    assert answer.status_code == 422
    assert "The file is empty. Export it again" in text(answer)


def test_it_says_that_a_file_is_too_large(
    owner: Client, store: StoreRef, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COMANDA_MAX_UPLOAD_MB", "1")

    answer: Any = send(owner, b"x" * 1_100_000)

    assert answer.status_code == 422
    assert "This file is larger than this server takes." in text(answer)
    assert not ImportDraft.objects.exists()


def test_it_answers_a_script_with_where_to_go_and_with_the_form_alone(owner: Client, store: StoreRef) -> None:
    htmx = {"hx-request": "true"}

    answer = owner.post("/imports/new", {"store": "shop"}, headers=htmx)

    assert answer.status_code == 422
    assert text(answer).lstrip().startswith("<form")


def test_it_asks_what_the_file_leaves_open(owner: Client, store: StoreRef, tmp_path: Path) -> None:
    rows = [["A1", "paid", "03/04/2026", "", "mug", "1,500", 1]]
    draft = uploading.look(uploading.upload(store, tmp_path, importing.text(rows)))

    page = text(owner.get(f"/imports/new/{draft.pk}"))
    refused = owner.post(f"/imports/new/{draft.pk}", columns())
    answer = owner.post(f"/imports/new/{draft.pk}", columns(date_order="mdy", decimal=","))

    assert "Does the day or the month come first?" in page
    assert "March 4, 2026" in page
    assert "Does the point or the comma part the decimals?" in page
    assert refused.status_code == 422
    assert answer.status_code == 302


def test_it_asks_for_a_buyer_and_takes_guests(owner: Client, draft: ImportDraft) -> None:
    refused = owner.post(f"/imports/new/{draft.pk}", columns(**{"column-3": ""}))
    page = text(trial(owner, draft, **{"column-3": "", "value-contact_identifier": ""}))

    assert refused.status_code == 422
    assert "No column says who bought." in text(refused)
    assert "Guest" in page


def test_it_says_that_a_field_is_chosen_twice(owner: Client, draft: ImportDraft) -> None:
    answer = owner.post(f"/imports/new/{draft.pk}", columns(**{"column-1": "order_id"}))

    assert answer.status_code == 422
    assert "Another column is chosen for this too." in text(answer)


def test_it_keeps_each_choice_as_it_is_made(owner: Client, draft: ImportDraft) -> None:
    sent = columns(**{"column-1": "", "value-order_status": "pending"})

    answer = owner.post(f"/imports/new/{draft.pk}/weigh", sent, headers={"hx-request": "true"})

    assert text(answer).lstrip().startswith('<form id="columns"')
    chosen = drafts.chosen_in(uploading.get(draft))
    assert (chosen.constants, "order_status" in chosen.mapping) == ({"order_status": "pending"}, False)
    assert '<option value="pending" selected>' in text(owner.get(f"/imports/new/{draft.pk}"))


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "x" * 10_000,
        "\u202eevil",
        "👩‍👩‍👧‍👦",
        "a\0b",
        "{{ 7*7 }}",
        "'; DROP TABLE orders; --",
    ],
)
def test_it_shows_hostile_text_as_text(owner: Client, draft: ImportDraft, hostile: str) -> None:
    sent = columns(**{"column-1": "", "value-order_status": hostile, "value-tags": hostile})

    answer = owner.post(f"/imports/new/{draft.pk}/weigh", sent)
    page = text(owner.get(f"/imports/new/{draft.pk}"))

    assert answer.status_code == 200
    assert "<script>alert" not in page
    shown = hostile.replace("\0", "").replace("<", "&lt;").replace(">", "&gt;").replace("'", "&#x27;")
    assert shown in page


def test_it_shows_hostile_files_as_text(owner: Client, store: StoreRef) -> None:
    row = ["<b>1</b>", "<i>", "2026-03-01", "a@example.com", "<script>x</script>", "1.00", "=cmd()"]
    send(owner, importing.text([row], ("<u>order_id", *importing.HEADER[1:])), "<img src=x>.csv")
    uploading.work()
    draft = ImportDraft.objects.get()

    pages = text(owner.get(f"/imports/new/{draft.pk}"))
    pages += text(trial(owner, draft)) + text(owner.get("/imports"))

    for tag in ("<b>1", "<i>", "<script>x", "<u>order", "<img src=x"):
        assert tag not in pages
    assert "&lt;img src=x&gt;.csv" in pages


def test_it_reads_the_file_again_with_another_delimiter(owner: Client, draft: ImportDraft) -> None:
    answer = owner.post(f"/imports/new/{draft.pk}/look", {"delimiter": ";", "encoding": "", "store": "shop"})
    uploading.work()

    assert answer.headers["Location"] == f"/imports/new/{draft.pk}"
    assert drafts.seen_in(uploading.get(draft)).delimiter == ";"


def test_it_gives_the_file_to_another_store(owner: Client, draft: ImportDraft) -> None:
    factories.make_store("other")

    owner.post(f"/imports/new/{draft.pk}/look", {"delimiter": "", "encoding": "", "store": "other"})

    assert uploading.get(draft).store.key == "other"


def test_it_mends_a_whole_column_by_one_click(owner: Client, store: StoreRef, tmp_path: Path) -> None:
    rows = [
        ["A1", "paid", "12/31/2026", "", "mug", "1.00", 1],
        ["A2", "paid", "11/30/2026", "", "mug", "1.00", 1],
    ]
    draft = uploading.look(uploading.upload(store, tmp_path, importing.text(rows)))
    page = text(trial(owner, draft, date_order="dmy"))
    assert "Read all dates with the month first" in page

    answer = owner.post(f"/imports/new/{draft.pk}/fix", {"kind": "date_order", "field": "", "value": "mdy"})
    uploading.work()

    assert answer.headers["Location"] == f"/imports/new/{draft.pk}/trial"
    assert "Every row of the file would come in." in text(owner.get(f"/imports/new/{draft.pk}/trial"))


def test_it_learns_what_words_mean(owner: Client, store: StoreRef, tmp_path: Path) -> None:
    rows = [["A1", "bezahlt", "2026-03-01", "", "mug", "1.00", 1]]
    draft = uploading.look(uploading.upload(store, tmp_path, importing.text(rows)))
    page = text(trial(owner, draft))
    assert 'name="word" value="bezahlt"' in page

    owner.post(f"/imports/new/{draft.pk}/words", {"word": ["bezahlt"], "word-0": "completed"})
    uploading.work()

    assert Store.objects.get().status_map == {"bezahlt": "completed"}
    assert "not known" not in text(owner.get(f"/imports/new/{draft.pk}/trial"))


def test_it_says_why_a_file_cannot_be_brought_in_like_this(owner: Client, draft: ImportDraft) -> None:
    page = text(trial(owner, draft, **{"column-0": "product_id", "column-4": "order_id"}))
    assert "This is what would come into" in page
    ImportDraft.objects.update(file_path="/nowhere")

    owner.post(f"/imports/new/{draft.pk}", columns())
    uploading.work()

    page = text(owner.get(f"/imports/new/{draft.pk}/trial"))
    assert "The file cannot be brought in like this" in page


def test_it_does_not_start_what_was_changed_since(owner: Client, draft: ImportDraft) -> None:
    trial(owner, draft)
    owner.post(f"/imports/new/{draft.pk}/weigh", columns(decimal=","))

    answer = owner.post(f"/imports/new/{draft.pk}/start", follow=True)

    assert "Something was changed since the file was tried out." in text(answer)
    assert not Import.objects.filter(dry_run=False).exists()


def test_it_keeps_the_file_for_a_store_that_was_archived(owner: Client, draft: ImportDraft) -> None:
    trial(owner, draft)
    Store.objects.update(archived_at=factories.NOON)

    started = owner.post(f"/imports/new/{draft.pk}/start", follow=True)
    chosen = owner.post(f"/imports/new/{draft.pk}", columns(), follow=True)

    assert "This store takes nothing in" in text(started)
    assert "This store takes nothing in" in text(chosen)
    assert ImportDraft.objects.filter(pk=draft.pk).exists()
    assert not Import.objects.filter(dry_run=False).exists()


def test_it_starts_no_file_twice(owner: Client, draft: ImportDraft) -> None:
    trial(owner, draft)
    owner.post(f"/imports/new/{draft.pk}/start")

    answer = owner.post(f"/imports/new/{draft.pk}/start", follow=True)

    assert "This file was brought in already, or given up." in text(answer)
    assert Import.objects.count() == 1


def test_it_throws_a_file_away(owner: Client, draft: ImportDraft) -> None:
    answer = owner.post(f"/imports/new/{draft.pk}/discard", follow=True)

    assert "The file was thrown away." in text(answer)
    assert not Path(draft.file_path).exists()
    assert owner.get(f"/imports/new/{draft.pk}").status_code == 404


def test_it_follows_the_look_until_it_is_over(owner: Client, store: StoreRef) -> None:
    send(owner, importing.text(uploading.ROWS))
    draft, htmx = ImportDraft.objects.get(), {"hx-request": "true"}
    waiting = owner.get(f"/imports/new/{draft.pk}/looking", headers=htmx)
    uploading.work()

    over = owner.get(f"/imports/new/{draft.pk}/looking", headers=htmx)

    assert "Waiting for its turn" in text(waiting)
    assert over.headers["HX-Redirect"] == f"/imports/new/{draft.pk}"


def test_it_follows_the_trial_until_it_is_over(owner: Client, draft: ImportDraft) -> None:
    owner.post(f"/imports/new/{draft.pk}", columns())
    waiting = owner.get(f"/imports/new/{draft.pk}/trial", headers={"hx-request": "true"})
    uploading.work()

    over = owner.get(f"/imports/new/{draft.pk}/trial", headers={"hx-request": "true"})

    assert 'hx-trigger="every 500ms"' in text(waiting)
    assert "hx-trigger" not in text(over)
    assert Import.objects.get().state == ImportState.DONE
