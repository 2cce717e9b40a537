"""The README's table of measures, from what ``make bench`` wrote."""

import json
from pathlib import Path

from tools.reference import markdown

BEGIN, END = "<!-- measures: begin -->", "<!-- measures: end -->"


def put_into(text: str, results: Path) -> str:
    """The text with the table between its two marks made anew; left as it is while there are no results."""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end) or not results.exists():
        return text
    return f"{before}{BEGIN}\n{table(results)}\n{END}{after}"


def table(results: Path) -> str:
    """One row a measure."""
    rows = (
        (
            each["measure"],
            f"{each['value']:,} {each['unit']}",
            f"{each['floor']:,} {each['unit']}" if each["floor"] else "",
            each["goal"],
            "yes" if each["met"] else "no",
        )
        for each in json.loads(results.read_text(encoding="utf-8"))
    )
    return markdown.table(("what", "measured", "floor", "to reach", "met"), rows)
