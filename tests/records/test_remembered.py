"""Answers that took long are given again; quick ones never."""

import pytest

from comanda.records import remembered

pytestmark = pytest.mark.django_db


def test_what_is_quick_is_asked_each_time() -> None:
    answers = [remembered.ask("quick", lambda each=each: each).value for each in (1, 2)]  # type: ignore[misc]

    assert answers == [1, 2]
    assert remembered.find("quick") is None


def test_what_took_long_is_given_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remembered, "_QUICK", 0.0)

    first = remembered.ask("slow", lambda: {"orders": 1})
    again = remembered.ask("slow", lambda: {"orders": 2})

    assert first.value == {"orders": 1}
    assert again == first
    assert remembered.find("slow") == first
