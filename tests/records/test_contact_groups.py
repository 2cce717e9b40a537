"""Tags and lists given and taken by hand."""

import pytest

from comanda.ingest.upsert import StoreRef, upsert
from comanda.records import contact_groups
from comanda.records.contact_groups import BadName, Change, NoSuchGroup
from comanda.records.models import Activity, AuditEntry, Contact, ContactTag, List, ListMember, Tag
from tests.factories import LIVE, contact

pytestmark = pytest.mark.django_db(transaction=True)

ANA = "user 1 (ana@example.com)"


@pytest.fixture
def people(store: StoreRef) -> list[int]:
    """Three contacts."""
    upsert(store, [contact(f"p{number}@example.com") for number in range(3)], LIVE)
    return sorted(Contact.objects.values_list("id", flat=True))


def told(kind: str) -> list[tuple[int | None, bool, object]]:
    """Activity of a kind."""
    return list(
        Activity.objects.filter(kind=kind).order_by("contact_id").values_list("contact_id", "live", "data")
    )


def audited() -> list[tuple[str, str, str, object]]:
    return list(AuditEntry.objects.order_by("id").values_list("actor", "action", "target", "detail"))


def test_it_tags_and_tells(people: list[int]) -> None:
    tag = Tag.objects.create(name="vip")

    first = contact_groups.change(Change.TAG, tag.pk, people[:2], ANA)
    again = contact_groups.change(Change.TAG, tag.pk, people, ANA)

    assert (first, again) == (2, 1)
    assert sorted(ContactTag.objects.values_list("tag_id", "contact_id")) == [
        (tag.pk, each) for each in people
    ]
    assert told("tag_added") == [(each, True, {"tag_id": tag.pk}) for each in people]
    assert audited() == [
        (ANA, "contact.tag", "contacts", {"tag": "vip", "changed": 2}),
        (ANA, "contact.tag", "contacts", {"tag": "vip", "changed": 1}),
    ]


def test_it_untags(people: list[int]) -> None:
    tag, other = Tag.objects.create(name="vip"), Tag.objects.create(name="new")
    for each in (tag, other):
        contact_groups.change(Change.TAG, each.pk, people, ANA)

    changed = contact_groups.change(Change.UNTAG, tag.pk, people[:1], ANA)

    assert changed == 1
    assert told("tag_removed") == [(people[0], True, {"tag_id": tag.pk})]
    assert ContactTag.objects.filter(tag=tag).count() == 2
    assert ContactTag.objects.filter(tag=other).count() == 3
    assert audited()[-1] == (ANA, "contact.untag", f"contact {people[0]}", {"tag": "vip", "changed": 1})


def test_it_puts_on_a_list_and_takes_off(people: list[int]) -> None:
    club = List.objects.create(name="Club")

    joined = contact_groups.change(Change.JOIN, club.pk, people, ANA)
    left = contact_groups.change(Change.LEAVE, club.pk, people[1:], ANA)

    assert (joined, left) == (3, 2)
    assert list(ListMember.objects.values_list("contact_id", flat=True)) == people[:1]
    assert [each for each, *_ in told("list_joined")] == people
    assert told("list_left") == [(each, True, {"list_id": club.pk}) for each in people[1:]]
    assert [action for _, action, *_ in audited()] == ["contact.join", "contact.leave"]


def test_it_says_nothing_where_nothing_changed(people: list[int]) -> None:
    tag = Tag.objects.create(name="vip")

    assert contact_groups.change(Change.UNTAG, tag.pk, people, ANA) == 0
    assert contact_groups.change(Change.TAG, tag.pk, [people[-1] + 1000], ANA) == 0

    assert audited() == []
    assert told("tag_removed") == told("tag_added") == []


def test_it_needs_a_tag_that_is_there(people: list[int]) -> None:
    for change in Change:
        with pytest.raises(NoSuchGroup):
            contact_groups.change(change, 4711, people, ANA)


def test_it_makes_a_tag_or_list_of_a_new_name(people: list[int]) -> None:
    first = contact_groups.find_or_make(Change.TAG, "  big \0 spender ", ANA)
    again = contact_groups.find_or_make(Change.TAG, "big spender", ANA)
    club = contact_groups.find_or_make(Change.JOIN, "Club", ANA)

    assert first == again == Tag.objects.get(name="big spender").pk
    assert club == List.objects.get(name="Club").pk
    assert audited() == [
        (ANA, "tag.create", f"tag {first}", {"name": "big spender"}),
        (ANA, "list.create", f"list {club}", {"name": "Club"}),
    ]


@pytest.mark.parametrize("name", ["", " \0 ", "x" * 201])
def test_it_makes_none_of_a_name_that_is_none(db: None, name: str) -> None:
    with pytest.raises(BadName):
        contact_groups.find_or_make(Change.TAG, name, ANA)

    assert not Tag.objects.exists()
