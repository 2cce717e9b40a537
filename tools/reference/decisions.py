"""The index of decision records, from their own first lines."""

from pathlib import Path

from tools.reference import markdown


def page(folder: Path) -> str:
    """A list of the records in ``folder``, in the order of their names."""
    records = sorted(path for path in folder.glob("*.md") if path.name != "index.md")
    return markdown.page(
        "Decisions",
        "Why Comanda is built as it is, one screen each: what was weighed, measured and chosen.",
        "\n".join(f"- [{_title(path)}]({path.name})" for path in records),
    )


def _title(path: Path) -> str:
    first = path.read_text(encoding="utf-8").splitlines()[0]
    return first.removeprefix("#").strip()
