import pytest

from comanda.ingest.upsert import StoreRef, upsert
from comanda.records.models import Activity, Contact, ContactTag, List, ListMember, Tag
from comanda.shapes import ContactIn, Outcome
from tests.factories import HISTORY, LIVE, make_store, order, value

pytestmark = pytest.mark.django_db(transaction=True)


def tags(email: str) -> list[str]:
    found = ContactTag.objects.filter(contact__email=email).order_by("tag__name")
    return list(found.values_list("tag__name", flat=True))


def lists(email: str) -> list[str]:
    found = ListMember.objects.filter(contact__email=email).order_by("list__name")
    return list(found.values_list("list__name", flat=True))


def test_it_adds_tags_and_lists_and_leaves_the_others(store: StoreRef) -> None:
    upsert(store, [ContactIn("ana@example.com", tags=("vip", "b2b"), lists=("News",))], LIVE)
    upsert(store, [ContactIn("ana@example.com", tags=("vip", "new", "", "new"), lists=("Club",))], LIVE)
    upsert(store, [order("1", contact=ContactIn("rui@example.com", tags=("vip",), lists=("News",)))], HISTORY)

    assert tags("ana@example.com") == ["b2b", "new", "vip"]
    assert lists("ana@example.com") == ["Club", "News"]
    assert tags("rui@example.com") == ["vip"]
    assert lists("rui@example.com") == ["News"]
    assert sorted(Tag.objects.values_list("name", flat=True)) == ["b2b", "new", "vip"]
    assert sorted(List.objects.values_list("name", "label")) == [("Club", ""), ("News", "")]


def test_it_tells_of_each_tag_and_list_once(store: StoreRef) -> None:
    shape = ContactIn("ana@example.com", tags=("vip",), lists=("News",))
    upsert(store, [shape, shape], LIVE)
    upsert(store, [shape], LIVE)

    ana = Contact.objects.get().pk
    told = Activity.objects.exclude(kind="contact_created").order_by("id")
    assert [(each.kind, each.contact_id, each.data) for each in told] == [
        ("tag_added", ana, {"tag_id": Tag.objects.get().pk}),
        ("list_joined", ana, {"list_id": List.objects.get().pk}),
    ]


def test_it_answers_that_a_contact_who_gained_a_tag_was_updated(store: StoreRef) -> None:
    plain, tagged = ContactIn("ana@example.com"), ContactIn("ana@example.com", tags=("vip",))
    upsert(store, [plain], LIVE)

    results = upsert(store, [plain, tagged, tagged], LIVE)

    assert [result.outcome for result in results] == [Outcome.UNCHANGED, Outcome.UPDATED, Outcome.UNCHANGED]


def test_it_puts_all_contacts_of_a_store_on_its_list() -> None:
    buyers = List.objects.create(name="Contacts of shop", label="shop")
    store = make_store("shop", contact_list=buyers)

    upsert(store, [order("1", contact=ContactIn("ana@example.com")), order("2")], LIVE)
    results = upsert(store, [ContactIn("rui@example.com"), ContactIn("ana@example.com")], LIVE)

    assert sorted(ListMember.objects.values_list("list__name", "contact__email")) == [
        ("Contacts of shop", "ana@example.com"),
        ("Contacts of shop", "rui@example.com"),
    ]
    assert [result.outcome for result in results] == [Outcome.CREATED, Outcome.UNCHANGED]


def test_it_makes_no_number_of_tags_for_nothing(store: StoreRef) -> None:
    for _ in range(3):
        upsert(store, [ContactIn("ana@example.com", tags=("vip",))], LIVE)
    upsert(store, [ContactIn("ana@example.com", tags=("next",))], LIVE)

    first, second = Tag.objects.order_by("id").values_list("id", flat=True)
    assert second == first + 1


def test_it_takes_tags_of_two_hundred_characters_and_awkward_ones(store: StoreRef) -> None:
    names = ("x" * 200, "a\\b\t\n", "'; DROP TABLE tag; --", "{{ 7*7 }}", "NULL", "שלום", "%(names)s")

    upsert(store, [ContactIn("ana@example.com", tags=names)], LIVE)

    assert sorted(tags("ana@example.com")) == sorted(names)
    assert value("SELECT count(*) FROM tag") == 7
