"""What people said of marketing: the latest statement counts, and each that counted is kept."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from comanda.ingest.upsert import StoreRef, upsert
from comanda.records.models import Activity, Consent, Contact
from comanda.shapes import ContactIn
from tests.factories import HISTORY, at, order, value
from tests.ingest.upsert.calls import tell

pytestmark = pytest.mark.django_db(transaction=True)


def activity() -> list[tuple[str, int | None, datetime, dict[str, Any]]]:
    """What the log tells of consent."""
    found = Activity.objects.filter(kind__in=("consent_given", "consent_withdrawn")).order_by("id")
    return [(each.kind, each.contact_id, each.at, each.data) for each in found]


def consent(email: str = "ana@example.com") -> tuple[bool | None, datetime | None, str]:
    found: tuple[bool | None, datetime | None, str] = Contact.objects.values_list(
        "accepts_marketing", "consent_at", "consent_source"
    ).get(email=email)
    return found


def test_it_keeps_what_a_person_said_of_marketing_with_its_proof(store: StoreRef) -> None:
    tell(store, ContactIn("ana@example.com", accepts_marketing=True, consent_at=at(1),
                          consent_source="checkout", consent_proof="box ticked, 192.0.2.1"))  # fmt: skip

    ana = Contact.objects.get().pk
    assert consent() == (True, at(1), "checkout")
    assert Consent.objects.values_list("contact", "accepts_marketing", "at", "source", "proof").get() == (
        ana, True, at(1), "checkout", "box ticked, 192.0.2.1",
    )  # fmt: skip
    assert activity() == [("consent_given", ana, at(1), {"accepts_marketing": True, "source": "checkout"})]


def test_it_takes_silence_for_silence(store: StoreRef) -> None:
    tell(store, ContactIn("ana@example.com"))
    assert consent() == (None, None, "")

    tell(store, ContactIn("ana@example.com", accepts_marketing=False, consent_at=at(1)))
    tell(store, ContactIn("ana@example.com"))
    assert consent() == (False, at(1), "api")


STATEMENTS = [(True, 1), (True, 3), (False, 2)]


@pytest.mark.parametrize("sequence", [[0, 1, 2], [2, 1, 0], [1, 2, 0], [0, 2, 1], [1, 0, 2], [2, 0, 1]])
@pytest.mark.parametrize("together", [True, False])
def test_it_lets_the_latest_statement_count_in_any_order(
    store: StoreRef, sequence: list[int], together: bool
) -> None:
    shapes = [
        ContactIn("ana@example.com", accepts_marketing=accepts, consent_at=at(minute))
        for accepts, minute in (STATEMENTS[number] for number in sequence)
    ]

    for batch in [shapes] if together else [[shape] for shape in shapes]:
        tell(store, *batch)

    assert consent() == (True, at(3), "api")


def test_it_keeps_each_statement_that_counted(store: StoreRef) -> None:
    for accepts, minute in ((True, 1), (True, 1), (True, 3), (False, 2), (False, 4)):
        tell(store, ContactIn("ana@example.com", accepts_marketing=accepts, consent_at=at(minute)))

    assert list(Consent.objects.order_by("id").values_list("accepts_marketing", "at")) == [
        (True, at(1)),
        (True, at(3)),
        (False, at(4)),
    ]
    assert [(kind, moment) for kind, _, moment, _ in activity()] == [
        ("consent_given", at(1)),
        ("consent_withdrawn", at(4)),
    ]


def test_it_dates_a_statement_made_with_an_order_by_the_order(store: StoreRef) -> None:
    shape = ContactIn("ana@example.com", accepts_marketing=True)
    upsert(store, [order("1", contact=shape, placed_at=at(7))], HISTORY)

    assert consent() == (True, at(7), "csv")


def test_it_lets_no_statement_dated_ahead_silence_the_later_ones(store: StoreRef) -> None:
    ahead = datetime.now(UTC) + timedelta(days=300)
    tell(store, ContactIn("ana@example.com", accepts_marketing=True, consent_at=ahead))
    tell(store, ContactIn("ana@example.com", accepts_marketing=True, consent_at=ahead))

    tell(store, ContactIn("ana@example.com", accepts_marketing=False))

    assert consent()[0] is False
    assert Consent.objects.count() == 2
    assert value("SELECT max(consent_at) <= now() FROM contact")
