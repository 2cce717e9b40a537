"""Keys of requests, held while they run and remembered after."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections

from comanda.records import idempotency, keys
from comanda.records.idempotency import StillRunning, Stored

pytestmark = pytest.mark.django_db(transaction=True)


def test_it_remembers_an_answer() -> None:
    made, _ = keys.create("x")
    answer = Stored(b"f", 201, "application/json", b"\x00{}")

    before = idempotency.find(made.pk, "k")
    idempotency.keep(made.pk, "k", answer)

    assert (before, idempotency.find(made.pk, "k")) == (None, answer)
    assert idempotency.find(made.pk, "K") is None


def test_it_lets_one_of_many_hold_a_key() -> None:
    inside = threading.Barrier(4)
    held: list[int] = []

    def hold(number: int) -> bool:
        try:
            inside.wait(30)
            with idempotency.held(1, "k"):
                held.append(number)
                inside.wait(30)
                return True
        except StillRunning:
            inside.wait(30)
            return False
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(hold, range(4)))

    assert (sorted(answers), len(held)) == ([False, False, False, True], 1)


def test_it_gives_a_key_up_whatever_happens() -> None:
    with pytest.raises(ZeroDivisionError), idempotency.held(1, "k"):
        raise ZeroDivisionError
    with idempotency.held(1, "k"):
        connection.close()
    with idempotency.held(1, "k"):
        pass
