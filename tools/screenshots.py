"""The pictures of the docs: the demo, as someone sees it who goes through it at a desk.

``make screenshots`` starts the demo on a data folder of its own, drives Chromium over its main pages and
writes them into ``docs/images/``, at 1280 pixels, light.
"""

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Page

from tools import chromium

ROOT = Path(__file__).parent.parent
IMAGES = ROOT / "docs" / "images"
SHOWN = "c14646@example.com"
"""A customer of the sample shop who came back often."""

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
    command = [sys.executable, "-c", "from comanda.cli import main; main()", "demo", "--port", "0"]
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


def picture(page: Page, name: str) -> None:
    """Writes what the window shows."""
    page.wait_for_load_state("networkidle")
    page.evaluate("document.activeElement?.blur()")
    page.screenshot(path=IMAGES / f"{name}.png", animations="disabled", caret="hide")


def take(page: Page, address: str, link: str) -> None:
    """Goes through the pages, from the sign-in on."""
    page.goto(f"{address}/sign-in")
    picture(page, "sign-in")
    page.goto(link)
    page.get_by_role("main").get_by_role("button").first.click()
    page.wait_for_url(f"{address}/")
    page.context.add_cookies([{"name": "guided", "value": "yes", "url": address}])
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
            take(page, f"{parts.scheme}://{parts.netloc}", link)
    return 0


if __name__ == "__main__":
    sys.exit(main())
