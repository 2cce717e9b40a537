"""The pages of fields."""

import pytest
from django.test import Client

from comanda.ingest.upsert import StoreRef, upsert
from comanda.records import fields
from comanda.records.models import Contact, Field
from tests.factories import HISTORY, contact
from tests.web import hostile


@pytest.fixture
def size(store: StoreRef) -> int:
    """A field of which Ana has a value, as she has one that nobody described; its id."""
    upsert(store, [contact(fields={"size": "38", "city": "Porto"})], HISTORY)
    return Field.objects.create(key="size", name="Size", kind="number").pk


def text(client: Client, path: str) -> str:
    return " ".join(client.get(path).content.decode().split())


@pytest.mark.parametrize("path", ["/fields", "/fields/counts", "/fields/{size}/count"])
def test_whoever_is_signed_in_may_look(
    size: int, owner: Client, marketer: Client, viewer: Client, stranger: Client, path: str
) -> None:
    clients = (owner, marketer, viewer, stranger)

    assert [client.get(path.format(size=size)).status_code for client in clients] == [200, 200, 200, 302]


@pytest.mark.parametrize("path", ["/fields/new", "/fields/{size}", "/fields/{size}/delete"])
def test_viewers_and_strangers_change_nothing(size: int, viewer: Client, stranger: Client, path: str) -> None:
    given = {"name": "New", "kind": "text", "key": "new"}

    told = [client.post(path.format(size=size), given).status_code for client in (viewer, stranger)]

    assert told == [403, 302]
    assert list(Field.objects.values_list("key", "name")) == [("size", "Size")]
    assert 'href="/fields/new"' not in text(viewer, "/fields")


def test_it_leads_by_the_hand_when_there_is_none(marketer: Client) -> None:
    assert "No fields yet" in text(marketer, "/fields")
    assert 'href="/fields/new"' in text(marketer, "/fields")


def test_it_counts_values_and_finds_what_nobody_described(size: int, marketer: Client) -> None:
    shown = text(marketer, "/fields/counts")

    assert '<td class="numeric">1</td>' in shown
    assert "Not described yet" in shown
    assert 'href="/fields/new?key=city"' in shown
    assert 'value="city"' in text(marketer, "/fields/new?key=city")
    assert "1 contact holds a value." in text(marketer, f"/fields/{size}/count")


def test_marketers_add_and_rename(marketer: Client) -> None:
    made = marketer.post("/fields/new", {"name": "Shoe size", "kind": "number", "key": ""})
    field = Field.objects.get()
    marketer.post(f"/fields/{field.pk}", {"name": "Size of shoe", "kind": "text"})

    assert (made.status_code, made.headers["Location"]) == (302, "/fields")
    assert list(Field.objects.values_list("key", "name", "kind")) == [("shoe_size", "Size of shoe", "text")]


def test_it_says_what_cannot_be_and_keeps_what_was_typed(size: int, marketer: Client) -> None:
    taken = marketer.post("/fields/new", {"name": "Other", "kind": "text", "key": "size"})
    nameless = marketer.post(f"/fields/{size}", {"name": "", "kind": "date"})

    assert (taken.status_code, nameless.status_code) == (422, 422)
    assert "There is a field with this key already." in taken.content.decode()
    assert 'value="Other"' in taken.content.decode()
    assert '<option value="date" selected>' in nameless.content.decode()


def test_it_deletes_with_all_values(size: int, marketer: Client) -> None:
    answer = marketer.post(f"/fields/{size}/delete", follow=True)

    assert "was deleted with its values" in answer.content.decode()
    assert Contact.objects.get().fields == {"city": "Porto"}
    assert Field.objects.count() == 0


def test_it_tells_that_many_values_go_behind_the_scenes(
    size: int, marketer: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fields, "AT_ONCE", 1)

    answer = marketer.post(f"/fields/{size}/delete", follow=True)

    assert "its values go behind the scenes" in answer.content.decode()


@pytest.mark.parametrize("said", [*hostile.TEXTS, "x" * 10_000, "a\0b"])
def test_hostile_text_is_shown_as_text(marketer: Client, said: str) -> None:
    answer = marketer.post("/fields/new", {"name": said, "kind": "text", "key": "k"}, follow=True)
    as_key = marketer.post("/fields/new", {"name": "n", "kind": "text", "key": said})

    for each in (answer, as_key, marketer.get("/fields/new", {"key": said}), marketer.get("/fields/counts")):
        assert each.status_code in (200, 422)
        assert hostile.SCRIPT not in each.content.decode()
        assert "<img src=x" not in each.content.decode()


@pytest.mark.parametrize("field_id", [0, 2**63, 10**30])
def test_one_that_there_is_not(marketer: Client, field_id: int) -> None:
    assert marketer.get(f"/fields/{field_id}").status_code == 404
