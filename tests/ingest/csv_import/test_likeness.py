"""What values look like."""

import pytest

from comanda.ingest.csv_import import likeness


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("maria@example.com", {"email", "word"}),
        ("+351 912 345 678", {"phone", "number", "spaced"}),
        ("912 345 678", {"phone", "number", "spaced"}),
        ("2026-03-01", {"date"}),
        ("03/04/2026 10:00", {"date", "spaced"}),
        ("20260301", {"number", "whole"}),
        ("1.234,56", {"number"}),
        ("R$ 10,00", {"number", "word", "spaced"}),
        ("SKU123", {"word"}),
        ("EUR", {"currency", "word"}),
        ("pago", {"status", "word"}),
        ("sim", {"consent", "word"}),
        ("https://shop.example/mug.png", {"link", "word"}),
        ("Blue mug", {"word", "spaced"}),
    ],
)
def test_it_tells_what_a_value_may_be(text: str, kinds: set[str]) -> None:
    assert set(likeness.kinds_of([text])) == kinds


def test_it_counts_the_share_of_each_kind() -> None:
    assert likeness.kinds_of(["a@example.com", "b@example.com", "c", "4711"]) == {
        "email": 0.5,
        "number": 0.25,
        "whole": 0.25,
        "word": 0.75,
    }


def test_it_says_nothing_of_nothing() -> None:
    assert likeness.kinds_of([]) == {}
