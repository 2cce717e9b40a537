"""`contact show` and `order show`."""

from pathlib import Path

import pytest

from tests.cli.command import Comanda


@pytest.fixture
def imported(comanda: Comanda, orders: Path) -> Comanda:
    comanda.run("import", orders, "--store", "shop")
    return comanda


def test_it_shows_a_person_with_orders_and_activity(imported: Comanda) -> None:
    told = imported.ask("contact", "show", "Ana@Example.com")
    shown = imported.run("contact", "show", "ana@example.com").stdout

    assert told["totals"] == [
        {"currency": "EUR", "orders": 2, "completed": 1, "revenue": "20.00", "products": "2",
         "first_order_at": "2026-03-01 12:00:00+00:00", "last_order_at": "2026-03-02 12:00:00+00:00"}
    ]  # fmt: skip
    assert [order["order_id"] for order in told["orders"]] == ["A2", "A1"]
    assert {each["kind"] for each in told["activity"]} == {"contact_created", "order_created"}
    assert "20.00" in shown
    assert "1 of 2" in shown
    assert max(map(len, shown.splitlines())) <= 80


def test_it_shows_an_order(imported: Comanda) -> None:
    told = imported.ask("order", "show", "A1", "--store", "shop")

    assert (told["status"], told["source_status"], told["total"]) == ("completed", "paid", "20.00")
    assert [(line["product_id"], line["quantity"]) for line in told["lines"]] == [("mug", "2")]


@pytest.mark.parametrize("words", [("contact", "show", "nobody@example.com"), ("contact", "show", "999999"),
                                   ("contact", "show", "9" * 40), ("order", "show", "nope")])  # fmt: skip
def test_it_says_who_is_not_there(comanda: Comanda, words: tuple[str, ...]) -> None:
    done = comanda.run(*words)

    assert (done.returncode, done.stdout) == (1, "")
    assert "There is no" in done.stderr
    assert "Traceback" not in done.stderr
