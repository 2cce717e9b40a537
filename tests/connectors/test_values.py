"""What shops write into JSON, read."""

from decimal import Decimal

import pytest

from comanda.connectors import values


@pytest.mark.parametrize(
    ("whole", "weights", "parts"),
    [
        ("10", ["100"], ["10"]),
        ("10", ["1", "1", "1"], ["3.34", "3.33", "3.33"]),
        ("0.01", ["5", "7"], ["0.00", "0.01"]),
        ("-10.00", ["30", "10"], ["-7.50", "-2.50"]),
        ("3", ["0", "0"], ["1.50", "1.50"]),
        ("3", [], []),
    ],
)
def test_it_spreads_an_amount_to_the_cent(whole: str, weights: list[str], parts: list[str]) -> None:
    found = values.spread(Decimal(whole), [Decimal(each) for each in weights])

    assert found == [Decimal(each) for each in parts]
