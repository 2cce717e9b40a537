"""Contacts as rows, with what lies in other tables."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from comanda.ingest.upsert import StoreRef, upsert
from comanda.records import contact_export, contact_rows
from comanda.records.contact_list import Listing
from comanda.records.contact_rows import Figures
from comanda.records.contact_sorts import SORTS
from comanda.records.models import Contact
from comanda.shapes import OrderStatus
from tests.factories import LIVE, at, contact, line, order

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(store: StoreRef) -> list[Contact]:
    """Ana bought in two currencies, Rui has one pending order, Zoe bought nothing."""
    ana = contact(
        "ana@example.com", first_name="Ana", accepts_marketing=True, consent_at=at(0), tags=("b", "a"),
        lists=("Club",), fields={"city": "Porto"}, phone="+351912345678",
    )  # fmt: skip
    rui, zoe = contact("rui@example.com", accepts_marketing=False), contact("zoe@example.com")
    upsert(store, [ana, rui, zoe], LIVE)
    upsert(
        store,
        [
            order("1", line("mug", "1", "10.005"), contact=ana, placed_at=at(1)),
            order("2", contact=ana, placed_at=at(3), refund_total=Decimal("2.5")),
            order("3", contact=ana, placed_at=at(2), currency="USD"),
            order("4", contact=rui, placed_at=at(9), status=OrderStatus.PENDING),
        ],
        LIVE,
    )
    return list(Contact.objects.order_by("id"))


def test_it_reads_what_a_page_shows(people: list[Contact]) -> None:
    zoe, ana, rui = contact_rows.of([people[2], people[0], people[1]])

    assert (ana.contact, ana.tags, ana.lists) == (people[0], ["a", "b"], ["Club"])
    assert ana.figures == Figures(3, at(3), (("EUR", Decimal("17.505")), ("USD", Decimal(10))))
    assert rui.figures == Figures(1, at(9), ())
    assert (zoe.contact, zoe.figures, zoe.tags, zoe.lists) == (people[2], Figures(0, None, ()), [], [])
    assert contact_rows.of([]) == []


def test_it_gives_the_columns_asked_for(people: list[Contact], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contact_export, "_AT_ONCE", 2)
    columns = ["email", "revenue:EUR", "revenue:USD", "orders", "tags", "accepts_marketing", "field:city"]

    cells = list(contact_export.cells(Listing(), SORTS["oldest"], columns))

    assert contact_export.currencies() == ["EUR", "USD"]
    assert cells == [
        ["ana@example.com", Decimal("17.51"), Decimal("10.00"), 3, "a, b", "yes", "Porto"],
        ["rui@example.com", None, None, 1, "", "no", ""],
        ["zoe@example.com", None, None, 0, "", "unknown", ""],
    ]


def test_it_has_every_column(people: list[Contact]) -> None:
    first, *_ = contact_export.cells(Listing(), SORTS["oldest"], list(contact_export.COLUMNS))

    made = people[0].created_at.astimezone(UTC).isoformat(timespec="seconds")
    assert first == [
        people[0].pk, "ana@example.com", "Ana", "", "+351912345678", "", "", "yes",
        "2026-03-01T12:00:00+00:00", "a, b", "Club", 3, "2026-03-01T12:03:00+00:00", made,
    ]  # fmt: skip
    assert datetime.fromisoformat(made).tzinfo is not None
