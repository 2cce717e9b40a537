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
    contact("100%@example.com", first_name="100%"),
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


def test_it_reads_indexes_only(store: StoreRef) -> None:
    """The tables are too small for the planner to bother, unless it is told that scanning them is dear."""
    upsert(store, PEOPLE, LIVE)
    values: dict[str, object] = {"last": contact_search._LAST}
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    for question in contact_search._ways(["+351", "9"], values):
        plan = "\n".join(row[0] for row in factories.query(f"EXPLAIN {question}", **values))
        assert "Seq Scan" not in plan
        assert "Filter" not in plan
        assert any(name in plan for name in ("contact_by_", "contact_identity_by_start"))
