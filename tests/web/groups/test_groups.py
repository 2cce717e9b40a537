"""The pages of tags and lists."""

import pytest
from django.test import Client

from comanda.ingest.upsert import StoreRef, upsert
from comanda.records import group_jobs, groups
from comanda.records.models import AuditEntry, List, Tag
from tests.factories import HISTORY, contact, query
from tests.web import hostile

BOTH = pytest.mark.parametrize(("plural", "model"), [("tags", Tag), ("lists", List)])


def text(client: Client, path: str) -> str:
    return " ".join(client.get(path).content.decode().split())


@BOTH
def test_whoever_is_signed_in_may_look(
    owner: Client, marketer: Client, viewer: Client, stranger: Client, plural: str, model: type[Tag]
) -> None:
    one = model.objects.create(name="one").pk
    clients = (owner, marketer, viewer, stranger)

    for path in (f"/{plural}", f"/{plural}/{one}", f"/{plural}/counts"):
        assert [client.get(path).status_code for client in clients] == [200, 200, 200, 302]


@BOTH
@pytest.mark.parametrize("deed", ["new", "{one}/rename", "{one}/merge", "{one}/delete"])
def test_viewers_and_strangers_change_nothing(
    viewer: Client, stranger: Client, plural: str, model: type[Tag], deed: str
) -> None:
    one, other = (model.objects.create(name=name).pk for name in ("one", "other"))
    path = f"/{plural}/{deed.format(one=one)}"

    told = [client.post(path, {"name": "new", "into": other}).status_code for client in (viewer, stranger)]

    assert told == [403, 302]
    assert sorted(model.objects.values_list("name", flat=True)) == ["one", "other"]
    assert "form" not in text(viewer, f"/{plural}/{one}").split("<main")[1].split("</main>")[0]


@BOTH
def test_it_leads_by_the_hand_when_there_is_none(
    marketer: Client, viewer: Client, plural: str, model: type[Tag]
) -> None:
    assert f"No {plural} yet" in text(marketer, f"/{plural}")
    assert "Add the first one here" in text(marketer, f"/{plural}")
    assert "Add the first one here" not in text(viewer, f"/{plural}")


@BOTH
def test_marketers_add_and_rename(marketer: Client, plural: str, model: type[Tag]) -> None:
    made = marketer.post(f"/{plural}/new", {"name": "News"})
    one = model.objects.get()
    renamed = marketer.post(f"/{plural}/{one.pk}/rename", {"name": "Offers"})

    assert (made.status_code, made.headers["Location"]) == (302, f"/{plural}")
    assert (renamed.status_code, renamed.headers["Location"]) == (302, f"/{plural}/{one.pk}")
    assert model.objects.get().name == "Offers"
    assert {entry.actor.split(" (")[1] for entry in AuditEntry.objects.all()} == {"marketer@example.com)"}
    assert "“Offers” now" in text(marketer, f"/{plural}")


@BOTH
def test_it_says_that_a_name_is_taken_and_keeps_what_was_typed(
    marketer: Client, plural: str, model: type[Tag]
) -> None:
    model.objects.create(name="taken")
    one = model.objects.create(name="one")

    for path in (f"/{plural}/new", f"/{plural}/{one.pk}/rename"):
        answer = marketer.post(path, {"name": "taken"})
        shown = answer.content.decode()
        assert answer.status_code == 422
        assert "with this name already" in shown
        assert 'value="taken"' in shown


def test_it_merges_and_says_how_many_moved(store: StoreRef, marketer: Client) -> None:
    people = [contact("ana@example.com", tags=("old", "vip")), contact("bea@example.com", tags=("old",))]
    upsert(store, people, HISTORY)
    ids = dict(Tag.objects.values_list("name", "id"))

    answer = marketer.post(f"/tags/{ids['old']}/merge", {"into": ids["vip"]}, follow=True)

    assert "The tag “old” was merged. 2 contacts were moved." in answer.content.decode()
    assert query("SELECT count(*) FROM contact_tag") == [(2,)]
    assert list(Tag.objects.values_list("name", flat=True)) == ["vip"]


@pytest.mark.parametrize("into", ["", "0", "x", "99999999999999999999"])
def test_it_merges_only_into_what_there_is(marketer: Client, into: str) -> None:
    one = Tag.objects.create(name="one")
    Tag.objects.create(name="other")

    answer = marketer.post(f"/tags/{one.pk}/merge", {"into": into})

    assert answer.status_code == 422
    assert Tag.objects.count() == 2


@BOTH
def test_it_deletes(marketer: Client, plural: str, model: type[Tag]) -> None:
    one = model.objects.create(name="one")

    marketer.post(f"/{plural}/{one.pk}/delete")

    assert model.objects.count() == 0
    assert marketer.post(f"/{plural}/{one.pk}/delete").status_code == 404


def test_it_tells_what_goes_on_behind_the_scenes(
    store: StoreRef, marketer: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (groups, group_jobs):
        monkeypatch.setattr(module, "AT_ONCE", 1)
    people = [contact("ana@example.com", tags=("old", "vip")), contact("bea@example.com", tags=("old",))]
    upsert(store, people, HISTORY)
    ids = dict(Tag.objects.values_list("name", "id"))

    answer = marketer.post(f"/tags/{ids['old']}/merge", {"into": ids["vip"]}, follow=True)

    shown = answer.content.decode()
    assert "this goes on behind the scenes" in shown
    assert "Being merged into vip" in shown
    assert "ever fewer contacts" in text(marketer, f"/tags/{ids['old']}")


def test_what_takes_a_while_to_count_is_counted_after_the_page(
    store: StoreRef, viewer: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(groups, "MANY", -2)  # tables that were never looked at have -1
    upsert(store, [contact(tags=("vip",))], HISTORY)

    page, part = text(viewer, "/tags"), text(viewer, "/tags/counts")

    assert 'hx-get="/tags/counts"' in page
    assert ">…</a>" in page
    assert ">1</a>" in part
    assert "<html" not in part


def test_it_links_to_the_contacts(store: StoreRef, viewer: Client) -> None:
    upsert(store, [contact(tags=("vip",), lists=("News",))], HISTORY)
    tag, joined = Tag.objects.get(), List.objects.get()

    assert f'href="/contacts?tag={tag.pk}"' in text(viewer, "/tags")
    assert f'href="/contacts?list={joined.pk}"' in text(viewer, "/lists")


@BOTH
@pytest.mark.parametrize("said", [*hostile.TEXTS, "x" * 10_000, "a\0b"])
def test_hostile_text_is_shown_as_text(marketer: Client, plural: str, model: type[Tag], said: str) -> None:
    answer = marketer.post(f"/{plural}/new", {"name": said}, follow=True)

    shown = answer.content.decode()
    assert answer.status_code in (200, 422)
    assert hostile.SCRIPT not in shown
    assert "<img src=x" not in shown
    if answer.status_code == 422:
        assert "x" * 10_000 in shown or "Null characters are not allowed." in shown
    else:
        one = model.objects.get()
        assert one.name == " ".join(said.split())
        assert hostile.SCRIPT not in text(marketer, f"/{plural}/{one.pk}")


@pytest.mark.parametrize("group_id", [0, 2**63, 10**30])
def test_one_that_there_is_not(marketer: Client, group_id: int) -> None:
    assert marketer.get(f"/tags/{group_id}").status_code == 404
    assert marketer.post(f"/lists/{group_id}/delete").status_code == 404
