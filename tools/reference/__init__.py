"""Makes the reference pages of the docs from the code: ``python -m tools.docs``.

``PAGES`` names each page and the function that makes its text. A test fails when a page differs from
what its function makes now, so nothing that the code offers can stay undocumented. Django must be set
up before a page is made.
"""

from collections.abc import Callable
from pathlib import Path

from tools.reference import api, cli, csv_format, decisions, measures, platforms, roles, settings

ROOT = Path(__file__).parent.parent.parent
DOCS = ROOT / "docs"
README = ROOT / "README.md"
RESULTS = ROOT / "benchmarks" / "results.json"

PAGES: dict[str, Callable[[], str]] = {
    "reference/settings.md": settings.page,
    "reference/cli.md": cli.page,
    "reference/api.md": api.page,
    "reference/roles.md": roles.page,
    "reference/csv.md": csv_format.page,
    "reference/platforms.md": platforms.page,
    "decisions/index.md": lambda: decisions.page(DOCS / "decisions"),
}


def write() -> None:
    """Writes every page anew, and the table of measures in the README."""
    for name, make in PAGES.items():
        path = DOCS / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(make(), encoding="utf-8")
    README.write_text(measures.put_into(README.read_text(encoding="utf-8"), RESULTS), encoding="utf-8")
