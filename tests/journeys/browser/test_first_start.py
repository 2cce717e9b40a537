"""The whole way on a Comanda that nobody has used, from the link in the terminal to orders taken back."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.cli.command import Comanda, end
from tests.journeys.browser import visitor
from tests.journeys.browser.visitor import PASSWORD, Desk

_FILE = """\
Nº do pedido;Data;Situação;E-mail;Nome;Produto;Descrição;Qtd.;Preço unitário
1001;05/03/2026 10:12;pago;maria@example.com;Maria;CAF-1;Café 250 g;2;34,90
1001;05/03/2026 10:12;pago;maria@example.com;Maria;XIC-2;Xícara;1;1.019,00
1002;28/03/2026 16:40;pago;joao@example.com;João;CAF-1;Café 250 g;1;34,90
1003;29/03/2026 09:00;pago;maria@example.com;Maria;CAF-1;Café 250 g;três;34,90
"""


@pytest.fixture
def link(tmp_path: Path) -> Iterator[str]:
    """What a new Comanda prints for its first owner."""
    serving = Comanda(tmp_path / "data").start("serve", "--port", "0")
    try:
        told = "".join(line for line in _until(serving.stdout, "Become the owner"))
        yield re.findall(r"http://\S+/welcome/\S+", told)[0]
    finally:
        status, said = end(serving)
    assert (status, "Traceback" in said) == (0, False), said


def _until(lines: Iterator[str] | None, words: str) -> Iterator[str]:
    for line in lines or ():
        yield line
        if words in line:
            return


@pytest.fixture
def desk(chromium: Browser, link: str) -> Iterator[Desk]:
    """Opens pages of that Comanda."""
    with visitor.desk(chromium, link.partition("/welcome/")[0]) as made:
        yield made


def test_it_leads_from_the_first_link_to_a_profile_and_back(desk: Desk, link: str, tmp_path: Path) -> None:
    page = desk.visit()

    become_owner(page, link)
    add_store(page)
    bring_file(page, tmp_path)
    expect(page.get_by_text("1 row was left out.")).to_be_visible()
    see_maria(page)
    take_back(page)

    page.goto("/contacts")
    expect(page.get_by_text("No contacts yet")).to_be_visible()


def become_owner(page: Page, link: str) -> None:
    page.goto(link)
    page.get_by_label("E-mail").fill("Owner@Example.com")
    page.get_by_label("Your name").fill("Olga")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Begin").click()
    expect(page).to_have_title("Home · Comanda")


def add_store(page: Page) -> None:
    page.goto("/stores")
    page.get_by_role("link", name="Add a store").first.click()
    page.get_by_role("link", name="Physical store").click()
    page.get_by_label("Name").fill("Café da Praça")
    page.get_by_label("Description").fill("The one on the square.")
    choose(page, "Country", "Brazil")
    choose(page, "Currency", "Brazilian Real")
    choose(page, "Time zone", "Sao Paulo")
    page.get_by_role("application").click(position={"x": 200, "y": 120})
    expect(page.get_by_label("Latitude")).not_to_have_value("")
    page.get_by_role("button", name="Add the store").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Café da Praça")


def choose(page: Page, label: str, words: str) -> None:
    page.get_by_role("combobox", name=label).fill(words)
    page.get_by_role("listbox", name=label).get_by_role("option").first.click()


def bring_file(page: Page, folder: Path) -> None:
    file = folder / "vendas de março.csv"
    file.write_text(_FILE, encoding="cp1252")
    page.get_by_role("link", name="Send document").first.click()
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="Upload").click()
    page.get_by_label("What the column “Nome” is").select_option("First name", timeout=30_000)
    page.get_by_role("button", name="Try it out").click()
    expect(page.get_by_text("This is what would come into")).to_be_visible(timeout=30_000)
    page.get_by_role("button", name="Import the rest").click()
    expect(page.get_by_role("heading", name="In Café da Praça now")).to_be_visible(timeout=30_000)


def see_maria(page: Page) -> None:

    page.get_by_role("link", name="See the contacts").click()
    page.get_by_role("main").get_by_role("link", name="Maria").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Maria")
    expect(page.get_by_text("R$1,088.80").first).to_be_visible()
    expect(page.get_by_text("1001").first).to_be_visible()
    page.go_back()
    page.go_back()


def take_back(page: Page) -> None:
    page.get_by_role("button", name="Take it back").click()
    page.get_by_role("dialog").get_by_role("button").last.click()
    expect(page.get_by_role("heading", name="Taken back")).to_be_visible(timeout=30_000)
