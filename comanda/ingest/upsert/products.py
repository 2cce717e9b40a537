"""Products written: as a catalogue tells them, or as far as the lines of orders and carts do.

A line makes a product that is not known yet and fills what is blank in one that no catalogue has told of;
it never changes what the catalogue said.
"""

from collections.abc import Iterable
from typing import Any

from psycopg import Cursor

from comanda.shapes import LineIn, Outcome, ProductIn, Result

from . import prepare, rows, text
from .log import Log

_FILLED = ("name", "sku", "category", "image_url")
_TOLD = (
    "name", "sku", "category", "kind", "description", "price", "currency", "image_url", "url", "archived",
)  # fmt: skip
_READ = f"""
SELECT external_id, id, in_catalogue, source_updated_at, {", ".join(_TOLD)}
FROM product WHERE store_id = %(store_id)s AND external_id = ANY(%(keys)s)
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
_KEEP = "SELECT 1 FROM product WHERE id = ANY(%(ids)s) ORDER BY id FOR NO KEY UPDATE"


class Mentions:
    """The products that lines speak of, each with the line that tells most."""

    def __init__(self) -> None:
        self._lines: dict[str, LineIn] = {}

    def add(self, lines: Iterable[LineIn]) -> None:
        """Takes note of lines; those without a product id speak of none."""
        known = self._lines
        for line in lines:
            key = line.product_id
            if key and (key not in known or (line.name and not known[key].name)):
                known[key] = line

    def settle(self, cursor: Cursor[Any], log: Log) -> dict[str, int]:
        """Makes and fills in products; the id of each by the shop's."""
        found = _read(cursor, log.store.id, self._lines)
        fills = {
            found[key]["id"]: {c: getattr(line, c) for c in _FILLED if getattr(line, c) and not found[key][c]}
            for key, line in self._lines.items()
            if key in found and _can_fill(found[key], line)
        }
        if fills:
            cursor.execute(_KEEP, {"ids": sorted(fills)})
        new = sorted(key for key in self._lines if key not in found)
        ids = dict(zip(new, rows.next_ids(cursor, "product", len(new)), strict=True))
        rows.copy(
            cursor,
            "product",
            ("id", "store_id", *prepare.PRODUCT.columns, "in_catalogue"),
            (
                f"{ids[key]}\t{log.store.id}\t{prepare.product(_stub(key, self._lines[key]))}\tf"
                for key in new
            ),
        )
        if fills:
            blank = dict.fromkeys(_FILLED, "")
            cursor.executemany(_FILL, [{**blank, "id": key, **fills[key]} for key in sorted(fills)])
        self._tell(ids, fills, log)
        return ids | {key: row["id"] for key, row in found.items()}

    def _tell(self, made: dict[str, int], filled: dict[int, dict[str, str]], log: Log) -> None:
        for key, product_id in made.items():
            log.wrote("product", product_id)
            if log.rehearsal:
                log.rehearsal.product_made(key)
        for product_id, values in filled.items():
            log.changed(
                "product", product_id, text.json_text(dict.fromkeys(values, "")), text.json_text(values)
            )
            if log.rehearsal:
                log.rehearsal.product_changed(product_id)


def tell(cursor: Cursor[Any], shapes: list[ProductIn], log: Log) -> list[Result]:
    """Writes what a catalogue says; each shape names a product of its own."""
    found = _read(cursor, log.store.id, [shape.product_id for shape in shapes])
    if found:
        cursor.execute(_KEEP, {"ids": sorted(row["id"] for row in found.values())})
        found = _read(cursor, log.store.id, list(found))
    new = sorted(
        (shape for shape in shapes if shape.product_id not in found), key=lambda shape: shape.product_id
    )
    ids = dict(
        zip((shape.product_id for shape in new), rows.next_ids(cursor, "product", len(new)), strict=True)
    )
    rows.copy(
        cursor,
        "product",
        ("id", "store_id", *prepare.PRODUCT.columns, "in_catalogue"),
        (f"{ids[shape.product_id]}\t{log.store.id}\t{prepare.product(shape)}\tt" for shape in new),
    )
    results = [_result(shape, found.get(shape.product_id), ids) for shape in shapes]
    cursor.executemany(
        _TELL,
        [
            {"id": result.id, "source_updated_at": shape.updated_at, **{c: getattr(shape, c) for c in _TOLD}}
            for shape, result in zip(shapes, results, strict=True)
            if result.outcome is Outcome.UPDATED
        ],
    )
    return results


def _result(shape: ProductIn, row: dict[str, Any] | None, ids: dict[str, int]) -> Result:
    if row is None:
        return Result(Outcome.CREATED, ids[shape.product_id])
    version = row["source_updated_at"]
    if version is not None and (shape.updated_at is None or shape.updated_at < version):
        return Result(Outcome.UNCHANGED, row["id"], note=f"a version of {version.isoformat()} is kept")
    if row["in_catalogue"] and all(row[column] == getattr(shape, column) for column in _TOLD):
        return Result(Outcome.UNCHANGED, row["id"])
    return Result(Outcome.UPDATED, row["id"])


def _read(cursor: Cursor[Any], store_id: int, keys: Iterable[str]) -> dict[str, dict[str, Any]]:
    asked = list(keys)
    if not asked:
        return {}
    cursor.execute(_READ, {"store_id": store_id, "keys": asked})
    columns = ("id", "in_catalogue", "source_updated_at", *_TOLD)
    return {key: dict(zip(columns, row, strict=True)) for key, *row in cursor.fetchall()}


def _can_fill(row: dict[str, Any], line: LineIn) -> bool:
    return not row["in_catalogue"] and any(getattr(line, c) and not row[c] for c in _FILLED)


def _stub(key: str, line: LineIn) -> ProductIn:
    return ProductIn(key, line.name, line.sku, line.category, image_url=line.image_url)


def check(shape: ProductIn) -> None:
    """Raises Unfit when the product cannot be kept."""
    prepare.product(shape)
    text.key(shape.product_id)
