"""What a file shows before anyone has said what its columns mean.

All of it can be kept as JSON: the file is gone over once, and every choice is weighed against what was seen.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Self

SAMPLES = 5
"""Different values of a column that are shown."""


@dataclass(frozen=True, slots=True)
class Proof:
    """A value that proves something, and the row that it stands in."""

    text: str
    row: int


@dataclass(slots=True)
class Column:
    """One column. ``filled`` counts the rows that say something, ``distinct`` roughly what they say.

    ``kinds`` tells for each of ``likeness.KINDS`` which share of the first rows' values reads as one.
    ``marks`` holds what proves a decimal mark, by ``.``, ``,`` and ``?`` (could be either); ``orders`` what
    proves an order of day and month, by ``dmy``, ``mdy`` and ``?``. ``epoch`` is what all of the column
    counts.
    """

    index: int
    title: str
    filled: int = 0
    distinct: int = 0
    samples: list[str] = field(default_factory=list)
    kinds: dict[str, float] = field(default_factory=dict)
    marks: dict[str, Proof] = field(default_factory=dict)
    orders: dict[str, Proof] = field(default_factory=dict)
    epoch: str = ""

    def share(self, kind: str) -> float:
        """Which part of its values reads as one of this kind, from 0 to 1."""
        return self.kinds.get(kind, 0.0)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A field that a column seems to be. ``why`` is one of ``suggestions.REASONS``."""

    field: str
    index: int
    why: str


@dataclass(slots=True)
class Seen:
    """A file as it shows itself.

    ``hidden`` counts the columns of a very wide file that are not listed. ``mapping``, ``constants``,
    ``decimal`` and ``date_order`` are what a rejects file says of itself.
    """

    delimiter: str
    encoding: str
    rows: int
    columns: list[Column]
    hidden: int = 0
    suggestions: list[Suggestion] = field(default_factory=list)
    constants: dict[str, str] = field(default_factory=dict)
    decimal: str = ""
    date_order: str = ""

    def as_json(self) -> dict[str, Any]:
        """What JSON can hold of it, which is all."""
        return asdict(self)

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        """The same from JSON."""
        return cls(
            **{
                **kept,
                "columns": [_column(each) for each in kept["columns"]],
                "suggestions": [Suggestion(**each) for each in kept["suggestions"]],
            }
        )

    def column(self, title: str) -> Column | None:
        """The column with this header, None when there is none or more than one."""
        found = [column for column in self.columns if column.title == title]
        return found[0] if len(found) == 1 else None


def _column(kept: Mapping[str, Any]) -> Column:
    proofs = {name: {key: Proof(**each) for key, each in kept[name].items()} for name in ("marks", "orders")}
    return Column(**{**kept, **proofs})
