"""What the main pages weigh, and what the server needs for them, over the sample shop.

Chromium opens each page as a first visitor does, with nothing kept, and tells what came over the wire. All
that the page asked of the server, but files, is then asked again, a few times and alone.
"""

import http.client
import statistics
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings
from django.db.models import Count
from django.test import Client
from playwright.sync_api import Browser, Request

from benchmarks import floor, served
from benchmarks.measure import Measure, figure
from benchmarks.served import Address
from comanda.cli import demo
from comanda.records.models import Contact, Import, Order, Product, Role, User
from tools import chromium

_MOST_KB = 250
_MOST_MS = 150
_ROUNDS, _QUICK_ROUNDS = 7, 3
_FRAME = "/settings/sessions"
"""A page with little of its own: what is left is what surrounds every page."""


@dataclass
class Visit:
    """A page that was opened: bytes as they came, and what was asked: address → headers."""

    weight: float = 0
    asked: dict[str, dict[str, str]] = field(default_factory=dict)


def measure(folder: Path, quick: bool) -> Iterator[Measure]:
    """The heaviest of the main pages, and the slowest answer."""
    program = chromium.find()
    if program is None:
        print("Pages are not weighed: there is no Chromium.", file=sys.stderr)
        return
    floor.empty()
    demo.load(quiet=True)
    session, paths = _session(), [_FRAME, *_main_pages()]
    with served.comanda() as address, chromium.launched(program) as browser:
        visits = {path: _visit(browser, address, session, path) for path in paths}
    frame = visits[_FRAME]
    heaviest = max(visits, key=lambda path: visits[path].weight)
    weight = visits[heaviest].weight / 1000
    yield figure(
        f"heaviest of {len(visits)} pages ({_named(heaviest)}), first visit, compressed",
        weight,
        "KB",
        frame.weight / 1000,
        f"≤ {_MOST_KB} KB",
        weight <= _MOST_KB,
    )
    asked = {path: headers for visit in visits.values() for path, headers in visit.asked.items()}
    rounds = _QUICK_ROUNDS if quick else _ROUNDS
    with served.comanda() as address:
        took = {path: _took(address, path, headers, rounds) for path, headers in asked.items()}
    slowest = max(took, key=lambda path: took[path])
    yield figure(
        f"slowest of {len(took)} answers to pages ({_named(slowest)}), sample shop",
        took[slowest],
        "ms",
        took[_FRAME],
        f"≤ {_MOST_MS} ms of server",
        took[slowest] <= _MOST_MS,
    )


def _session() -> str:
    user, _ = User.objects.get_or_create(email="bench@example.com", defaults={"role": Role.OWNER})
    client = Client()
    client.force_login(user)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def _main_pages() -> list[str]:
    """Those that people live in; of each kind of record the one with most to show."""
    contact = Contact.objects.annotate(orders=Count("order")).latest("orders").pk
    order = Order.objects.annotate(size=Count("lines")).latest("size").pk
    product = Product.objects.latest("id").pk
    job = Import.objects.latest("id").pk
    return [
        "/", "/contacts", f"/contacts/{contact}", f"/contacts/{contact}?tab=activity", "/orders",
        f"/orders/{order}", "/products", f"/products/{product}", "/stores", "/stores/online-retail",
        "/stores/new", "/imports", "/imports/new", f"/imports/{job}", "/tags", "/lists", "/fields",
    ]  # fmt: skip


def _visit(browser: Browser, address: Address, session: str, path: str) -> Visit:
    host = f"http://{address[0]}:{address[1]}"
    with browser.new_context(base_url=host, viewport={"width": 1280, "height": 900}) as context:
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": host}])
        page = context.new_page()
        visit = Visit()
        wire = context.new_cdp_session(page)
        wire.send("Network.enable")
        wire.on("Network.loadingFinished", lambda told: _weigh(visit, told["encodedDataLength"]))
        page.on("request", lambda request: _note(visit, request, host))
        page.goto(path)
        page.wait_for_load_state("networkidle")
    return visit


def _weigh(visit: Visit, weight: float) -> None:
    visit.weight += weight


def _note(visit: Visit, request: Request, host: str) -> None:
    path = request.url.removeprefix(host)
    if path.startswith("/") and not path.startswith("/static/"):
        visit.asked[path] = request.all_headers()


def _took(address: Address, path: str, headers: dict[str, str], rounds: int) -> float:
    """Milliseconds until the whole answer is there, in the middle of some times."""
    asked = {name: value for name, value in headers.items() if not name.startswith(":")}
    times = []
    for _ in range(rounds):
        line = http.client.HTTPConnection(*address)
        started = time.perf_counter()
        line.request("GET", path, headers=asked)
        answer = line.getresponse()
        answer.read()
        times.append((time.perf_counter() - started) * 1000)
        line.close()
        if answer.status not in (200, 204):
            raise SystemExit(f"{path} answered {answer.status}")
    return statistics.median(times)


def _named(path: str) -> str:
    """The kind of page, without numbers."""
    return "/".join("…" if part.isdigit() else part for part in path.partition("?")[0].split("/")) or "/"
