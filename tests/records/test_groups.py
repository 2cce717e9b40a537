"""Tags and lists as a whole."""

import pytest

from comanda.ingest.upsert import StoreRef, upsert
from comanda.records import group_jobs, groups
from comanda.records.groups import LISTS, TAGS, Group, GroupRefused, Kind, NameTaken
from comanda.records.models import AuditEntry, List, Store, Tag
from tests import factories
from tests.factories import HISTORY, contact, query

WHO = "user 1 (ana@example.com)"
EVERYONE = ("ana@example.com", "bea@example.com", "cid@example.com")
pytestmark = pytest.mark.django_db(transaction=True)
_MEMBERS = """
SELECT t.name, c.email FROM contact_tag m JOIN tag t ON t.id = m.tag_id JOIN contact c ON c.id = m.contact_id
ORDER BY 1, 2
"""
_TOLD = """
SELECT a.kind, c.email, a.live, a.data ->> 'name' FROM activity a JOIN contact c ON c.id = a.contact_id
WHERE a.id > %(after)s ORDER BY a.kind, c.email
"""


def meet(store: StoreRef) -> dict[str, int]:
    """Ana is vip, Bea is vip and old, Cid is old; the ids of the tags."""
    people = [
        contact("ana@example.com", tags=("vip",)),
        contact("bea@example.com", tags=("vip", "old")),
        contact("cid@example.com", tags=("old",)),
    ]
    upsert(store, people, HISTORY)
    return dict(Tag.objects.values_list("name", "id"))


def last_activity() -> int:
    found: int = factories.value("SELECT max(id) FROM activity")
    return found


def deeds() -> list[tuple[str, str]]:
    return list(AuditEntry.objects.order_by("id").values_list("action", "target"))


def test_it_tells_all_by_name_with_their_contacts(store: StoreRef) -> None:
    ids = meet(store)
    Tag.objects.create(name="Empty")

    told = groups.all_of(TAGS)

    assert [(each.name, each.contacts) for each in told] == [("Empty", 0), ("old", 2), ("vip", 2)]
    assert groups.find(TAGS, ids["vip"]) == Group(ids["vip"], "vip", "", 2, [])
    assert groups.find(TAGS, 0) is None


def test_it_tells_whose_buyers_join_a_list(db: None) -> None:
    kept = List.objects.create(name="Buyers", label="Shop A")
    factories.make_store("porto", contact_list=kept)
    factories.make_store("lisboa", contact_list=kept)

    assert groups.all_of(LISTS) == [Group(kept.pk, "Buyers", "Shop A", 0, ["Lisboa", "Porto"])]


@pytest.mark.parametrize("kind", [TAGS, LISTS], ids=lambda kind: kind.noun)
def test_it_makes_and_renames(kind: Kind) -> None:
    made = groups.create(kind, "  News\n letter ", WHO)

    groups.rename(kind, made, "Offers", WHO)
    groups.rename(kind, made, "Offers", WHO)

    assert list(kind.model.objects.values_list("name", flat=True)) == ["Offers"]
    assert deeds() == [
        (f"{kind.noun}.create", f"{kind.noun} {made}"),
        (f"{kind.noun}.rename", f"{kind.noun} {made}"),
    ]
    assert AuditEntry.objects.get(action=f"{kind.noun}.rename").detail == {
        "before": "News letter", "after": "Offers",
    }  # fmt: skip


@pytest.mark.parametrize("name", ["", " \n", "x" * 201, "a\0b"])
def test_it_refuses_what_is_no_name(db: None, name: str) -> None:
    made = groups.create(TAGS, "good", WHO)

    with pytest.raises(GroupRefused):
        groups.create(TAGS, name, WHO)
    with pytest.raises(GroupRefused):
        groups.rename(TAGS, made, name, WHO)

    assert list(Tag.objects.values_list("name", flat=True)) == ["good"]


def test_it_says_which_one_has_the_name(db: None) -> None:
    first, second = groups.create(TAGS, "a", WHO), groups.create(TAGS, "b", WHO)

    with pytest.raises(NameTaken) as made:
        groups.create(TAGS, "a", WHO)
    with pytest.raises(NameTaken) as renamed:
        groups.rename(TAGS, second, "a", WHO)

    assert (made.value.other_id, renamed.value.other_id) == (first, first)
    assert len(deeds()) == 2


def test_merging_puts_nobody_twice(store: StoreRef) -> None:
    ids = meet(store)
    before = last_activity()

    done = group_jobs.merge(TAGS, ids["old"], ids["vip"], WHO)

    assert (done.name, done.contacts, done.goes_on) == ("old", 2, False)
    assert query(_MEMBERS) == [
        ("vip", "ana@example.com"),
        ("vip", "bea@example.com"),
        ("vip", "cid@example.com"),
    ]
    assert query(_TOLD, after=before) == [
        ("tag_added", "cid@example.com", False, None),
        ("tag_removed", "bea@example.com", False, "old"),
        ("tag_removed", "cid@example.com", False, "old"),
    ]
    assert deeds() == [("tag.merge", f"tag {ids['old']}")]
    assert AuditEntry.objects.get().detail == {"name": "old", "into": "vip"}


def test_merging_lists_moves_the_stores_along(store: StoreRef) -> None:
    one, other = List.objects.create(name="one"), List.objects.create(name="other")
    porto = factories.make_store("porto", contact_list=one)
    upsert(porto, [contact()], HISTORY)

    group_jobs.merge(LISTS, one.pk, other.pk, WHO)

    assert Store.objects.get(key="porto").contact_list == other
    assert groups.all_of(LISTS) == [Group(other.pk, "other", "", 1, ["Porto"])]


def test_deleting_takes_it_off_everyone(store: StoreRef) -> None:
    ids = meet(store)
    before = last_activity()

    done = group_jobs.delete(TAGS, ids["vip"], WHO)

    assert (done.contacts, done.goes_on) == (2, False)
    assert query(_MEMBERS) == [("old", "bea@example.com"), ("old", "cid@example.com")]
    assert [row[:3] for row in query(_TOLD, after=before)] == [
        ("tag_removed", "ana@example.com", False),
        ("tag_removed", "bea@example.com", False),
    ]
    assert deeds() == [("tag.delete", f"tag {ids['vip']}")]


def test_deleting_a_list_leaves_stores_without_one(db: None) -> None:
    kept = List.objects.create(name="Buyers")
    factories.make_store("porto", contact_list=kept)

    group_jobs.delete(LISTS, kept.pk, WHO)

    assert Store.objects.get().contact_list is None
    assert List.objects.count() == 0


def test_it_merges_nothing_into_itself_or_what_is_gone(store: StoreRef) -> None:
    ids = meet(store)

    for into in (ids["vip"], 0):
        with pytest.raises(GroupRefused):
            group_jobs.merge(TAGS, ids["vip"], into, WHO)

    assert len(query(_MEMBERS)) == 4
    assert deeds() == []


def test_many_contacts_are_moved_by_a_job(store: StoreRef, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = meet(store)
    for module in (groups, group_jobs):
        monkeypatch.setattr(module, "AT_ONCE", 1)

    done = group_jobs.merge(TAGS, ids["old"], ids["vip"], WHO)

    assert (done.goes_on, group_jobs.under_way(TAGS)) == (True, {ids["old"]: ids["vip"]})
    assert group_jobs.under_way(LISTS) == {}
    with pytest.raises(GroupRefused):
        group_jobs.delete(TAGS, ids["old"], WHO)
    with pytest.raises(GroupRefused):
        group_jobs.delete(TAGS, ids["vip"], WHO)
    assert len(query(_MEMBERS)) == 4

    group_jobs.dissolve("tag", ids["old"], ids["vip"], WHO)

    assert [email for _, email in query(_MEMBERS)] == [
        "ana@example.com",
        "bea@example.com",
        "cid@example.com",
    ]
    assert deeds() == [("tag.merge", f"tag {ids['old']}")]
    assert not Tag.objects.filter(name="old").exists()


def test_a_job_that_comes_too_late_does_nothing(store: StoreRef) -> None:
    ids = meet(store)
    group_jobs.delete(TAGS, ids["old"], WHO)

    group_jobs.dissolve("tag", ids["old"], ids["vip"], WHO)

    assert query(_MEMBERS) == [("vip", "ana@example.com"), ("vip", "bea@example.com")]
    assert deeds() == [("tag.delete", f"tag {ids['old']}")]
