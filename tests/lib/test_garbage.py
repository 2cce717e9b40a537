"""The collector is held back for a while, and let go again whatever happens."""

import gc

import pytest

from comanda.lib import garbage


def test_it_collects_rarely_inside_and_as_before_outside() -> None:
    before = gc.get_threshold()

    with garbage.collected_rarely():
        inside = gc.get_threshold()

    assert inside[0] > before[0]
    assert gc.get_threshold() == before


def test_it_lets_go_when_something_goes_wrong() -> None:
    before = gc.get_threshold()

    with pytest.raises(ZeroDivisionError), garbage.collected_rarely():
        raise ZeroDivisionError

    assert gc.get_threshold() == before


def test_it_passes_over_what_is_loaded_while_settled() -> None:
    before = gc.get_threshold()

    with garbage.settled():
        assert gc.get_freeze_count() > 0
        assert gc.get_threshold()[0] > before[0]
        assert gc.isenabled()

    assert gc.get_freeze_count() == 0
    assert gc.get_threshold() == before
