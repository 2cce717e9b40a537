"""Imports run to their end: what is counted, what is refused, what a dry run foretells."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comanda.ingest.upsert import StoreRef, upsert
from comanda.records.models import Activity, List
from comanda.shapes import ContactIn
from tests import factories
from tests.factories import LIVE
from tests.ingest.csv_import import importing
from tests.ingest.csv_import.importing import HEADER, MORE, row

WIDE = (*HEADER, *MORE)
Rows = Sequence[Sequence[Any]]
EMAILS = ("ana@example.com", "bea@example.com")
PHONES = ("+351912345670", "+351912345671")


@st.composite
def orders(draw: st.DrawFn) -> Rows:
    """Rows of a few orders, whose people and products come again and again."""
    ids = draw(st.lists(st.integers(1, 9), min_size=1, max_size=7, unique=True))
    found = []
    for order_id in ids:
        who = draw(st.sampled_from(("", "77", *EMAILS, *PHONES)))
        more = [
            draw(st.sampled_from(("", "Ana", "Bea"))),
            draw(st.sampled_from(("", PHONES[0], *PHONES))),
            draw(st.sampled_from(("", "yes", "no"))),
            draw(st.sampled_from(("", "vip"))),
        ]
        for product in draw(st.lists(st.sampled_from(("mug", "pot", "cup")), min_size=1, max_size=2)):
            price = draw(st.sampled_from(("10.00", "10.00", "10.00", "dear")))
            found.append(
                [*row(order_id, who, product, price), *more, draw(st.sampled_from(("", "Mug", "Pot")))]
            )
    return found


PEOPLE = st.lists(
    st.builds(
        ContactIn,
        email=st.sampled_from(("", *EMAILS)),
        phone=st.sampled_from(PHONES),
        first_name=st.sampled_from(("", "Ana")),
        accepts_marketing=st.sampled_from((None, True)),
    ),
    max_size=2,
)


@settings(max_examples=15)
@given(people=PEOPLE, before=orders(), rows=orders(), at_once=st.integers(1, 3))
def test_it_foretells_in_a_dry_run_what_a_real_one_counts(
    db: None, tmp_path: Path, people: list[ContactIn], before: Rows, rows: Rows, at_once: int
) -> None:
    factories.clear()
    store = factories.make_store(contact_list=List.objects.create(name="buyers"))
    upsert(store, people, LIVE)
    importing.bring(store.id, importing.write(tmp_path / "before.csv", before, WIDE))
    file = importing.write(tmp_path / "orders.csv", rows, WIDE)
    was, happened = importing.snapshot(), Activity.objects.count()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("comanda.ingest.csv_import.writing.LINES_AT_ONCE", at_once)
        rehearsed = importing.bring(store.id, file, dry_run=True)
        assert (importing.snapshot(), Activity.objects.count()) == (was, happened)
        done = importing.bring(store.id, file)

    assert importing.counts(rehearsed) == importing.counts(done)
    assert importing.told(rehearsed) == importing.told(done)
    assert (rehearsed.state, done.state) == ("done", "done")
