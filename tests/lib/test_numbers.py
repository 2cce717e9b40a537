from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comanda.lib import numbers

SIX_PLACES = st.decimals(min_value=-999_999_999_999, max_value=999_999_999_999, places=6, allow_nan=False)


@pytest.mark.parametrize(
    ("text", "mark", "number"),
    [
        ("0", ".", "0"),
        ("12", ",", "12"),
        ("1,234.56", ".", "1234.56"),
        ("1.234,56", ",", "1234.56"),
        ("1 234,56", ",", "1234.56"),
        ("1\u00a0234,56", ",", "1234.56"),
        ("1\u202f234\u202f567,8", ",", "1234567.8"),
        ("1'234.50", ".", "1234.50"),
        ("1’234.50", ".", "1234.50"),
        ("12,34,567.89", ".", "1234567.89"),
        ("1.234", ".", "1.234"),
        ("1.234", ",", "1234"),
        (".5", ".", "0.5"),
        ("5.", ".", "5"),
        ("+5", ".", "5"),
        ("-5.10", ".", "-5.10"),
        ("\u22125", ".", "-5"),
        ("5.10-", ".", "-5.10"),
        ("(12.50)", ".", "-12.50"),
        ("( $12.50 )", ".", "-12.50"),
        ("-0", ".", "0"),
        ("R$ 1.234,56", ",", "1234.56"),
        ("-R$ 5,00", ",", "-5.00"),
        ("R$ -5,00", ",", "-5.00"),
        ("€12.50", ".", "12.50"),
        ("12,50 €", ",", "12.50"),
        ("USD 12.50", ".", "12.50"),
        ("12.50USD", ".", "12.50"),
        ("  12.50\t", ".", "12.50"),
        ("1.500000000", ".", "1.5"),
        ("999999999999.999999", ".", "999999999999.999999"),
        ("0000000000000000001", ".", "1"),
    ],
)
def test_it_reads_numbers_as_people_write_them(text: str, mark: str, number: str) -> None:
    assert numbers.parse(text, mark) == Decimal(number)


@pytest.mark.parametrize(
    ("text", "mark", "why"),
    [
        ("", ".", "It is empty."),
        ("  ", ".", "It is empty."),
        ("12%", ".", "It is a percentage, not an amount."),
        ("1e400", ".", "It is in scientific notation, which loses digits."),
        ("1.2E+05", ".", "It is in scientific notation, which loses digits."),
        ("NaN", ".", "It is no number."),
        ("Infinity", ".", "It is no number."),
        ("-inf", ".", "It is no number."),
        ("twelve", ".", "It is no number."),
        ("=1+1", ".", "It is no number."),
        ("5-6", ".", "It is no number."),
        ("1 2", ".", "It is no number."),
        ("12 34.5", ".", "It is no number."),
        ("0x10", ".", "It is no number."),
        ("١٢", ".", "It is no number."),
        ("1_000", ".", "It is no number."),
        ("1,23", ".", "It is no number with a point as the decimal mark."),
        ("1.23", ",", "It is no number with a comma as the decimal mark."),
        ("1.2.3", ".", "It is no number with a point as the decimal mark."),
        (".", ".", "It is no number with a point as the decimal mark."),
        ("(5", ".", "Its parentheses do not close."),
        ("--5", ".", "It has more than one sign."),
        ("(-5)", ".", "It has more than one sign."),
        ("0.1234567", ".", "It has more than 6 decimals."),
        ("1000000000000", ".", "It is 1,000,000,000,000 or more."),
        ("9" * 5000, ".", "It is 1,000,000,000,000 or more."),
    ],
)
def test_it_says_why_something_is_no_number(text: str, mark: str, why: str) -> None:
    with pytest.raises(ValueError, match=r"\w") as caught:
        numbers.parse(text, mark)
    assert str(caught.value) == why


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("1234", ""),
        ("-5", ""),
        ("abc", ""),
        ("1.5", "."),
        ("1,5", ","),
        ("1.50", "."),
        ("1,234.5", "."),
        ("1.234,5", ","),
        ("1.234.567", ","),
        ("1,234,567", "."),
        ("0.123", "."),
        ("0,123", ","),
        ("1234.567", "."),
        ("1 234,567", ","),
        ("1'234.567", "."),
        (".125", "."),
        ("1.234", "?"),
        ("12,345", "?"),
        ("R$ 1.234", "?"),
        ("(123,456)", "?"),
    ],
)
def test_it_tells_which_decimal_mark_a_number_proves(text: str, mark: str) -> None:
    assert numbers.mark_of(text) == mark


@pytest.mark.parametrize(
    ("text", "code", "named"),
    [
        ("12", "", False),
        ("12 €", "EUR", True),
        ("R$12", "BRL", True),
        ("US$ 12", "USD", True),
        ("$12", "", True),
        ("gbp 12", "GBP", True),
        ("£", "", False),
    ],
)
def test_it_tells_the_currency_beside_a_number(text: str, code: str, named: bool) -> None:
    assert numbers.currency_of(text) == code
    assert numbers.names_currency(text) is named


def write(number: Decimal, mark: str, thousands: str) -> str:
    return f"{number:,f}".replace(",", "T").replace(".", mark).replace("T", thousands)


@given(
    SIX_PLACES, st.sampled_from([(".", ","), (",", "."), (",", " "), (".", "'"), (",", "\u202f"), (".", "")])
)
def test_it_reads_back_what_any_locale_writes(number: Decimal, locale: tuple[str, str]) -> None:
    written = write(number, *locale)
    assert numbers.parse(written, locale[0]) == number
    assert numbers.mark_of(written) == locale[0]


@given(st.text(max_size=40), st.sampled_from([".", ","]))
def test_it_gives_a_bounded_number_or_a_reason_for_any_text(text: str, mark: str) -> None:
    numbers.mark_of(text)
    numbers.currency_of(text)
    try:
        number = numbers.parse(text, mark)
    except ValueError as error:
        number, why = Decimal(0), str(error)
    else:
        why = "."
    assert why.endswith(".")
    assert abs(number) < numbers.LIMIT
    assert number == round(number, numbers.MOST_DECIMALS)
