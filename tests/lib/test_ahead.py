"""Working ahead in a thread."""

import threading
import time
from collections.abc import Iterator

import pytest

from comanda.lib.ahead import ahead


def threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name == "ahead"]


@pytest.mark.parametrize("depth", [1, 2, 100])
def test_it_gives_the_same_items_in_the_same_order(depth: int) -> None:
    assert list(ahead(iter(range(1000)), depth)) == list(range(1000))
    assert list(ahead([], depth)) == []
    assert threads() == []


def test_it_gives_what_stands_for_nothing_too() -> None:
    assert list(ahead([None, False, 0, ""])) == [None, False, 0, ""]


def test_it_is_ahead_by_its_depth_and_no_more() -> None:
    made: list[int] = []

    def items() -> Iterator[int]:
        for number in range(10):
            made.append(number)
            yield number

    results = ahead(items(), depth=2)
    assert next(results) == 0
    while len(made) < 3:
        pass
    assert next(results) == 1
    while len(made) < 4:
        pass
    time.sleep(0.05)  # it would go on now, if it did
    assert made == [0, 1, 2, 3]
    results.close()
    assert len(made) == 4


def test_it_makes_nothing_before_it_is_asked() -> None:
    made: list[int] = []

    def items() -> Iterator[int]:
        made.append(0)
        yield 0

    results = ahead(items())

    assert (made, threads()) == ([], [])
    results.close()


@pytest.mark.parametrize("error", [ValueError("no"), KeyboardInterrupt(), SystemExit(3)])
def test_it_raises_here_what_was_raised_there(error: BaseException) -> None:
    def items() -> Iterator[int]:
        yield 1
        raise error

    results = ahead(items())

    assert next(results) == 1
    with pytest.raises(type(error)) as raised:
        next(results)
    assert raised.value is error
    assert threads() == []


def test_it_ends_its_thread_and_its_source_when_it_is_left() -> None:
    ended: list[str] = []

    def items() -> Iterator[int]:
        try:
            yield from range(1_000_000)
        finally:
            ended.append(threading.current_thread().name)

    results = ahead(items())
    assert next(results) == 0

    results.close()

    assert ended == ["ahead"]
    assert threads() == []
