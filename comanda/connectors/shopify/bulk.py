"""The file that a bulk operation makes: a JSON object a line, records and then what belongs to them.

It is read a part at a time, so that it may be of any size, and from any record on.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

import orjson

from comanda.connectors.base import Raw

PART = 4 << 20
_FIELDS = {"LineItem": "lineItems", "ProductVariant": "variants"}


@dataclass(slots=True)
class Batch:
    """Whole records, and where the first one behind them begins.

    ``scattered`` are the ids of records of which a part came elsewhere, for all that was asked: they are to
    be read by themselves.
    """

    records: list[Raw]
    after: int
    scattered: set[str] = field(default_factory=set)


def batches(read: Callable[[int, int], bytes], start: int, size: int) -> Iterator[Batch]:
    """``read`` gives the bytes from one place up to another; the file has ``size`` of them."""
    held: list[Raw] = []
    scattered: set[str] = set()
    begins = at = start
    rest = b""
    while at + len(rest) < size:
        rest += read(at + len(rest), min(at + len(rest) + PART, size))
        *lines, rest = rest.split(b"\n") if at + len(rest) < size else [*rest.split(b"\n"), b""]
        for line in lines:
            parent = _add(held, line) if line else ""
            if line and not parent:
                begins = at
            elif parent and (not held or held[-1]["id"] != parent):
                scattered.add(parent)
            at += len(line) + 1
        if len(held) > 1:
            yield Batch(held[:-1], begins, scattered)
            held, scattered = held[-1:], set()
    if held or scattered:
        yield Batch(held, size, scattered)


def _add(held: list[Raw], line: bytes) -> str:
    """Puts a line where it belongs; gives whose part it is, "" for a record."""
    row = orjson.loads(line)
    parent = row.pop("__parentId", "")
    if not parent:
        held.append(row)
    elif held and held[-1]["id"] == parent:
        parts: Mapping[str, list[Raw]] = held[-1].setdefault(_FIELDS[kind_of(row["id"])], {"nodes": []})
        parts["nodes"].append(row)
    return str(parent)


def kind_of(gid: str) -> str:
    """``Order`` of ``gid://shopify/Order/1``."""
    return gid.split("/")[3]
