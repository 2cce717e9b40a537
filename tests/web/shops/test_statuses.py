"""The status map of a store."""

from django.test import Client

from comanda.ingest.sync import statuses, tasks
from comanda.ingest.upsert import StoreRef, upsert
from comanda.records.models import Activity, AuditEntry, Order, Store
from tests import factories
from tests.factories import LIVE
from tests.web.shops.reading import text


def sell(store: Store, *words: str) -> None:
    reference = StoreRef(store.pk, store.key, store.country, None)
    made = [
        factories.order(str(number), source_status=word, status="completed")
        for number, word in enumerate(words)
    ]
    upsert(reference, made, LIVE)


def test_it_shows_each_word_with_its_orders_and_the_usual_choice(store: Store, viewer: Client) -> None:
    sell(store, "processing", "processing", "na-bancada")

    shown = text(viewer.get("/stores/shop/statuses"))

    assert shown.index("processing") < shown.index("na-bancada")
    assert '<a href="/orders?store=shop">2</a>' in shown
    assert "<select" not in shown


def test_the_owner_chooses_among_five(store: Store, owner: Client) -> None:
    sell(store, "processing")

    shown = text(owner.get("/stores/shop/statuses"))

    chosen = shown.split("<select")[1].split("</select>")[0]
    assert chosen.count("<option") == 5
    assert '<option value="completed" selected>Completed (usual)</option>' in chosen


def test_saving_gives_all_orders_their_status_anew(store: Store, owner: Client) -> None:
    sell(store, "processing", "na-bancada")

    told = {"word": ["processing", "na-bancada"], "status": ["completed", "pending"]}
    answer = owner.post("/stores/shop/statuses/save", told, follow=True)
    under_way = text(answer)
    tasks.derive_statuses(store.pk)

    assert "Orders are given their status" in under_way
    assert 'hx-trigger="every 1s"' in under_way
    assert Order.objects.get(source_status="na-bancada").status == "pending"
    assert Order.objects.get(source_status="processing").status == "completed"
    assert Activity.objects.filter(kind="order_updated", live=False).count() == 1
    assert AuditEntry.objects.get(action="store.statuses").detail == {"words": ["na-bancada"]}
    part = text(owner.get("/stores/shop/statuses", headers={"HX-Target": "derivation"}))
    assert part.strip() == '<div id="derivation" role="status"> </div>'
    assert "your choice" in text(owner.get("/stores/shop/statuses"))


def test_saving_what_was_there_changes_nothing(store: Store, owner: Client) -> None:
    sell(store, "processing")

    answer = owner.post(
        "/stores/shop/statuses/save", {"word": ["processing"], "status": ["completed"]}, follow=True
    )

    assert "Nothing was other than it is." in text(answer)
    assert not AuditEntry.objects.exists()


def test_words_and_statuses_that_there_are_not_are_left_out(store: Store, owner: Client) -> None:
    sell(store, "processing")

    owner.post(
        "/stores/shop/statuses/save",
        {"word": ["made up", "processing"], "status": ["completed", "<script>"]},
    )

    store.refresh_from_db()
    assert store.status_map == {}
    assert {each.word for each in statuses.words(store)} == {"processing"}
