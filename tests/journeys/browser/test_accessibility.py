"""Every page keeps nobody out: axe finds nothing, on a desk and on a phone, in light and in dark."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.journeys.browser import pages, visitor
from tests.journeys.browser.looks import faults
from tests.journeys.browser.pages import Place
from tests.journeys.browser.visitor import Desk
from tests.journeys.browser.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(chromium: Browser, address: str, used: World) -> Iterator[Desk]:
    """Opens pages in that world."""
    with visitor.desk(chromium, address) as made:
        yield made


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
