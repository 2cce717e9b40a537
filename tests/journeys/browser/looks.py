"""What keeps someone out of a page, or has it move sideways, on each screen and in each scheme."""

from typing import Literal

from playwright.sync_api import Page

from tests.journeys.browser import axe, visitor

SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
_MOVED = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def faults(page: Page) -> list[str]:
    """All that is found, in words; the page is left on a desk, in light."""
    found = [each for width, height in visitor.HEIGHTS.items() for each in _on(page, width, height)]
    page.emulate_media(color_scheme="light")
    return found


def _on(page: Page, width: int, height: int) -> list[str]:
    page.set_viewport_size({"width": width, "height": height})
    found = []
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        seen = axe.violations(page, only_colours=scheme == "dark")
        found += [f"{width} {scheme}: {each}" for each in seen]
    moved = page.evaluate(_MOVED)
    return [*found, *([f"{width}: wider than the screen by {moved} px"] if moved > 0 else [])]
