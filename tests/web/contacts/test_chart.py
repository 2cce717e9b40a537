"""The picture of what someone bought over time."""

from datetime import date
from decimal import Decimal

from comanda.records.contact_orders import Month
from comanda.web.contacts import chart

TODAY = date(2026, 6, 15)


def month(year: int, number: int, orders: int = 1, revenue: str = "10") -> Month:
    return Month(date(year, number, 1), orders, Decimal(revenue))


def test_it_draws_nothing_of_one_month() -> None:
    assert chart.draw([], "EUR", TODAY) is None
    assert chart.draw([month(2026, 6)], "EUR", TODAY) is None


def test_it_has_a_bar_for_each_month_until_today() -> None:
    drawn = chart.draw([month(2026, 2, 4, "20"), month(2026, 4, 2, "-5")], "EUR", TODAY)

    assert drawn is not None
    assert [bar.title for bar in drawn.bars] == [
        "Feb 2026: €20.00, 4 orders", "Mar 2026: €0.00, 0 orders", "Apr 2026: -€5.00, 2 orders",
        "May 2026: €0.00, 0 orders", "Jun 2026: €0.00, 0 orders",
    ]  # fmt: skip
    assert [(bar.height, bar.y, bar.foot, bar.is_negative) for bar in drawn.bars[:3]] == [
        ("64.0", "0.0", "22.0", False), ("0.0", "64.0", "0.0", False), ("16.0", "48.0", "11.0", True),
    ]  # fmt: skip
    assert (drawn.begin, drawn.end) == ("Feb 2026", "Jun 2026")


def test_it_puts_months_together_where_there_are_many() -> None:
    quarters = chart.draw([month(2021, 2), month(2021, 3), month(2026, 4)], "EUR", TODAY)
    years = chart.draw([month(1990, 2, 3, "0"), month(2026, 4, 3, "0")], "EUR", TODAY)

    assert quarters is not None
    assert years is not None
    assert len(quarters.bars) == 22
    assert quarters.bars[0].title == "Jan 2021: €20.00, 2 orders"
    assert [bar.title[:5] for bar in years.bars][:2] == ["1990:", "1991:"]
    assert len(years.bars) == 37
