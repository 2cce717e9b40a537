"""Contacts found as someone types."""

import pytest
from django.db import connection

from comanda.ingest.upsert import StoreRef, upsert
from comanda.records import contact_search
from tests import factories
from tests.factories import LIVE, contact

PEOPLE = [
    contact("maria@example.com", first_name="Maria", last_name="Silva", phone="+351912345678"),
    contact("mc@example.com", first_name="Maria Clara", last_name="Souza"),
    contact("jo@example.com", first_name="João", last_name="da Silva"),
    contact("ana_b@example.com", last_name="Mariano"),
    contact("ÉLODIE@example.com", first_name="Élodie", last_name=""),
    contact("100%@example.com", first_name="100%", company="Ünder Möbel"),
]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("mar", ["ana_b", "mc", "maria"]),
        ("MARIA", ["ana_b", "mc", "maria"]),
        ("maria s", ["maria"]),
        ("maria  clara   so", ["mc"]),
        ("maria clara", ["mc"]),
        ("joão da si", ["jo"]),
        ("JOAO DA SI", ["jo"]),
        ("elo", ["élodie"]),
        ("under m", ["100%"]),
        ("912 34", ["maria"]),
        ("34 912", []),
        ("91", []),
        ("maria\0silva", ["maria"]),
        ("\0", []),
        ("da s", ["jo"]),
        ("silva", ["maria"]),
        ("maria@", ["maria"]),
        ("maria@example.com", ["maria"]),
        ("ÉLO", ["élodie"]),
        ("+351 912", ["maria"]),
        ("00351-912 345 678", ["maria"]),
        ("+999", []),
        ("ana_", ["ana_b"]),
        ("a%", []),
        ("100%", ["100%"]),
        ("_", []),
        ("ia", []),
        ("maria silva x", []),
        ("' OR 1=1 --", []),
        ("   ", []),
        ("x " * 50, []),
    ],
)
def test_it_finds_by_how_something_begins(store: StoreRef, text: str, found: list[str]) -> None:
    upsert(store, PEOPLE, LIVE)

    rows = contact_search.search(text, 10)

    assert [row.email.split("@")[0] for row in rows] == found


def test_it_finds_no_more_than_asked_for(store: StoreRef) -> None:
    upsert(store, [contact(f"p{number}@example.com") for number in range(9)], LIVE)

    assert len(contact_search.search("p", 4)) == 4
    assert len(contact_search.search("p", 20)) == 9


def test_it_finds_by_a_second_address(store: StoreRef) -> None:
    upsert(
        store,
        [contact("maria@example.com", customer_id="7"), contact("m2@example.com", customer_id="7")],
        LIVE,
    )

    for typed in ("maria@", "m2@"):
        assert [row.email for row in contact_search.search(typed, 9)] == ["m2@example.com"]


def test_it_reads_a_number_as_it_is_dialled_where_there_are_stores(store: StoreRef) -> None:
    factories.make_store("berlin", country="DE")
    factories.make_store("hamburg", country="DE")

    typed = contact_search.read("0171 2")

    assert typed is not None
    assert typed.phones == ("+491712", "+35101712")


@pytest.mark.parametrize("typed", ["+351", "912", "maria s"])
def test_it_reads_indexes_only(store: StoreRef, typed: str) -> None:
    """The tables are too small for the planner to bother, unless it is told that scanning them is dear."""
    upsert(store, PEOPLE, LIVE)
    asked = contact_search.read(typed)
    assert asked is not None
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    for question in asked.members("typed"):
        plan = "\n".join(row[0] for row in factories.query(f"EXPLAIN {question}", **asked.values("typed")))
        assert "Seq Scan" not in plan
        assert "Filter" not in plan
        assert any(name in plan for name in ("contact_by_", "contact_identity_by_start"))
