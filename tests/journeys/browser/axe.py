"""axe-core, which finds what keeps people out: contrast, names, roles, order.

https://github.com/dequelabs/axe-core/blob/develop/doc/API.md
"""

from functools import cache
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

SOURCE = Path(__file__).parents[3] / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
_ALIKE = "article ~ article ~ article, tbody > tr:nth-child(n + 25)"
_RUN = """([alike, rules]) => axe.run({exclude: [[alike]]}, {runOnly: rules, resultTypes: ["violations"]})"""
_ALL = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
_COLOURS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}


@cache
def _source() -> str:
    return SOURCE.read_text(encoding="utf-8") + "; undefined"


def violations(page: Page, *, only_colours: bool = False) -> list[str]:
    """What breaks WCAG 2.2 A or AA on the page as it stands, each with the first elements that do.

    Of many rows alike the first are looked at.
    """
    page.evaluate(_source())
    found = page.evaluate(_RUN, [_ALIKE, _COLOURS if only_colours else _ALL])
    return [_told(each) for each in found["violations"]]


def _told(violation: dict[str, Any]) -> str:
    nodes = [_shown(node) for node in violation["nodes"][:3]]
    return f"{violation['id']}: {violation['help']} × {len(violation['nodes'])}: {' | '.join(nodes)}"


def _shown(node: dict[str, Any]) -> str:
    return f"{node['html'][:160]} ({node['any'][0]['message'] if node['any'] else ''})"
