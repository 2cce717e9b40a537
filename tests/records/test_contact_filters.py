"""What is asked of a list, as words."""

import pytest

from comanda.records import contact_filters
from comanda.records.contact_conditions import (
    Accepts,
    AcceptsMarketing,
    BoughtAt,
    HasNoOrders,
    HasOrders,
    OnList,
    Tagged,
)
from comanda.records.contact_filters import NotUnderstood
from comanda.records.contact_search import Typed

pytestmark = pytest.mark.django_db


def test_it_reads_every_word() -> None:
    asked = {
        "q": ["ana"], "tag": ["7", "8", "7"], "list": ["3"], "store": ["2"], "marketing": ["unknown"],
        "orders": ["yes", "no"], "sort": ["name"], "after": ["x"],
    }  # fmt: skip

    assert contact_filters.conditions(asked) == [
        Typed("ana"), Tagged(7), Tagged(8), OnList(3), BoughtAt(2), AcceptsMarketing(Accepts.UNKNOWN),
        HasOrders(), HasNoOrders(),
    ]  # fmt: skip


def test_it_passes_over_what_says_nothing() -> None:
    asked = {"q": ["  ", ""], "tag": [""], "marketing": [""], "sort": ["name"], "orders": ["yes"]}

    assert contact_filters.conditions(asked) == [HasOrders()]
    assert contact_filters.only_words(asked) == {"q": [], "tag": [], "marketing": [], "orders": ["yes"]}


@pytest.mark.parametrize(
    ("key", "word"),
    [("tag", "x"), ("tag", "-1"), ("list", "9" * 19), ("store", "9" * 5000), ("tag", "١"),
     ("marketing", "Yes"), ("orders", "maybe")],
)  # fmt: skip
def test_it_refuses_what_means_nothing(key: str, word: str) -> None:
    with pytest.raises(NotUnderstood):
        contact_filters.conditions({key: [word]})
