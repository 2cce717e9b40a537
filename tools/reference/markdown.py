"""Pieces of Markdown pages."""

from collections.abc import Iterable, Sequence

MADE = "<!-- Made from the code by `make docs`: change the code, not this page. -->"


def page(title: str, *blocks: str) -> str:
    """A whole page: its title, the note that it is made, and its blocks with a blank line between."""
    return "\n\n".join([f"# {title}", MADE, *(block for block in blocks if block)]) + "\n"


def table(headers: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; nothing when it has no rows."""
    lines = [f"| {' | '.join(cell(text) for text in row)} |" for row in rows]
    if not lines:
        return ""
    return "\n".join([f"| {' | '.join(headers)} |", f"|{' --- |' * len(headers)}", *lines])


def cell(text: str) -> str:
    """Text that may stand in a table's cell."""
    return " ".join(text.split()).replace("|", "\\|")


def code(text: str) -> str:
    """Text as code, "" where there is none."""
    return f"`{text}`" if text else ""
