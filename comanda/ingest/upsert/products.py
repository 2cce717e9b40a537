"""Products written: as a catalogue tells them, or as far as the lines of orders and carts do.

A line makes a product that is not known yet and fills what is blank in one that no catalogue has told of;
it never changes what the catalogue said.
"""

from collections.abc import Callable, Iterable
from operator import attrgetter
from typing import Any

from psycopg import Cursor

from comanda.shapes import LineIn, Outcome, ProductIn, Result

from . import prepare, rows, text, versions
from .log import Log
from .packed import PackedLines, product_of, unpack

_FILLED = ("name", "sku", "category", "image_url")
_TOLD = (
    "name", "sku", "category", "kind", "description", "price", "currency", "image_url", "url", "archived",
)  # fmt: skip
_FIND = f"""
SELECT external_id, id, in_catalogue, {", ".join(_FILLED)}
FROM product WHERE store_id = %(store_id)s AND external_id = ANY(%(keys)s)
"""
_READ = f"""
SELECT external_id, id, in_catalogue, source_updated_at, {", ".join(_TOLD)}
FROM product WHERE store_id = %(store_id)s AND external_id = ANY(%(keys)s) ORDER BY id FOR NO KEY UPDATE
"""
_FILL = f"""
UPDATE product SET {", ".join(f"{c} = COALESCE(NULLIF({c}, ''), %({c})s)" for c in _FILLED)},
       updated_at = now()
WHERE id = %(id)s AND NOT in_catalogue
"""
_TELL = f"""
UPDATE product SET {", ".join(f"{c} = %({c})s" for c in _TOLD)}, in_catalogue = true,
       source_updated_at = COALESCE(%(source_updated_at)s, source_updated_at), updated_at = now()
WHERE id = %(id)s
"""

_said: Callable[[LineIn], tuple[str, ...]] = attrgetter("product_id", *_FILLED)


class Mentions:
    """The products that lines speak of, each with the first that is said of each of its columns."""

    def __init__(self) -> None:
        self._said: dict[tuple[str, ...] | str, None] = {}

    def add(self, lines: Iterable[LineIn]) -> None:
        """Takes note of lines; those without a product id speak of none."""
        if isinstance(lines, PackedLines):
            self._said.update(dict.fromkeys(lines.mentions))
        else:
            self._said.update(dict.fromkeys(map(_said, lines)))

    def settle(self, cursor: Cursor[Any], log: Log) -> rows.Products:
        """Makes and fills in products; their ids."""
        ids = self._ids(cursor, log)
        packed = {said: ids[product_of(said)] for said in self._said if isinstance(said, str)}
        return rows.Products(ids, packed)

    def _ids(self, cursor: Cursor[Any], log: Log) -> dict[str, str]:
        said = self._first_said()
        if not said:
            return {"": text.NULL}
        cursor.execute(_FIND, {"store_id": log.store.id, "keys": list(said)})
        ids: dict[str, str] = {"": text.NULL}
        fills: dict[int, dict[str, str]] = {}
        for key, product_id, in_catalogue, *kept in cursor.fetchall():
            ids[key] = str(product_id)
            if not in_catalogue and (blanks := _blanks(kept, said[key])):
                fills[product_id] = blanks
        _fill(cursor, fills, log)
        new = [_stub(key, values) for key, values in said.items() if key not in ids]
        made = _insert(cursor, new, False, log)
        return ids | {key: str(product_id) for key, product_id in made.items()}

    def _first_said(self) -> dict[str, list[str]]:
        """The first that is said of each of ``_FILLED``, by the shop's id of the product."""
        first: dict[str, list[str]] = {}
        for key, *said in (unpack(each) if isinstance(each, str) else each for each in self._said):
            known = first.setdefault(key, said)
            if known is not said:
                known[:] = [old or new for old, new in zip(known, said, strict=True)]
        first.pop("", None)
        return first


def _blanks(kept: list[str], said: list[str]) -> dict[str, str]:
    """What is said of columns that are blank."""
    columns = zip(_FILLED, kept, said, strict=True)
    return {column: value for column, known, value in columns if value and not known}


def _stub(key: str, said: list[str]) -> ProductIn:
    name, sku, category, image_url = said
    return ProductIn(key, name, sku, category, image_url=image_url)


def _insert(cursor: Cursor[Any], shapes: list[ProductIn], in_catalogue: bool, log: Log) -> dict[str, int]:
    """Makes products; the id of each by the shop's."""
    new = sorted(shapes, key=lambda shape: shape.product_id)
    ids = rows.next_ids(cursor, "product", len(new))
    rows.copy(
        cursor,
        "product",
        ("id", "store_id", *prepare.PRODUCT.columns, "in_catalogue"),
        (
            f"{product_id}\t{log.store.id}\t{prepare.product(shape)}\t{text.optional(in_catalogue)}"
            for product_id, shape in zip(ids, new, strict=True)
        ),
    )
    for product_id, shape in zip(ids, new, strict=True):
        log.made("product", product_id)
        if log.rehearsal:
            log.rehearsal.product_made(shape.product_id)
    return {shape.product_id: product_id for product_id, shape in zip(ids, new, strict=True)}


def _fill(cursor: Cursor[Any], fills: dict[int, dict[str, str]], log: Log) -> None:
    if not fills:
        return
    blank = dict.fromkeys(_FILLED, "")
    cursor.executemany(_FILL, [{**blank, "id": key, **fills[key]} for key in sorted(fills)])
    for product_id, values in fills.items():
        log.changed("product", product_id, dict.fromkeys(values, ""), values)
        if log.rehearsal:
            log.rehearsal.product_changed(product_id)


def tell(cursor: Cursor[Any], shapes: list[ProductIn], log: Log) -> list[Result]:
    """Writes what a catalogue says; each shape names a product of its own."""
    found = _read(cursor, log.store.id, [shape.product_id for shape in shapes])
    made = _insert(cursor, [shape for shape in shapes if shape.product_id not in found], True, log)
    results = [_result(shape, found.get(shape.product_id), made) for shape in shapes]
    told = [
        {"id": result.id, "source_updated_at": shape.updated_at, **{c: getattr(shape, c) for c in _TOLD}}
        for shape, result in zip(shapes, results, strict=True)
        if result.outcome is Outcome.UPDATED
    ]
    if told:
        cursor.executemany(_TELL, told)
    return results


def _result(shape: ProductIn, row: dict[str, Any] | None, made: dict[str, int]) -> Result:
    if row is None:
        return Result(Outcome.CREATED, made[shape.product_id])
    same = row["in_catalogue"] and all(row[column] == getattr(shape, column) for column in _TOLD)
    version = row["source_updated_at"]
    result = Result(Outcome.UNCHANGED)
    versions.judge(result, row["id"], same and shape.updated_at in (None, version), shape.updated_at, version)
    return result


def _read(cursor: Cursor[Any], store_id: int, keys: list[str]) -> dict[str, dict[str, Any]]:
    """Locks the products known already and reads them."""
    cursor.execute(_READ, {"store_id": store_id, "keys": keys})
    columns = ("id", "in_catalogue", "source_updated_at", *_TOLD)
    return {key: dict(zip(columns, row, strict=True)) for key, *row in cursor.fetchall()}
