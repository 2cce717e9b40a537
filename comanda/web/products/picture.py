"""A small picture of what a product brought month by month, as shapes that a template draws in SVG."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from comanda.records.product_figures import Month

WIDTH, HEIGHT = 600, 120
_LEAST_MONTHS, _MOST_MONTHS = 12, 24
_GAP = 4


@dataclass(frozen=True, slots=True)
class Bar:
    """A month: where its bar stands, and what it says."""

    x: float
    y: float
    width: float
    height: float
    month: Month


@dataclass(frozen=True, slots=True)
class Picture:
    """Bars of one to two years, the last of them the last month in which something was sold."""

    bars: Sequence[Bar]
    width: int = WIDTH
    height: int = HEIGHT


def draw(months: Sequence[Month]) -> Picture:
    """Bars as high as the revenue; months that brought nothing, or less than that, have none."""
    if not months:
        return Picture([])
    shown = _stretch(months)
    most = max(month.revenue for month in shown)
    step = WIDTH / len(shown)
    return Picture(
        [
            _bar(month, number * step, step, float(month.revenue / most) if most > 0 else 0.0)
            for number, month in enumerate(shown)
        ]
    )


def _bar(month: Month, x: float, step: float, share: float) -> Bar:
    height = round(max(share, 0.0) * HEIGHT, 1)
    return Bar(round(x, 1), round(HEIGHT - height, 1), round(step - _GAP, 1), height, month)


def _stretch(months: Sequence[Month]) -> list[Month]:
    """Every month from the first to the last, with those before it where they are few."""
    known = {month.first_day: month for month in months}
    found: list[Month] = []
    day = months[-1].first_day
    while len(found) < _LEAST_MONTHS or (day >= months[0].first_day and len(found) < _MOST_MONTHS):
        found.append(known.get(day, Month(day, Decimal(0), Decimal(0))))
        day = (day - timedelta(days=1)).replace(day=1)
    return found[::-1]
