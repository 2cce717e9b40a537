"""Amounts as text."""

from decimal import Decimal

import pytest

from comanda.lib import money


@pytest.mark.parametrize(
    ("value", "currency", "text"),
    [
        ("2.550000", "EUR", "2.55"),
        ("2.500000", "EUR", "2.50"),
        ("0.123400", "EUR", "0.1234"),
        ("-3", "EUR", "-3.00"),
        ("0", "EUR", "0.00"),
        ("-0", "EUR", "0.00"),
        ("1200.000000", "JPY", "1200"),
        ("1.5", "KWD", "1.500"),
        ("1E+3", "EUR", "1000.00"),
        ("99999999999999.999999", "EUR", "99999999999999.999999"),
    ],
)
def test_it_shows_an_amount_as_it_is(value: str, currency: str, text: str) -> None:
    assert money.amount(Decimal(value), currency) == text


@pytest.mark.parametrize(
    ("value", "currency", "text"),
    [
        ("9747747.934", "GBP", "9747747.93"),
        ("0.005", "EUR", "0.01"),
        ("-0.005", "EUR", "-0.01"),
        ("-0.001", "EUR", "0.00"),
        ("10", "EUR", "10.00"),
        ("10.5", "JPY", "11"),
        ("1.0005", "KWD", "1.001"),
    ],
)
def test_it_rounds_sums_to_the_cent(value: str, currency: str, text: str) -> None:
    assert money.to_the_cent(Decimal(value), currency) == text
