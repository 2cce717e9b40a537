"""Lines that come as the text of their rows, made for many orders at once by whoever reads them as columns.

What ``prepare`` does for one line after another, and every check that it makes on the way, is done for these
already; they are taken apart again only where someone looks at a single one.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import overload

from comanda.shapes import LineIn


class PackedLines(Sequence[LineIn]):
    """The lines of one order; ``total`` and ``items`` are the sums of their totals and quantities.

    ``texts`` are what ``prepare.line`` would make of each, ``mentions`` the id of its product and the end of
    the text, from the name on, parted by a tab. None has a character that COPY would have escaped.
    """

    __slots__ = ("items", "mentions", "texts", "total")

    def __init__(self, mentions: Sequence[str], texts: Sequence[str], total: Decimal, items: Decimal) -> None:
        self.mentions, self.texts = mentions, texts
        self.total, self.items = total, items

    def __len__(self) -> int:
        return len(self.texts)

    @overload
    def __getitem__(self, index: int) -> LineIn: ...
    @overload
    def __getitem__(self, index: slice) -> list[LineIn]: ...
    def __getitem__(self, index: int | slice) -> LineIn | list[LineIn]:
        if isinstance(index, slice):
            return [self[number] for number in range(*index.indices(len(self)))]
        *amounts, name, sku, variant, category, image = self.texts[index].split("\t")
        quantity, price, total, discount = map(Decimal, amounts)
        product = product_of(self.mentions[index])
        return LineIn(product, quantity, price, total, name, sku, variant, category, image, discount)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]  # as any other list of lines

    def __repr__(self) -> str:
        return f"PackedLines({list(self)!r})"

    @property
    def products(self) -> list[str]:
        """The ids of their products."""
        return list(map(product_of, self.mentions))


def product_of(mention: str) -> str:
    """The id of the product that a line mentions."""
    return mention.partition("\t")[0]


def unpack(mention: str) -> tuple[str, ...]:
    """Id, name, SKU, category and image of a product that a line mentions."""
    product, name, sku, _, category, image = mention.split("\t")
    return product, name, sku, category, image
