"""Tiendanube (Spanish-speaking America): Nuvemshop under another name and at other addresses."""

from typing import ClassVar

from comanda.connectors.nuvemshop.authorise import NuvemshopAuthoriser
from comanda.connectors.nuvemshop.client import Nuvemshop


class Tiendanube(Nuvemshop):
    """Only the addresses differ."""

    platform = "tiendanube"
    title = "Tiendanube"
    api = "https://api.tiendanube.com"
    language = "es"
    authoriser: ClassVar = NuvemshopAuthoriser("https://www.tiendanube.com")


CONNECTOR = Tiendanube
