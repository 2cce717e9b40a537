"""Which addresses stand for nobody."""

import pytest
from hypothesis import given, strategies

from comanda.lib.placeholders import is_placeholder


@pytest.mark.parametrize(
    "email",
    [
        "noemail@shop.example",
        "no-reply@shop.example",
        "semail@loja.com.br",
        "nao-responda@loja.com.br",
        "sinemail@tienda.es",
        "sansemail@boutique.fr",
        "guest@naoinformado.com",
        "guest@noinformado.com",
        "order-17@shop.invalid",
        "order-17@localhost",
        "root@localhost.localdomain",
        "x3k9@marketplace.amazon.de",
        "x3k9@marketplace.amazon.com.br",
        "compra.77@mail.mercadolivre.com",
        "compra.77@mail.mercadolivre.com.br",
        "a1b2@members.ebay.com",
        "a1b2@members.ebay.de",
        "5f0c@relay.walmart.com",
        "8awgqyk6a5+cub31c122@allegromail.pl",
        "b3fz4@verkopen.bol.com",
        "v9a8@scs2.tiktok.com",
        "m77@message.manomano.com",
    ],
)
def test_it_knows_an_address_that_stands_for_nobody(email: str) -> None:
    assert is_placeholder(email)


@pytest.mark.parametrize(
    "email",
    [
        "maria@example.com",
        "noemail.silva@example.com",
        "reply@example.com",
        "maria@invalid.com",
        "maria@localhost.com",
        "maria@naoinformado.com.br",
        "maria@amazon.com",
        "maria@ebay.com",
        "maria@walmart.com",
        "m4r1a@privaterelay.appleid.com",
        "maria@mercadolivre.com",
        "maria@mail.mercadolivre.co",
        "maria@notmarketplace.amazon.de",
        "c17850@example.com",
    ],
)
def test_it_leaves_a_person_alone(email: str) -> None:
    assert not is_placeholder(email)


@given(strategies.from_regex(r"[a-z]{1,8}[0-9]{1,4}@[a-z]{1,8}\.(com|pt|es|fr|com\.br)", fullmatch=True))
def test_it_takes_no_ordinary_address_for_a_placeholder(email: str) -> None:
    assert not is_placeholder(email)
