"""The pictures of the docs: the demo, as someone sees it who goes through it at a desk.

``make screenshots`` starts the demo, with its fake shops, on a data folder of its own, drives Chromium over
its main pages and writes them into ``docs/images/``, at 1280 pixels, light.
"""

import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Page

from tools import chromium

ROOT = Path(__file__).parent.parent
IMAGES = ROOT / "docs" / "images"
SHOWN = "c14646@example.com"
"""A customer of the sample shop who came back often."""

SHOP = "casa-da-lanterna"
"""One of the demo's fake shops."""
_LONGEST = 180.0
"""Seconds for histories to be read, or a month to be compared."""

# Two rows of one order, one of a guest, and a price that is none.
_FILE = """\
Pedido;Situação;Data;E-mail;SKU;Produto;Preço;Quantidade
1001;pago;16/01/2026 14:32;maria@example.com;TEA-01;Chá verde;12,50;2
1001;pago;16/01/2026 14:32;maria@example.com;MUG-03;Caneca;8,00;1
1002;enviado;17/01/2026 09:05;;TEA-01;Chá verde;12,50;1
1003;pago;18/01/2026 11:00;ana@example.com;TEA-01;Chá verde;doze;1
"""


@contextmanager
def demo(data: Path) -> Iterator[str]:
    """The demo at work; gives the link that signs in."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith("COMANDA_")}
    environ |= {"COMANDA_DATA": str(data), "COMANDA_MAP_TILES": "none", "PYTHONUNBUFFERED": "1"}
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    command = [sys.executable, "-m", "tests.fake_shops.demo", "--port", port]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environ, cwd=ROOT) as process:
        try:
            yield _link(process)
        finally:
            process.terminate()


def _link(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    link = ""
    for line in process.stdout:
        if found := re.search(r"http://\S+/welcome/\S+", line):
            link = found[0]
        if "Comanda runs at" in line:
            return link
    raise RuntimeError("The demo ended before it served.")


_NAME_SHOPS = """() => {
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    while (texts.nextNode()) {
        const text = texts.currentNode
        text.data = text.data.replace(/http:\\/\\/127\\.0\\.0\\.1:\\d+/, "https://shop.example")
    }
}"""
"""A fake shop has a port for a name; in pictures stands what an owner would see."""


def wait(page: Page, is_ready: Callable[[], bool]) -> None:
    """Loads the page again and again until it shows what is waited for."""
    until = time.monotonic() + _LONGEST
    while not is_ready():
        if time.monotonic() > until:
            raise TimeoutError(page.url)
        page.wait_for_timeout(2000)
        page.reload()
        page.wait_for_load_state("networkidle")


def picture(page: Page, name: str) -> None:
    """Writes what the window shows."""
    page.wait_for_load_state("networkidle")
    page.evaluate(_NAME_SHOPS)
    page.evaluate("document.activeElement?.blur()")
    page.screenshot(path=IMAGES / f"{name}.png", animations="disabled", caret="hide")


def take(page: Page, address: str, link: str, data: Path) -> None:
    """Goes through the pages, from the sign-in on."""
    page.goto(f"{address}/sign-in")
    picture(page, "sign-in")
    page.goto(link)
    page.get_by_role("main").get_by_role("button").first.click()
    page.wait_for_url(f"{address}/")
    page.context.add_cookies([{"name": "guided", "value": "yes", "url": address}])
    page.goto(f"{address}/stores")
    wait(page, lambda: page.locator(".badge:visible", has_text="In step").count() == len(shops(data)))
    for name, path in {
        "home": "/",
        "contacts": "/contacts",
        "orders": "/orders",
        "products": "/products",
    }.items():
        page.goto(f"{address}{path}")
        picture(page, name)
    page.goto(f"{address}/orders")
    page.locator("tr[data-href] a").first.click()
    picture(page, "order")
    page.goto(f"{address}/contacts?q={SHOWN}")
    page.get_by_role("link", name=SHOWN).first.click()
    picture(page, "profile")
    page.goto(f"{address}/stores/new/physical")
    picture(page, "store")
    bring_a_file(page, address)
    look_at_shops(page, address, shops(data))


def shops(data: Path) -> dict[str, dict[str, Any]]:
    """The demo's fake shops by their keys: platform, address, fields."""
    told = json.loads((data / "demo-shops" / "shops.json").read_text(encoding="utf-8"))
    return {each["key"]: each for each in told}


def look_at_shops(page: Page, address: str, known: dict[str, dict[str, Any]]) -> None:
    """The gallery, a connection that is tried, and a shop in step with its days compared."""
    page.goto(f"{address}/stores/new")
    picture(page, "gallery")
    try_a_connection(page, address, known[SHOP])
    page.goto(f"{address}/stores/{SHOP}/audit")
    page.get_by_role("button", name="Compare the month").click()
    wait(page, lambda: not page.locator("td.is-grey").count())
    picture(page, "audit")
    page.goto(f"{address}/stores/{SHOP}")
    picture(page, "shop")
    page.goto(f"{address}/stores")
    picture(page, "stores")


def try_a_connection(page: Page, address: str, shop: dict[str, Any]) -> None:
    """The wizard, with the address and keys of a fake shop."""
    page.goto(f"{address}/stores/new/shop/{shop['platform']}")
    page.get_by_label("Name").fill(shop["name"])
    page.get_by_label("Address of the shop").fill(shop["url"])
    for name, value in shop["fields"].items():
        page.locator(f"[name=field_{name}]").fill(value)
    page.get_by_role("button", name="Test").click()
    page.locator(".check-steps").wait_for()
    page.get_by_label("Address of the shop").fill("https://shop.example")
    page.mouse.wheel(0, 2000)
    picture(page, "connect")


def bring_a_file(page: Page, address: str) -> None:
    """The wizard up to the trial."""
    page.goto(f"{address}/imports/new")
    page.locator("input[type=file]").set_input_files(
        {"name": "pedidos.csv", "mimeType": "text/csv", "buffer": _FILE.encode("cp1252")}
    )
    page.get_by_role("button", name="Upload").click()
    page.locator("form#columns").wait_for()
    picture(page, "import-columns")
    page.get_by_role("button", name="Try it out").click()
    page.get_by_role("button", name="Import the rest").wait_for()
    picture(page, "import-trial")


def main() -> int:
    """Takes them all; 1 where there is no Chromium."""
    program = chromium.find()
    if program is None:
        print("Pictures need Chromium: on Debian, apt-get install chromium.", file=sys.stderr)
        return 1
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="comanda-pictures-") as folder:
        with demo(Path(folder)) as link, chromium.launched(program) as browser:
            parts = urlsplit(link)
            page = browser.new_page(
                viewport={"width": 1280, "height": 860},
                color_scheme="light",
                locale="en",
                timezone_id="Europe/London",
            )
            take(page, f"{parts.scheme}://{parts.netloc}", link, Path(folder))
    return 0


if __name__ == "__main__":
    sys.exit(main())
