"""Fields of contacts."""

import pytest

from comanda.ingest.upsert import StoreRef, upsert
from comanda.records import fields
from comanda.records.fields import FieldRefused
from comanda.records.models import AuditEntry, Contact, Field
from tests import factories
from tests.factories import HISTORY, contact, query

WHO = "user 1 (ana@example.com)"
pytestmark = pytest.mark.django_db(transaction=True)


def meet(store: StoreRef) -> None:
    people = [
        contact("ana@example.com", fields={"city": "Porto", "size": "38"}),
        contact("bea@example.com", fields={"size": "40"}),
        contact("cid@example.com"),
    ]
    upsert(store, people, HISTORY)


@pytest.mark.parametrize(
    ("name", "key"),
    [("Shoe size", "shoe_size"), ("Aniversário!", "aniversario"), ("  2nd – line ", "2nd_line"), ("名前", ""),
     ("x" * 100, "x" * 64)],
)  # fmt: skip
def test_it_makes_a_key_of_a_name(name: str, key: str) -> None:
    assert fields.key_for(name) == key


def test_it_describes_a_field(db: None) -> None:
    made = fields.create("", "Shoe  size", "number", WHO)
    fields.edit(made, "Size of shoe", "text", WHO)
    fields.edit(made, "Size of shoe", "text", WHO)

    assert list(Field.objects.values_list("key", "name", "kind")) == [("shoe_size", "Size of shoe", "text")]
    assert list(AuditEntry.objects.order_by("id").values_list("action", flat=True)) == [
        "field.create",
        "field.edit",
    ]


@pytest.mark.parametrize(
    ("key", "name", "kind", "column"),
    [("Bad Key", "a", "text", "key"), ("_a", "a", "text", "key"), ("", "名前", "text", "key"),
     ("", "", "text", "name"), ("a", "b\0", "text", "name"), ("a", "x" * 201, "text", "name"),
     ("a", "a", "color", "kind"), ("taken", "a", "text", "key")],
)  # fmt: skip
def test_it_says_what_cannot_be(db: None, key: str, name: str, kind: str, column: str) -> None:
    Field.objects.create(key="taken", name="Taken")

    with pytest.raises(FieldRefused) as told:
        fields.create(key, name, kind, WHO)

    assert told.value.column == column
    assert Field.objects.count() == 1


def test_it_counts_the_contacts_with_a_value(store: StoreRef) -> None:
    meet(store)

    assert fields.counts() == {"city": 1, "size": 2}
    assert (fields.count("size"), fields.count("nothing")) == (2, 0)


def test_deleting_takes_all_values_away(store: StoreRef) -> None:
    meet(store)
    size = fields.create("size", "Size", "number", WHO)
    before = factories.value("SELECT max(id) FROM activity")

    goes_on = fields.delete(size, WHO)

    assert goes_on is False
    assert list(Contact.objects.order_by("email").values_list("fields", flat=True)) == [
        {"city": "Porto"},
        {},
        {},
    ]
    told = query(
        "SELECT kind, live, data FROM activity WHERE id > %(before)s ORDER BY contact_id", before=before
    )
    assert told[0][:2] == ("contact_updated", False)
    assert '{"city": "Porto", "size": "38"}' in str(told[0][2]).replace("'", '"')
    assert len(told) == 2
    assert AuditEntry.objects.get(action="field.delete").detail == {"key": "size"}


def test_many_values_are_taken_away_by_a_job(store: StoreRef, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fields, "AT_ONCE", 1)
    meet(store)
    size = fields.create("size", "Size", "number", WHO)

    goes_on = fields.delete(size, WHO)

    assert (goes_on, fields.under_way(), fields.count("size")) == (True, {"size"}, 1)
    with pytest.raises(FieldRefused):
        fields.create("size", "Size", "number", WHO)

    fields.forget("size")

    assert fields.counts() == {"city": 1}
