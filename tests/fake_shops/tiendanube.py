"""Tiendanube: Nuvemshop in Spanish."""

from tests.fake_shops import nuvemshop


class Fake(nuvemshop.Fake):
    """A shop in Argentina."""

    platform = "tiendanube"
    currency = "ARS"
    country = "AR"
    language = "es"
