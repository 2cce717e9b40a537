"""What is remembered stays bounded, and remembering changes nothing."""

from decimal import Decimal
from typing import Any

import pytest

from comanda.ingest.csv_import import cells
from comanda.ingest.csv_import.cells import (
    CONSENTS,
    NOBODY,
    Currencies,
    Identities,
    Identity,
    Keys,
    Numbers,
    Statuses,
    Texts,
    parts,
)
from comanda.ingest.csv_import.problems import CellProblem
from comanda.shapes import OrderStatus


def test_it_forgets_when_it_is_full(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cells, "FULL", 10)
    caches: list[dict[Any, Any]] = [Texts(), Keys(), Numbers(".", money=True), Identities(""), Statuses()]
    for number in range(1, 1000):
        for cache in caches:
            assert cache[str(number)] == cache[str(number)]
    assert max(len(cache) for cache in caches) <= 10
    assert caches[2]["12.50"] == Decimal("12.50")


def test_it_tells_only_so_many_unknown_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cells, "MOST_TOLD", 3)
    statuses = Statuses()
    assert sum(statuses.is_news(f"odd {number}") for number in range(1000)) == 3
    assert not statuses.is_news("odd 1")
    assert not statuses.is_news("unknown")
    assert statuses["odd 1"] is OrderStatus.UNKNOWN


def test_it_does_not_remember_what_was_wrong() -> None:
    numbers = Numbers(".", money=False)
    for _ in range(2):
        with pytest.raises(CellProblem) as caught:
            numbers["x"]
        assert caught.value.code == "not_a_number"
    assert len(numbers) == 0


def test_it_knows_currencies_by_code_and_sign() -> None:
    currencies = Currencies()
    assert [currencies[text] for text in ("eur", " BRL ", "R$", "€")] == ["EUR", "BRL", "BRL", "EUR"]
    for text in ("$", "XXY", "", "euros"):
        with pytest.raises(CellProblem):
            currencies[text]


def test_it_knows_who_a_cell_names() -> None:
    identities = Identities("BR")
    assert identities[None] is NOBODY
    assert identities["(11) 98765-4321"] == Identity(phone="+5511987654321")
    assert identities["(11) 1"] == Identity(customer_id="(11) 1")
    assert Identities("")["(11) 98765-4321"] == Identity(customer_id="(11) 98765-4321")
    with pytest.raises(CellProblem) as caught:
        identities["maria@@example.com"]
    assert caught.value.mend.endswith("Correct the address, or leave the cell empty for a guest.")


def test_it_parts_lists_of_words() -> None:
    assert parts("") == ()
    assert parts("a, b;c|a ,,") == ("a", "b", "c")
    assert set(CONSENTS.values()) == {True, False, None}
