"""Addresses of shops as people type them."""

import pytest

from comanda.lib import addresses


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("shop.example", "https://shop.example"),
        (" HTTPS://Shop.Example/ ", "https://shop.example"),
        ("https://shop.example/loja/?utm=1#top", "https://shop.example/loja"),
        ("https://shop.example/wp-admin/admin.php?page=wc", "https://shop.example"),
        ("https://shop.example/loja/wp-login.php", "https://shop.example/loja"),
        ("https://shop.example/index.php/admin", "https://shop.example"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("http://localhost:8080/x", "http://localhost:8080/x"),
        ("https://[2001:db8::1]/", "https://[2001:db8::1]"),
        ("lojá.example", "https://lojá.example"),
    ],
)
def test_it_finds_the_address_that_was_meant(typed: str, meant: str) -> None:
    assert addresses.normalise(typed) == meant


@pytest.mark.parametrize(
    "typed",
    ["", "shop", "ftp://shop.example", "https://", "https://ana:pw@shop.example", "https://shop.example:99999",
     "two words.example", "<b>.example", "x" * 600 + ".example", "a\0b.example", "javascript://shop.example"],
)  # fmt: skip
def test_it_refuses_what_is_none(typed: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        addresses.normalise(typed)
