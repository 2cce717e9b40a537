"""Walks through lists that change under one's feet: no record is missed, none is given twice."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comanda.connectors import pages
from comanda.connectors.errors import RetryLater
from comanda.connectors.pages import Place, Size

_BEGAN = datetime(2026, 1, 1, tzinfo=UTC)


@given(
    st.sets(st.integers(1, 400), max_size=120),
    st.lists(st.tuples(st.integers(0, 30), st.integers(1, 400)), max_size=60),
    st.integers(1, 17),
)
def test_by_offset_nothing_that_stays_is_missed(
    there: set[int], gone: list[tuple[int, int]], most: int
) -> None:
    rows = sorted(there)
    asked = 0

    def ask(count: int, offset: int) -> list[dict[str, int]]:
        nonlocal asked
        assert asked < 5_000, "it goes round in circles"
        for when, number in gone:
            if when == asked and number in rows:
                rows.remove(number)
        asked += 1
        return [{"id": number} for number in rows[offset : offset + count]]

    found = [each["id"] for items, _ in pages.by_offset(ask, lambda raw: raw["id"], Size(most), Place())
             for each in items]  # fmt: skip

    assert set(found) >= set(rows)
    assert len(found) == len(set(found))
    assert found == sorted(found)


@given(st.sets(st.integers(1, 200), min_size=1, max_size=80), st.integers(1, 9), st.integers(0, 20))
def test_by_offset_it_goes_on_behind_any_page(there: set[int], most: int, stop: int) -> None:
    rows = sorted(there)

    def ask(count: int, offset: int) -> list[dict[str, int]]:
        return [{"id": number} for number in rows[offset : offset + count]]

    walk = list(pages.by_offset(ask, lambda raw: raw["id"], Size(most), Place()))
    first, place = walk[: stop + 1], walk[min(stop, len(walk) - 1)][1]
    rest = list(pages.by_offset(ask, lambda raw: raw["id"], Size(most), place))

    assert [each["id"] for items, _ in first + rest for each in items] == rows


@given(
    st.lists(st.tuples(st.integers(1, 300), st.integers(0, 40)), unique_by=lambda each: each[0], max_size=80),
    st.lists(st.tuples(st.integers(0, 12), st.integers(0, 79)), max_size=20),
    st.integers(2, 11),
)
def test_by_time_nothing_is_missed_while_records_change(
    there: list[tuple[int, int]], touched: list[tuple[int, int]], most: int
) -> None:
    rows = {number: _BEGAN + timedelta(seconds=second) for number, second in there}
    asked = 0
    clock = _BEGAN + timedelta(seconds=60)

    def ask(count: int, since: datetime, offset: int) -> list[tuple[int, datetime]]:
        nonlocal asked, clock
        assert asked < 5_000, "it goes round in circles"
        for when, index in touched:
            if when == asked and rows:
                clock += timedelta(seconds=1)
                rows[list(rows)[index % len(rows)]] = clock
        asked += 1
        later = sorted(((at, number) for number, at in rows.items() if at > since))
        return [(number, at) for at, number in later[offset : offset + count]]

    walk = pages.by_time(
        ask,  # type: ignore[arg-type]
        lambda raw: raw[1],  # type: ignore[index]
        lambda raw: str(raw[0]),  # type: ignore[index]
        Size(most),
        _BEGAN - timedelta(seconds=1),
    )
    found: list[Any] = [each for items in walk for each in items]

    assert len(found) == len(set(map(str, found)))
    last_asked = asked - 1
    unseen = {number for number, at in rows.items() if (number, at) not in found}
    assert not unseen or max(when for when, _ in touched) >= last_asked


def test_by_key_a_page_that_does_not_move_is_an_error() -> None:
    def ask(count: int, after: str) -> list[dict[str, str]]:
        return [{"id": "7"}] * count

    with pytest.raises(RetryLater) as told:
        list(pages.by_key(ask, lambda raw: raw["id"], Size(2)))

    assert told.value.code == "loop"


def test_a_page_that_is_too_much_is_halved_until_it_is_not() -> None:
    asked = []

    def ask(count: int) -> list[int]:
        asked.append(count)
        if count > 12:
            raise RetryLater("timeout", host="shop.example", seconds=60)
        return list(range(count))

    size = Size(100)
    found = pages.lighter(size, ask)

    assert asked == [100, 50, 25, 12]
    assert len(found) == 12
    assert size.now == 15


def test_a_single_record_that_is_too_much_is_said() -> None:
    def ask(count: int) -> list[int]:
        raise RetryLater("too_large", host="shop.example", most=64)

    with pytest.raises(RetryLater) as told:
        pages.lighter(Size(4), ask)

    assert told.value.code == "too_large"
