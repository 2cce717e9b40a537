"""The picture of a product's months."""

from datetime import date
from decimal import Decimal

from comanda.records.product_figures import Month
from comanda.web.products import picture


def month(year: int, number: int, revenue: str) -> Month:
    return Month(date(year, number, 1), Decimal(1), Decimal(revenue))


def test_it_shows_a_year_at_least() -> None:
    drawn = picture.draw([month(2026, 1, "50"), month(2026, 3, "100")])

    assert len(drawn.bars) == 12
    assert drawn.bars[0].month.first_day == date(2025, 4, 1)
    assert [bar.height for bar in drawn.bars[-3:]] == [60.0, 0.0, 120.0]
    assert (drawn.bars[-1].x, drawn.bars[-1].y, drawn.bars[-1].width) == (550.0, 0.0, 46.0)


def test_it_shows_two_years_at_most() -> None:
    drawn = picture.draw([month(2020, 1, "1"), month(2026, 3, "1")])

    assert len(drawn.bars) == 24
    assert drawn.bars[0].month.first_day == date(2024, 4, 1)


def test_what_brought_less_than_nothing_has_no_bar() -> None:
    drawn = picture.draw([month(2026, 3, "-5")])

    assert {bar.height for bar in drawn.bars} == {0.0}
    assert picture.draw([]).bars == []
