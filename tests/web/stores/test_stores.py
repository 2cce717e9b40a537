"""The pages of stores: seen by all, changed by owners."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client

from comanda.connectors import geocoder
from comanda.connectors.geocoder import Place
from comanda.ingest.upsert import StoreRef, upsert
from comanda.lib.outgoing import Unreachable
from comanda.records import progress, store_figures, store_removal, stores
from comanda.records.models import AuditEntry, Import, List, Store
from tests import factories
from tests.factories import LIVE

LISBON = {
    "name": "Rua Augusta",
    "key": "",
    "description": "The first shop.",
    "currency": "EUR",
    "timezone": "Europe/Lisbon",
    "country": "PT",
    "contact_list": "Lisbon shop",
    "address": "Rua Augusta 24, Lisboa",
    "latitude": "38.7107",
    "longitude": "-9,1371",
}
HOSTILE = [
    "<script>alert(1)</script>",
    "x" * 10_000,
    "‮שלום 🛒 مرحبا",
    "a\0b",
    "{{ 7|add:1 }}{% load x %}",
    "'; DROP TABLE store; --",
]


def text(answer: Any) -> str:
    return re.sub(r"\s+", " ", answer.content.decode())


@pytest.fixture
def sold(store: StoreRef) -> StoreRef:
    """A store with two orders, in two currencies."""
    buyer = factories.contact()
    upsert(store, [factories.order("1", contact=buyer), factories.order("2", currency="BRL")], LIVE)
    return store


@pytest.mark.parametrize("path", ["/stores", "/stores/shop"])
def test_everyone_may_look(
    sold: StoreRef, owner: Client, marketer: Client, viewer: Client, stranger: Client, path: str
) -> None:
    assert [each.get(path).status_code for each in (owner, marketer, viewer)] == [200, 200, 200]
    assert stranger.get(path).headers["Location"] == f"/sign-in?next={path}"


@pytest.mark.parametrize(
    "path",
    ["new", "new/places", "shop/edit", "shop/delete", "shop/archive", "shop/unarchive"],
)
def test_only_owners_may_change(
    sold: StoreRef, owner: Client, marketer: Client, viewer: Client, stranger: Client, path: str
) -> None:
    posts = path.endswith("archive")
    asked = [(each.post if posts else each.get)(f"/stores/{path}") for each in (marketer, viewer, stranger)]

    assert [answer.status_code for answer in asked] == [403, 403, 302]
    assert owner.post(f"/stores/{path}").status_code != 403


def test_it_shows_what_each_store_brought(sold: StoreRef, owner: Client) -> None:
    shown = text(owner.get("/stores"))

    assert 'data-href="/stores/shop"' in shown
    assert '<td class="numeric">2</td>' in shown
    assert "€10.00" in shown
    assert "R$10.00" in shown
    assert "In use" in shown
    assert "hx-trigger" not in shown.split('id="stores"')[1]


def test_its_figures_come_later_where_counting_takes_long(
    sold: StoreRef, viewer: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_figures, "FEW", 1)

    page, part = viewer.get("/stores"), viewer.get("/stores?figures=now", headers={"HX-Target": "stores"})

    assert 'hx-get="/stores?figures=now" hx-trigger="load"' in text(page)
    assert "€10.00" not in text(page)
    assert text(part).startswith(' <section class="card" id="stores">')
    assert "€10.00" in text(part)


def test_a_store_shows_what_is_known_of_it(sold: StoreRef, viewer: Client) -> None:
    kept = Store.objects.get()
    stores.edit(kept, kind="physical", address="Rua 1", latitude=38.7, longitude=-9.1, contact_list="Buyers")
    job = Import.objects.create(
        store=kept, state="done", file_name="till.csv", counts={"orders": {"created": 2}}
    )
    Import.objects.create(store=kept, state="done", file_name="trial.csv", dry_run=True)

    shown = text(viewer.get("/stores/shop"))

    for said in ("Rua 1", "38.7; -9.1", "Portugal", "Euro (EUR)", "Buyers", "till.csv", "2 new orders"):
        assert said in shown
    assert f'href="/imports/{job.pk}"' in shown
    assert "trial.csv" not in shown
    assert 'data-latitude="38.700000"' in shown


def test_its_figures_come_later_too(sold: StoreRef, viewer: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store_figures, "FEW", 1)

    page, part = (
        viewer.get("/stores/shop"),
        viewer.get("/stores/shop?figures=now", headers={"HX-Target": "figures"}),
    )

    assert 'hx-get="/stores/shop?figures=now"' in text(page)
    assert "€10.00" in text(part)
    assert "<html" not in text(part)


def test_what_may_be_done_is_offered(sold: StoreRef, owner: Client, marketer: Client, viewer: Client) -> None:
    shown = [text(each.get("/stores/shop")) for each in (owner, marketer, viewer)]

    assert ["/imports/new?store=shop" in each for each in shown] == [True, True, False]
    assert ["/stores/shop/edit" in each for each in shown] == [True, False, False]
    assert ["/stores/shop/delete" in each for each in shown] == [True, False, False]


def test_it_is_not_there(viewer: Client, owner: Client) -> None:
    assert [viewer.get("/stores/nothing").status_code, owner.get("/stores/nothing/edit").status_code] == [
        404,
        404,
    ]


def test_who_looks_on_while_it_is_deleted_is_led_back_to_the_others(viewer: Client) -> None:
    answer = viewer.get("/stores/gone", headers={"HX-Request": "true"})

    assert answer.headers["HX-Redirect"] == "/stores"


def test_without_stores_it_leads_to_the_first(owner: Client, viewer: Client) -> None:
    assert 'href="/stores/new"' in text(owner.get("/stores"))
    assert 'href="/stores/new"' not in text(viewer.get("/stores"))
    assert "Ask an owner to add one." in text(viewer.get("/stores"))


def test_it_adds_a_physical_store(owner: Client) -> None:
    answer = owner.post("/stores/new/physical", LISBON)

    kept = Store.objects.get()
    assert (answer.status_code, answer.headers["Location"]) == (302, "/stores/rua-augusta")
    assert (kept.key, kept.name, kept.kind, kept.platform) == (
        "rua-augusta",
        "Rua Augusta",
        "physical",
        "csv",
    )
    assert (kept.latitude, kept.longitude) == (38.7107, -9.1371)
    assert (kept.currency, kept.timezone, kept.country) == ("EUR", "Europe/Lisbon", "PT")
    assert kept.contact_list == List.objects.get(name="Lisbon shop")
    deed = AuditEntry.objects.get(action="store.add")
    assert (deed.target, deed.actor.endswith("(owner@example.com)")) == ("store rua-augusta", True)


def test_it_begins_with_what_the_readers_clock_tells(owner: Client) -> None:
    owner.cookies["zone"] = "America/Sao_Paulo"

    shown = text(owner.get("/stores/new/physical"))

    for chosen in ("America/Sao_Paulo", "BR", "BRL"):
        assert f'<option value="{chosen}" selected>' in shown


def test_it_names_currencies_and_countries_in_the_readers_language(owner: Client) -> None:
    owner.cookies["django_language"] = "fr"

    shown = text(owner.get("/stores/new/physical"))

    assert ">livre sterling (GBP)</option>" in shown
    assert ">Allemagne</option>" in shown


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("name", "", "This field is required."),
        ("key", "Rua Augusta!", "Use lower-case letters, digits and dashes."),
        ("key", "shop", "There is a store with this key. Choose another."),
        ("key", "new", "This cannot be kept"),
        ("latitude", "91", "less than or equal to 90"),
        ("latitude", "here", "Enter a number."),
        ("latitude", "1e400", "Enter a number."),
        ("latitude", "NaN", "Enter a number."),
        ("longitude", "", "Give both coordinates, or neither."),
        ("currency", "XXX1", "Select a valid choice."),
        ("timezone", "Mars/Olympus", "Select a valid choice."),
    ],
)
def test_it_says_what_cannot_be_kept(
    store: StoreRef, owner: Client, field: str, typed: str, said: str
) -> None:
    answer = owner.post("/stores/new/physical", LISBON | {field: typed})

    assert answer.status_code == 422
    assert said in text(answer)
    assert 'value="Rua Augusta 24, Lisboa"' in text(answer)
    assert Store.objects.count() == 1


@pytest.mark.parametrize("hostile", HOSTILE)
@pytest.mark.parametrize("field", [*LISBON])
def test_hostile_text_is_text(owner: Client, field: str, hostile: str) -> None:
    answer = owner.post("/stores/new/physical", LISBON | {field: hostile}, follow=True)

    assert answer.status_code in (200, 422)
    assert "<script>alert(1)" not in text(answer)
    if answer.status_code == 422:
        assert Store.objects.count() == 0
        assert "invalid-feedback" in text(answer)
    else:
        assert hostile in {*Store.objects.values_list("name", "description", "address").get(), *lists()}


def lists() -> list[str]:
    return list(List.objects.values_list("name", flat=True))


def test_it_edits_a_store(store: StoreRef, owner: Client) -> None:
    before = text(owner.get("/stores/shop/edit"))
    given = {"name": "New name", "url": "https://a.example/", "currency": "GBP", "timezone": "Europe/London"}

    answer = owner.post("/stores/shop/edit", given)

    kept = Store.objects.get()
    assert "key" not in re.findall(r'name="(\w+)"', before)
    assert answer.headers["Location"] == "/stores/shop"
    assert (kept.key, kept.name, kept.url, kept.currency, kept.country) == (
        "shop", "New name", "https://a.example/", "GBP", "",
    )  # fmt: skip
    assert AuditEntry.objects.get().detail == {"columns": ["country", "currency", "name", "timezone", "url"]}


def test_saving_nothing_is_no_deed(store: StoreRef, owner: Client) -> None:
    same = {"name": "Shop", "currency": "EUR", "timezone": "UTC", "country": "PT"}

    assert owner.post("/stores/shop/edit", same).status_code == 302
    assert not AuditEntry.objects.filter(action="store.edit").exists()


def test_it_archives_and_takes_into_use_again(store: StoreRef, owner: Client) -> None:
    owner.post("/stores/shop/archive")
    archived = text(owner.get("/stores/shop"))
    owner.post("/stores/shop/unarchive")

    assert "Archived since" in archived
    assert "/imports/new?store=shop" not in archived
    assert Store.objects.get().archived_at is None
    actions = AuditEntry.objects.filter(target="store shop").order_by("id").values_list("action", flat=True)
    assert list(actions) == ["store.archive", "store.unarchive"]


def test_it_says_what_goes_with_it(sold: StoreRef, owner: Client) -> None:
    shown = text(owner.get("/stores/shop/delete"))

    assert "<strong>2</strong> orders" in shown
    assert "<strong>1</strong> product<" in shown
    assert "<strong>0</strong> carts" in shown
    assert "All contacts" in shown


@pytest.mark.parametrize("typed", ["", "Shop", "shop2", *HOSTILE])
def test_it_deletes_nothing_by_another_word(sold: StoreRef, owner: Client, typed: str) -> None:
    answer = owner.post("/stores/shop/delete", {"typed": typed})

    assert answer.status_code == 422
    assert "<script>alert(1)" not in text(answer)
    assert Store.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_it_deletes_once_its_key_is_typed(sold: StoreRef, owner: Client) -> None:
    answer = owner.post("/stores/shop/delete", {"typed": " shop "}, follow=True)

    assert "Shop is deleted." in text(answer)
    assert Store.objects.count() == 0


def test_it_shows_how_far_a_deletion_is(store: StoreRef, owner: Client) -> None:
    Store.objects.update(removal_asked_at=datetime(2026, 1, 1, tzinfo=UTC))
    with progress.shown(f"store removal {store.id}") as tell:
        tell("deleting", 45, 100)
        page, listed = text(owner.get("/stores/shop")), text(owner.get("/stores"))

    assert 'value="45" max="100"' in page
    assert "/stores/shop/edit" not in page
    assert "Being deleted, 45 %" in listed
    assert 'hx-trigger="load delay:2s"' in listed


def test_a_large_one_is_being_deleted(sold: StoreRef, owner: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store_removal, "_SMALL", 0)

    answer = owner.post("/stores/shop/delete", {"typed": "shop"}, follow=True)

    assert "Shop is being deleted." in text(answer)
    assert Store.objects.get().removal_asked_at is not None


def test_it_finds_places_for_an_address(
    owner: Client, settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.GEOCODER_URL = "https://places.example/search"
    asked: list[tuple[str, ...]] = []

    def search(*words: str) -> list[Place]:
        asked.append(words)
        return [Place("Rua <b>Augusta</b>", 38.7107, -9.1371, "PT")]

    monkeypatch.setattr(geocoder, "search", search)

    shown = text(owner.get("/stores/new/places", {"q": "Rua\0 Augusta "}))

    assert asked == [("https://places.example/search", "Rua Augusta", "en")]
    assert 'data-latitude="38.710700" data-longitude="-9.137100"' in shown
    assert "Rua &lt;b&gt;Augusta&lt;/b&gt;" in shown


def test_it_says_when_places_cannot_be_found(
    owner: Client, settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.GEOCODER_URL = "https://places.example/search"
    monkeypatch.setattr(geocoder, "search", lambda *words: [])
    nowhere = text(owner.get("/stores/new/places", {"q": "x"}))

    def away(*words: str) -> list[Place]:
        raise Unreachable("no route")

    monkeypatch.setattr(geocoder, "search", away)

    assert "No place was found." in nowhere
    assert "does not answer now" in text(owner.get("/stores/new/places", {"q": "x"}))


def test_it_asks_no_geocoder_that_is_not_set(owner: Client) -> None:
    assert owner.get("/stores/new/places", {"q": "x"}).status_code == 404
    assert "place-search" not in text(owner.get("/stores/new/physical"))


def test_it_shows_the_map_that_the_operator_chose(owner: Client, settings: LazySettings) -> None:
    usual = text(owner.get("/stores/new/physical"))
    settings.MAP_TILES = None

    assert 'data-tiles="https://tile.openstreetmap.org/{z}/{x}/{y}.png"' in usual
    assert 'data-credit-url="https://www.openstreetmap.org/copyright"' in usual
    assert "data-tiles" not in text(owner.get("/stores/new/physical"))
