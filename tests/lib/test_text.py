import pytest

from comanda.lib import text


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("Order ID", "orderid"),
        ("order-id", "orderid"),
        ("ORDER_ID", "orderid"),
        ("  Código do_Pedido ", "codigodopedido"),
        ("E-mail", "email"),
        ("Nº", "no"),
        ("Straße", "strasse"),
        ("ＳＫＵ", "sku"),
        ("---", ""),
    ],
)
def test_it_folds_what_people_take_for_the_same(written: str, folded: str) -> None:
    assert text.fold(written) == folded
    assert text.fold(folded) == folded


def test_it_shortens_only_what_is_too_long() -> None:
    assert text.shorten("abc", 3) == "abc"
    assert text.shorten("abcd", 3) == "ab…"
