"""Files to import: the sample shop's orders, once or many times over."""

import csv
from datetime import date
from pathlib import Path

from comanda.demo import shop

YESTERDAY = date(2026, 6, 1)


def part(folder: Path, share: float) -> Path:
    """The sample shop as one file, or the first ``share`` of its lines."""
    whole = folder / "online-retail.csv"
    shop.write(whole, YESTERDAY)
    if share >= 1:
        return whole
    small = folder / "online-retail-part.csv"
    with whole.open(encoding="utf-8") as rows, small.open("w", encoding="utf-8") as out:
        for number, row in enumerate(rows):
            if number > shop.EXPECTED["lines"] * share:
                break
            out.write(row)
    return small


def times(file: Path, copies: int) -> Path:
    """A file of ``copies`` times the lines: other orders of other people each time."""
    grown = file.with_name(f"{file.stem}-x{copies}.csv")
    with grown.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        for copy in range(copies):
            with file.open(encoding="utf-8", newline="") as source:
                rows = csv.reader(source)
                header = next(rows)
                if copy == 0:
                    writer.writerow(header)
                writer.writerows(
                    (f"{copy}-{row[0]}", *row[1:6], f"{copy}.{row[6]}" if row[6] else "", row[7])
                    for row in rows
                )
    return grown
