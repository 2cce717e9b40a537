import json
from dataclasses import replace
from typing import Any

import pytest

from comanda.ingest.upsert import Cause, StoreRef, upsert
from comanda.records import database, tombstones
from comanda.records.models import Activity, Consent, Contact, ContactIdentity, ImportWrite
from comanda.shapes import ContactIn, Outcome, Result
from tests.factories import HISTORY, LIVE, NOON, at, clear, make_store, order, query, value
from tests.ingest.upsert.calls import buy, tell

pytestmark = pytest.mark.django_db(transaction=True)

PHONE = "+351912345678"


def identities(contact_id: int | None) -> list[tuple[str, str]]:
    return query(
        "SELECT kind, value FROM contact_identity WHERE contact_id = %(id)s ORDER BY 1, 2", id=contact_id
    )


def activity(*kinds: str) -> list[tuple[Any, ...]]:
    rows = Activity.objects.filter(kind__in=kinds).order_by("id")
    return [(each.kind, each.contact_id, each.at, each.data) for each in rows]


def erase(contact_id: int | None) -> None:
    """What erasure leaves: no contact, a tombstone for each identity."""
    cursor = database.cursor()
    assert contact_id is not None
    gone = ContactIdentity.objects.filter(contact_id=contact_id).values_list("kind", "store_id", "value")
    tombstones.add(cursor, list(gone))
    Contact.objects.filter(pk=contact_id).delete()


# Who is it?


def test_it_finds_a_person_by_normalised_email_whatever_the_store(store: StoreRef) -> None:
    other = make_store("other")

    (first,) = buy(store, ContactIn(email=" Ana.Silva@Example.COM "))
    (again,) = buy(other, ContactIn(email="ana.silva@example.com"))

    assert first == again
    assert identities(first) == [("email", "ana.silva@example.com")]
    assert Contact.objects.get().email == "ana.silva@example.com"


def test_it_finds_a_person_by_customer_id_within_a_store(store: StoreRef) -> None:
    other = make_store("other")

    here, again, there = (
        *buy(store, ContactIn(customer_id="7"), ContactIn(customer_id="7")),
        *buy(other, ContactIn(customer_id="7")),
    )

    assert here == again
    assert here != there


def test_it_finds_a_person_by_phone_in_any_writing(store: StoreRef) -> None:
    national, international = buy(store, ContactIn(phone="912 345 678"), ContactIn(phone="00351 912345678"))

    assert national == international
    assert identities(national) == [("phone", PHONE)]


def test_it_lets_the_email_decide_and_moves_no_identity(store: StoreRef) -> None:
    ana, rui = buy(store, ContactIn("ana@example.com", customer_id="7"), ContactIn("rui@example.com", PHONE))

    (found,) = buy(store, ContactIn("rui@example.com", customer_id="7"))

    assert found == rui
    assert identities(ana) == [("customer", "7"), ("email", "ana@example.com")]
    assert identities(rui) == [("email", "rui@example.com"), ("phone", PHONE)]


def test_it_knows_a_customer_who_changed_their_email(store: StoreRef) -> None:
    (ana,) = buy(store, ContactIn("ana@example.com", customer_id="7"))

    (again,) = buy(store, ContactIn("ana@work.example.com", customer_id="7"))

    assert again == ana
    assert identities(ana) == [
        ("customer", "7"),
        ("email", "ana@example.com"),
        ("email", "ana@work.example.com"),
    ]
    assert Contact.objects.get().email == "ana@example.com"


@pytest.mark.parametrize("together", [True, False])
def test_it_keeps_a_family_with_one_phone_apart(store: StoreRef, together: bool) -> None:
    family = [ContactIn(f"{name}@example.com", PHONE) for name in ("ana", "rui", "zoe")]

    found = buy(store, *family) if together else [buy(store, each)[0] for each in family]

    assert len(set(found)) == 3
    assert identities(found[0]) == [("email", "ana@example.com"), ("phone", PHONE)]
    assert identities(found[1]) == [("email", "rui@example.com")]


@pytest.mark.parametrize("together", [True, False])
def test_it_gives_the_email_to_the_first_who_comes_with_a_known_phone(
    store: StoreRef, together: bool
) -> None:
    family = [
        ContactIn(phone=PHONE),
        ContactIn("ana@example.com", PHONE),
        ContactIn("rui@example.com", PHONE),
    ]

    found = buy(store, *family) if together else [buy(store, each)[0] for each in family]

    assert found[0] == found[1] != found[2]


def test_it_does_not_take_a_customer_for_another_by_phone(store: StoreRef) -> None:
    known, stranger = buy(store, ContactIn(phone=PHONE), ContactIn(phone=PHONE, customer_id="7"))

    assert known != stranger


def test_it_makes_one_contact_of_one_person_named_in_many_ways_at_once(store: StoreRef) -> None:
    found = buy(
        store,
        ContactIn("ana@example.com"),
        ContactIn("ANA@example.com", customer_id="7"),
        ContactIn(customer_id="7", first_name="Ana"),
        ContactIn("ana@example.com", PHONE),
        ContactIn(phone=PHONE, last_name="Silva"),
    )

    assert len(set(found)) == 1
    assert Contact.objects.values_list("email", "phone", "first_name", "last_name").get() == (
        "ana@example.com", PHONE, "Ana", "Silva",
    )  # fmt: skip
    assert identities(found[0]) == [("customer", "7"), ("email", "ana@example.com"), ("phone", PHONE)]


@pytest.mark.parametrize(
    "shape",
    [
        ContactIn(),
        ContactIn(email="noreply@shop.test"),
        ContactIn(email="x@y.invalid"),
        ContactIn(phone="12"),
    ],
)
def test_it_makes_no_contact_of_nobody(store: StoreRef, shape: ContactIn) -> None:
    assert buy(store, shape) == [None]

    (result,) = tell(store, shape)
    assert result.outcome is Outcome.REFUSED
    (problem,) = result.problems
    expected = "a valid email, phone or customer_id of the person's own"
    assert (problem.code, problem.field, problem.expected) == ("no_identity", "email", expected)
    assert problem.value == (shape.email or shape.phone)
    assert problem.mend.startswith(f"Send {expected}.")
    assert not Contact.objects.exists()


def test_it_says_what_it_left_out(store: StoreRef) -> None:
    (result,) = tell(store, ContactIn("nobody", "12", customer_id="7"))

    assert result.outcome is Outcome.CREATED
    assert "e-mail left out: " in result.note
    assert "; phone left out: " in result.note
    assert Contact.objects.values_list("email", "phone").get() == ("", "")


def test_it_takes_nobody_s_consent(store: StoreRef) -> None:
    relayed = ContactIn(email="x3k9@marketplace.amazon.de", phone="+351912345678", accepts_marketing=True)
    refused = ContactIn(email="y7@marketplace.amazon.de", phone="+351912345679", accepts_marketing=False)

    tell(store, relayed, refused)

    found = dict(Contact.objects.values_list("phone", "accepts_marketing"))
    assert found == {"+351912345678": None, "+351912345679": False}


def test_it_tells_when_a_contact_gains_an_identity(store: StoreRef) -> None:
    (ana,) = buy(store, ContactIn("ana@example.com"))

    (result,) = tell(store, ContactIn("ana@example.com", customer_id="7"))
    (again,) = tell(store, ContactIn("ana@example.com", customer_id="7"))

    assert result == Result(Outcome.UPDATED, ana)
    assert again == Result(Outcome.UNCHANGED, ana)
    ((kind, contact_id, _, data),) = activity("contact_identified")
    assert (kind, contact_id, data) == (
        "contact_identified",
        ana,
        {"identities": [["customer", store.id, "7"]]},
    )


# What is known of them?


def test_it_fills_what_is_missing_from_orders_and_overwrites_nothing(store: StoreRef) -> None:
    (ana,) = buy(store, ContactIn("ana@example.com", first_name="Ana", fields={"size": "S"}))

    buy(store, ContactIn("ana@example.com", PHONE, first_name="Anna", last_name="Silva", company="Co",
                         language="pt", fields={"size": "L", "colour": "red"}))  # fmt: skip

    kept = Contact.objects.get()
    assert (kept.pk, kept.email, kept.phone) == (ana, "ana@example.com", PHONE)
    assert (kept.first_name, kept.last_name, kept.company, kept.language) == ("Ana", "Silva", "Co", "pt")
    assert kept.fields == {"size": "S", "colour": "red"}
    assert kept.source_updated_at is None


def test_it_overwrites_what_a_contact_shape_names(store: StoreRef) -> None:
    buy(
        store,
        ContactIn("ana@example.com", PHONE, first_name="Ana", company="Co", fields={"size": "S", "a": "1"}),
    )

    tell(store, ContactIn("ana@example.com", first_name="Anna", fields={"size": "L", "b": "2"}))

    kept = Contact.objects.get()
    assert (kept.first_name, kept.company, kept.phone) == ("Anna", "Co", PHONE)
    assert kept.fields == {"size": "L", "a": "1", "b": "2"}


def test_it_lets_no_older_version_of_a_contact_overwrite(store: StoreRef) -> None:
    new = ContactIn("ana@example.com", first_name="Anna", fields={"size": "L"}, updated_at=at(2))
    old = ContactIn("ana@example.com", first_name="Ana", last_name="Silva", fields={"size": "S", "a": "1"},
                    updated_at=at(1))  # fmt: skip
    newest = replace(new, first_name="Annie", updated_at=at(3))

    outcomes = [tell(store, shape)[0].outcome for shape in (new, old, newest, new)]

    assert outcomes == [Outcome.CREATED, Outcome.UPDATED, Outcome.UPDATED, Outcome.UNCHANGED]
    kept = Contact.objects.get()
    assert (kept.first_name, kept.last_name, kept.source_updated_at) == ("Annie", "Silva", at(3))
    assert kept.fields == {"size": "L", "a": "1"}


def test_it_tells_what_changed_of_a_contact(store: StoreRef) -> None:
    tell(store, ContactIn("ana@example.com", first_name="Ana", updated_at=at(1)))
    tell(store, ContactIn("ana@example.com", first_name="Anna", fields={"a": "1"}, updated_at=at(2)))
    tell(store, ContactIn("ana@example.com", first_name="Anna", updated_at=at(3)))

    assert [data for *_, data in activity("contact_updated")] == [
        {"changes": {"first_name": ["Ana", "Anna"], "fields": [{}, {"a": "1"}]}}
    ]
    assert Contact.objects.get().source_updated_at == at(3)


def test_it_tells_of_a_new_contact_once_as_of_the_first_it_heard(store: StoreRef) -> None:
    upsert(
        store,
        [
            order("2", contact=ContactIn("ana@example.com"), placed_at=at(5)),
            order("1", contact=ContactIn("ana@example.com", first_name="Ana"), placed_at=at(3)),
        ],
        HISTORY,
    )

    assert activity("contact_created", "contact_updated") == [
        ("contact_created", Contact.objects.get().pk, at(3), {})
    ]


def test_it_says_the_same_of_people_twice_without_effect(store: StoreRef) -> None:
    shapes = [
        ContactIn("ana@example.com", PHONE, "7", "Ana", accepts_marketing=True, tags=("vip",),
                  lists=("News",), fields={"a": "1"}),
        ContactIn("rui@example.com", accepts_marketing=False, consent_at=at(1), updated_at=at(2)),
        ContactIn(customer_id="9", accepts_marketing=True, updated_at=NOON),
    ]  # fmt: skip
    first = tell(store, *shapes)
    before = query("SELECT count(*) FROM activity"), query("SELECT * FROM contact ORDER BY id")

    again = tell(store, *shapes)

    assert [result.outcome for result in first] == [Outcome.CREATED] * 3
    assert again == [Result(Outcome.UNCHANGED, result.id) for result in first]
    assert (query("SELECT count(*) FROM activity"), query("SELECT * FROM contact ORDER BY id")) == before
    assert Consent.objects.count() == 3


# People erased


def test_it_keeps_erased_people_gone(store: StoreRef) -> None:
    (ana,) = buy(store, ContactIn("ana@example.com", PHONE, "7"))
    erase(ana)

    shapes = [
        ContactIn("ANA@example.com", first_name="Ana"),
        ContactIn("other@example.com", customer_id="7"),
        ContactIn(customer_id="7"),
        ContactIn(phone="912345678"),
    ]
    assert buy(store, *shapes) == [None] * 4
    results = tell(store, *shapes)

    assert [(result.outcome, result.problems[0].code) for result in results] == [
        (Outcome.REFUSED, "erased")
    ] * 4
    assert results[0].problems[0].mend == "Leave this person out: they were erased and stay so."
    assert not Contact.objects.exists()
    assert "ana" not in str(query("SELECT * FROM activity WHERE kind <> 'order_created'"))


def test_it_leaves_out_only_the_phone_of_someone_erased_who_shared_it(store: StoreRef) -> None:
    (ana,) = buy(store, ContactIn("ana@example.com", PHONE))
    erase(ana)

    (rui,) = buy(store, ContactIn("rui@example.com", PHONE))

    assert identities(rui) == [("email", "rui@example.com")]
    assert Contact.objects.get().phone == ""


def test_it_writes_a_new_version_of_an_order_whose_buyer_was_erased(store: StoreRef) -> None:
    upsert(store, [order("1", contact=ContactIn("ana@example.com"), updated_at=at(1))], LIVE)
    erase(Contact.objects.get().pk)

    (result,) = upsert(store, [order("1", contact=ContactIn("ana@example.com"), updated_at=at(2))], LIVE)

    assert result == Result(Outcome.UPDATED, result.id, note="this person was erased and stays so")
    assert query("SELECT contact_id, source_updated_at FROM orders") == [(None, at(2))]


# What an import leaves to be undone

IMPORT = Cause("csv", live=False, import_id=7)


def wrote() -> list[tuple[Any, ...]]:
    rows = ImportWrite.objects.filter(kind="contact").order_by("record_id")
    return [(each.record_id, each.before, each.after) for each in rows]


def test_it_remembers_the_contacts_that_an_import_made(store: StoreRef) -> None:
    (ana,) = buy(store, ContactIn("ana@example.com"), cause=IMPORT)

    assert wrote() == [(ana, None, None)]


def test_it_remembers_what_stood_before_an_import_changed_it(store: StoreRef) -> None:
    tell(store, ContactIn("ana@example.com", first_name="Ana", accepts_marketing=True, consent_at=at(1)))
    ana = Contact.objects.get().pk

    for shape in (
        ContactIn("ana@example.com", PHONE, accepts_marketing=False, consent_at=at(2), tags=("vip",)),
        ContactIn(
            "ana@example.com", customer_id="7", last_name="Silva", accepts_marketing=True, consent_at=at(3)
        ),
    ):
        buy(store, shape, cause=IMPORT)

    ((record_id, before, after),) = wrote()
    consents = Consent.objects.order_by("id").values_list("pk", flat=True)[1:]
    tag_id = value("SELECT id FROM tag")
    assert record_id == ana
    assert before == {
        "phone": "",
        "last_name": "",
        "accepts_marketing": True,
        "consent_at": "2026-03-01 12:01:00+00:00",
        "consent_source": "api",
    }
    assert after == {
        "phone": PHONE,
        "last_name": "Silva",
        "accepts_marketing": True,
        "consent_at": "2026-03-01 12:03:00+00:00",
        "consent_source": "csv",
        f"tag_id:{tag_id}": True,
        f"identity:phone:0:{PHONE}": True,
        f"identity:customer:{store.id}:7": True,
        **{f"consent_id:{pk}": True for pk in consents},
    }


def test_it_keeps_awkward_names_and_fields_as_they_are(store: StoreRef) -> None:
    name, field = '\\N\t"{}\n☃', {'a"\\': "\\n\t\u2028", "b": "{}"}
    tell(store, ContactIn("ana@example.com", first_name=name, fields=field))
    tell(store, ContactIn("ana@example.com", last_name=name, fields={"c": name}))

    kept = Contact.objects.get()
    assert (kept.first_name, kept.last_name, kept.fields) == (name, name, {**field, "c": name})
    assert json.loads(value("SELECT data::text FROM activity WHERE kind = 'contact_updated'")) == {
        "changes": {"last_name": ["", name], "fields": [field, {**field, "c": name}]}
    }
    clear()
