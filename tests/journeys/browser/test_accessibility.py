"""Every page keeps nobody out: axe finds nothing, on a desk and on a phone, in light and in dark."""

from collections.abc import Iterator
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page
from pytest_django.plugin import DjangoDbBlocker

from tests import cleaning
from tests.journeys.browser import axe, pages, visitor, world
from tests.journeys.browser.pages import Place
from tests.journeys.browser.visitor import Desk
from tests.journeys.browser.world import World

SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
MOVED = "document.documentElement.scrollWidth - document.documentElement.clientWidth"

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def used(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    """One world for all of these tests, which only look."""
    with django_db_blocker.unblock():
        yield world.make(tmp_path_factory.mktemp("world"))
        cleaning.clean()


@pytest.fixture
def desk(chromium: Browser, address: str, used: World) -> Iterator[Desk]:
    """Opens pages in that world."""
    with visitor.desk(chromium, address) as made:
        yield made


def faults(page: Page) -> list[str]:
    """What keeps someone out of the page, or has it move sideways, on each screen and in each scheme."""
    found = []
    for width, height in visitor.HEIGHTS.items():
        page.set_viewport_size({"width": width, "height": height})
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            found += [
                f"{width} {scheme}: {each}" for each in axe.violations(page, only_colours=scheme == "dark")
            ]
        moved = page.evaluate(MOVED)
        found += [f"{width}: wider than the screen by {moved} px"] if moved > 0 else []
    return found


@pytest.mark.parametrize("place", pages.pages(), ids=lambda place: place.name)
def test_it_keeps_nobody_out(desk: Desk, used: World, place: Place) -> None:
    page = desk.visit(pages.session(used, place))

    answer = page.goto(place.path(used))
    page.wait_for_load_state("networkidle")

    assert answer
    assert (answer.status, answer.url) == (200, f"{desk.address}{place.path(used)}")
    assert answer.headers["content-type"].startswith("text/html")
    assert "\n".join(faults(page)) == ""


def test_it_keeps_nobody_out_where_nothing_is(desk: Desk, used: World) -> None:
    desk.watch.expect(404)
    page = desk.visit(used.owner)

    page.goto("/nowhere")

    assert "\n".join(faults(page)) == ""
