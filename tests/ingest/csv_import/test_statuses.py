import pytest

from comanda.ingest.csv_import.statuses import _WORDS, STATUSES, find_status
from comanda.lib.text import fold
from comanda.shapes import OrderStatus


def test_it_gives_each_word_one_meaning() -> None:
    words = [fold(word) for some in _WORDS.values() for word in some.split(",")]
    assert len(words) == len(set(words)) == len(STATUSES)
    assert "" not in STATUSES


@pytest.mark.parametrize("status", list(OrderStatus))
def test_it_knows_the_five_statuses_by_name(status: OrderStatus) -> None:
    assert find_status(status.value) is status
    assert find_status(f" {status.value.upper()} ") is status


def test_it_takes_paid_and_all_after_it_for_completed() -> None:
    for word in (
        "paid",
        "processing",
        "shipped",
        "delivered",
        "pago",
        "em separação",
        "entregado",
        "expédiée",
    ):
        assert find_status(word) is OrderStatus.COMPLETED
    assert find_status("refunded") is OrderStatus.CANCELED


def test_it_does_not_guess() -> None:
    assert find_status("half-way") is None
    assert find_status("") is None
