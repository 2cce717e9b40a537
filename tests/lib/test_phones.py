import pytest
from hypothesis import given
from hypothesis import strategies as st

from comanda.lib import phones


@pytest.mark.parametrize(
    ("text", "country", "number"),
    [
        ("+351 912 345 678", "", "+351912345678"),
        ("00351912345678", "", "+351912345678"),
        ("00351912345678", "BR", "+351912345678"),
        ("912 345 678", "PT", "+351912345678"),
        ("(11) 98765-4321", "BR", "+5511987654321"),
        ("(11) 98765-4321", "br", "+5511987654321"),
        ("06 12 34 56 78", "FR", "+33612345678"),
        ("  +34-612-34-56-78 ", "BR", "+34612345678"),
    ],
)
def test_it_writes_a_number_in_one_way(text: str, country: str, number: str) -> None:
    assert phones.normalise(text, country) == number
    assert phones.normalise(number, country) == number


@pytest.mark.parametrize(
    ("text", "country", "why"),
    [
        ("912 345 678", "", "A phone number needs its country code, as in +351 912 345 678."),
        ("912 345 678", "XX", "This is not a phone number."),
        ("none", "PT", "This is not a phone number."),
        ("+1", "PT", "This is not a phone number."),
        ("123", "PT", "No such phone number can exist in its country."),
        ("+351 999", "", "No such phone number can exist in its country."),
        ("1" * 41, "PT", "A phone number is not as long as this."),
    ],
)
def test_it_says_why_something_is_no_number(text: str, country: str, why: str) -> None:
    with pytest.raises(ValueError, match=r"\w") as caught:
        phones.normalise(text, country)
    assert str(caught.value) == why


def test_it_knows_how_numbers_are_written() -> None:
    assert phones.is_international("+351 912 345 678")
    assert phones.is_international("00351912345678")
    assert not phones.is_international("912345678")
    assert not phones.is_international("+12")
    assert not phones.is_international("+351 abc 912345678")
    assert phones.is_grouped("(11) 98765-4321")
    assert phones.is_grouped("912 345 678")
    assert not phones.is_grouped("912345678")
    assert not phones.is_grouped("12-34")
    assert not phones.is_grouped("A12 345 6789")


@given(st.text(max_size=30), st.sampled_from(["", "PT", "BR", "XX"]))
def test_it_gives_a_number_or_a_reason_for_any_text(text: str, country: str) -> None:
    phones.is_international(text)
    phones.is_grouped(text)
    try:
        number = phones.normalise(text, country)
    except ValueError as error:
        number, why = "+0", str(error)
    else:
        why = "."
    assert why.endswith(".")
    assert number[0] == "+"
    assert number[1:].isdigit()
