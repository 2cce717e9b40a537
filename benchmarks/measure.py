"""One measured figure, beside its floor and its goal."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True, slots=True)
class Measure:
    """``floor`` is the same work without Comanda, or the figure compared with; ``ratio`` is value / floor."""

    measure: str
    value: float
    unit: str
    floor: float
    ratio: float
    goal: str
    met: bool


def figure(measure: str, value: float, unit: str, floor: float, goal: str, met: bool) -> Measure:
    """A measure with its numbers rounded to what they are worth."""
    return Measure(
        measure, _round(value), unit, _round(floor), round(value / floor, 2) if floor else 0.0, goal, met
    )


def _round(value: float) -> float:
    return round(value) if value >= 1000 else float(f"{value:.3g}")


def show(measures: Sequence[Measure], quick: bool) -> None:
    """Prints the table."""
    table = Table(
        title="Comanda, measured" + (" (a tenth of the size)" if quick else ""), title_justify="left"
    )
    for header in ("measure", "value", "floor", "ratio", "goal", "met"):
        table.add_column(header, justify="right" if header in ("value", "floor", "ratio") else "left")
    for each in measures:
        table.add_row(
            each.measure,
            f"{each.value:,} {each.unit}",
            f"{each.floor:,} {each.unit}",
            f"{each.ratio:.2f}",
            each.goal,
            "yes" if each.met else "NO",
        )
    Console(width=130).print(table)


def tell(each: Measure) -> None:
    """One line as soon as it is known."""
    met = "met" if each.met else "NOT MET"
    print(
        f"{each.measure}: {each.value:,} {each.unit} ({each.ratio:.2f} × {each.floor:,}), {met}", flush=True
    )


def save(measures: Sequence[Measure], file: Path, *, keep_others: bool) -> None:
    """Writes the list of measures as JSON; others that stand there stay, if they are to be kept."""
    new = [asdict(each) for each in measures]
    names = {each.measure for each in measures}
    old = json.loads(file.read_text(encoding="utf-8")) if keep_others and file.exists() else []
    kept = [each for each in old if each["measure"] not in names]
    file.write_text(json.dumps(kept + new, indent=2) + "\n", encoding="utf-8")
