"""Files in: how long, how much memory, and the same again."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from benchmarks import files, floor
from benchmarks.measure import Measure, figure
from comanda.demo import shop
from comanda.ingest.csv_import import imports, run
from comanda.records import contacts, stores
from comanda.records.models import Contact, Import, Store

_RUNS, _QUICK_RUNS = 3, 1


def measure(folder: Path, quick: bool) -> Iterator[Measure]:
    """The sample shop in, in again, and ten times as much."""
    file = files.part(folder, 0.1 if quick else 1)
    firsts, agains, floors = [], [], []
    for _ in range(_QUICK_RUNS if quick else _RUNS):
        floor.empty()
        store = stores.create(**shop.STORE)
        firsts.append(take(store, file))
        agains.append(take(store, file))
        _expect_unchanged()
        floors.append(floor.copy_again())
    lines = Import.objects.order_by("id").first().counts["lines"]  # type: ignore[union-attr]  # there is one
    first, least = median(firsts), median(floors)
    most = 10 * lines / shop.EXPECTED["lines"]
    yield figure(
        f"Online Retail, {lines:,} lines, committed and readable", first, "s", least,
        f"≤ {most:.3g} s, ≤ 2.5 × floor", first <= most and first <= 2.5 * least,
    )  # fmt: skip
    yield figure("the same file again, nothing changed", median(agains), "s", first, "≤ 0.5 × the first time",
                 median(agains) <= 0.5 * first)  # fmt: skip
    yield from _big(folder, file)


def take(store: Store, file: Path) -> float:
    """Seconds until a file is committed and a profile of it can be read."""
    started = time.perf_counter()
    job = imports.create(
        store, file, file.name, dict(shop.OPTIONS), dry_run=False, created_by="bench", keep_file=False
    )
    done = run.run(job.id)
    contacts.totals(Contact.objects.earliest("id").pk)
    took = time.perf_counter() - started
    if done.state != "done" or done.counts["refused"]:
        raise SystemExit(f"The import did not go through: {done.state} {done.error} {done.counts}")
    return took


def _expect_unchanged() -> None:
    counts = Import.objects.latest("id").counts
    if counts["orders"]["created"] or counts["orders"]["updated"]:
        raise SystemExit(f"The same file again changed something: {counts}")


def _big(folder: Path, file: Path) -> Iterator[Measure]:
    """Ten times as many lines, each size in a process of its own for the sake of its memory."""
    small, large = _apart(file), _apart(files.times(file, 10))
    few, many = (size["seconds"] / size["lines"] * 1e6 for size in (small, large))
    least, most = small["megabytes"], large["megabytes"]
    named = f"{large['lines']:,} lines"
    yield figure(f"{named}, time a line", many, "µs", few, "≤ 1.2 × that of a tenth", many <= 1.2 * few)
    yield figure(f"{named}, memory of the process", most, "MB", least, "≤ 400 MB", most <= 400)


def _apart(file: Path) -> dict[str, float]:
    """Seconds, lines and peak memory of one import in a process of its own."""
    floor.empty()
    stores.create(**shop.STORE)
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.one_import", str(file)], check=True, capture_output=True, text=True
    )
    found: dict[str, float] = json.loads(done.stdout)
    return found
