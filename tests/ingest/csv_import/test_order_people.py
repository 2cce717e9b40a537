"""Whose an order of a file is: who bought, who accepts marketing."""

import pytest

from tests.ingest.csv_import.reading import MINIMUM, orders_of, read, read_column, small, told


@pytest.mark.parametrize(
    ("cell", "contact"),
    [
        (" Maria@Example.COM ", ("maria@example.com", "", "")),
        ("+351 912 345 678", ("", "+351912345678", "")),
        ("00351912345678", ("", "+351912345678", "")),
        ("912 345 678", ("", "+351912345678", "")),
        ("912345678", ("", "", "912345678")),
        ("0012345678", ("", "", "0012345678")),
        ("17850", ("", "", "17850")),
        ("C-100-200-300", ("", "", "C-100-200-300")),
        ("12-34-56-78", ("", "", "12-34-56-78")),
        ("Maria Silva", ("", "", "Maria Silva")),
    ],
)
def test_it_tells_e_mails_phones_and_customer_ids_apart(cell: str, contact: tuple[str, str, str]) -> None:
    (order,) = read_column("contact_identifier", cell, country="PT")
    assert order.contact is not None
    assert (order.contact.email, order.contact.phone, order.contact.customer_id) == contact


def test_it_knows_guests() -> None:
    orders = read_column("contact_identifier", "", "  ", "none@shop.invalid", "x@localhost")
    assert [order.contact for order in orders] == [None] * 4


def test_it_finds_a_person_by_the_phone_column_alone() -> None:
    (order,) = read_column("phone", "+351912345678")
    assert order.contact is not None
    assert order.contact.phone == "+351912345678"


def test_it_leaves_out_a_phone_that_is_none_and_says_so() -> None:
    parsed = read(small("phone", "call me"), constants={**MINIMUM, "contact_identifier": "m@example.com"})
    (order,) = orders_of(parsed)
    assert order.contact is not None
    assert (order.contact.email, order.contact.phone) == ("m@example.com", "")
    assert told(parsed) == [(2, "phone", "not_a_phone")]


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("yes", True),
        ("Sim", True),
        ("SÍ", True),
        ("oui", True),
        ("1", True),
        ("true", True),
        ("no", False),
        ("Não", False),
        ("non", False),
        ("0", False),
        ("", None),
        ("unknown", None),
    ],
)
def test_it_reads_whether_marketing_is_accepted(cell: str, said: bool | None) -> None:
    constants = {**MINIMUM, "contact_identifier": "m@example.com"}
    parsed = read(small("accepts_marketing", cell), constants=constants)
    (order,) = orders_of(parsed)
    assert order.contact is not None
    assert order.contact.accepts_marketing is said
    assert told(parsed) == []


def test_it_takes_an_odd_answer_about_marketing_as_not_known() -> None:
    parsed = read(
        small("accepts_marketing", "maybe"), constants={**MINIMUM, "contact_identifier": "m@example.com"}
    )
    (order,) = orders_of(parsed)
    assert order.contact is not None
    assert order.contact.accepts_marketing is None
    assert told(parsed) == [(2, "accepts_marketing", "unknown_consent")]
