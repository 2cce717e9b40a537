"""A file dropped onto the page, and what becomes of it. The tests do the jobs themselves: each step stays."""

import re

import pytest
from playwright.sync_api import JSHandle, Page, expect

from comanda.records.models import Contact, Import, ImportDraft, Role
from tests import factories
from tests.ingest.csv_import import importing, uploading
from tests.journeys.browser import visitor
from tests.journeys.browser.visitor import Desk

ROWS = (*uploading.ROWS, importing.row("A3", "rui@example.com", price="ten"))


@pytest.fixture(autouse=True)
def shop(transactional_db: None) -> None:
    """A store to bring a file into, and nothing left to do by others."""
    uploading.forget_jobs()
    factories.make_store(name="Corner shop")


def held(page: Page, content: str, name: str = "orders.csv") -> JSHandle:
    """A file as the browser holds it while someone drags it."""
    return page.evaluate_handle(
        """([content, name]) => {
            const held = new DataTransfer()
            held.items.add(new File([content], name, {type: "text/csv"}))
            return held
        }""",
        [content, name],
    )


def drop(page: Page, content: str, name: str = "orders.csv") -> None:
    file = held(page, content, name)
    zone = page.locator("[data-drop]")
    for event in ("dragenter", "dragover"):
        zone.dispatch_event(event, {"dataTransfer": file})
    expect(zone).to_have_class(re.compile("is-over"))
    zone.dispatch_event("drop", {"dataTransfer": file})
    expect(zone).not_to_have_class(re.compile("is-over"))


def test_it_goes_from_a_dropped_file_to_contacts_and_back(desk: Desk, owner: str) -> None:
    desk.watch.expect(422)
    page = desk.visit(owner)
    page.goto("/imports/new")

    drop(page, importing.text(ROWS))
    expect(page.get_by_text("orders.csv")).to_be_visible()
    page.get_by_role("button", name="Upload").click()
    expect(page.get_by_text("Looking into the file")).to_be_visible()
    assert uploading.work() == ["import.look"]
    miss_a_column(page)
    expect(page.get_by_role("heading", name="Trying it out: nothing is written")).to_be_visible()
    assert uploading.work() == ["import.rehearse"]
    expect(page.get_by_text("1 row would be left out")).to_be_visible()
    assert not Contact.objects.exists()
    page.get_by_role("button", name="Import the rest").click()
    expect(page.get_by_role("heading", name="Coming into Corner shop")).to_be_visible()
    assert uploading.work() == ["import.run"]
    expect(page.get_by_role("heading", name="In Corner shop now")).to_be_visible()
    with page.expect_download() as rejects:
        page.get_by_role("link", name="Rows left out").click()
    assert "A3" in rejects.value.path().read_text(encoding="utf-8-sig")
    assert sorted(Contact.objects.values_list("email", flat=True)) == ["ana@example.com", "rui@example.com"]
    page.get_by_role("button", name="Take it back").click()
    page.get_by_role("dialog").get_by_role("button").last.click()
    expect(page.get_by_role("heading", name="Being taken back")).to_be_visible()
    assert uploading.work() == ["import.undo"]
    expect(page.get_by_role("heading", name="Taken back")).to_be_visible()
    assert not Contact.objects.exists()


def miss_a_column(page: Page) -> None:
    """Tries without the order number, is told what is open, and says it."""
    number = page.get_by_label("What the column “order_id” is")
    number.select_option("")
    expect(page.get_by_text("Still open")).to_be_visible()
    page.get_by_role("button", name="Try it out").click()
    expect(page.get_by_text("Still open")).to_be_visible()
    number.select_option("order_id")
    expect(page.get_by_text("All that is needed is there.")).to_be_visible()
    page.get_by_role("button", name="Try it out").click()


def test_it_takes_no_file_that_is_too_large(desk: Desk, owner: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMANDA_MAX_UPLOAD_MB", "1")
    page = desk.visit(owner)
    page.goto("/imports/new")

    drop(page, "x" * ((1 << 20) + 1), "large.csv")
    expect(page.get_by_text("This file is larger than this server takes.")).to_be_visible()
    expect(page.get_by_role("button", name="Upload")).to_be_disabled()
    drop(page, importing.text(ROWS), "small.csv")
    expect(page.get_by_text("This file is larger than this server takes.")).to_be_hidden()
    page.get_by_role("button", name="Upload").click()
    expect(page.get_by_text("Looking into the file")).to_be_visible()

    assert ImportDraft.objects.get().file_name == "small.csv"


def test_it_opens_no_file_that_is_dropped_beside(desk: Desk, owner: str) -> None:
    page = desk.visit(owner)
    page.goto("/imports/new")

    file = held(page, importing.text(ROWS))
    refused = page.evaluate(
        """held => {
            const event = new DragEvent("dragover", {dataTransfer: held, bubbles: true, cancelable: true})
            document.querySelector("h1").dispatchEvent(event)
            return [event.defaultPrevented, event.dataTransfer.dropEffect]
        }""",
        file,
    )

    assert refused == [True, "none"]
    expect(page.get_by_text("Drop the file here, or choose it")).to_be_visible()


@pytest.mark.parametrize(
    ("language", "trial", "done"),
    [
        ("pt-br", "Importar o restante", "Linhas rejeitadas"),
        ("es", "Importar el resto", "Filas rechazadas"),
        ("fr", "Importer le reste", "Lignes rejetées"),
    ],
)
def test_it_speaks_the_language_of_who_imports(
    desk: Desk, owner: str, language: str, trial: str, done: str
) -> None:
    page = desk.visit(owner, language=language, width=390, scheme="dark")
    page.goto("/imports/new")
    drop(page, importing.text(ROWS))
    page.locator("#upload button[type=submit]").click()
    page.wait_for_url(re.compile(r"/imports/new/\d+$"))
    uploading.work()
    page.locator("#columns button[type=submit]").click()
    page.wait_for_url(re.compile(r"/trial$"))
    uploading.work()
    page.get_by_role("button", name=trial).click()
    page.wait_for_url(re.compile(r"/imports/\d+$"))
    uploading.work()

    expect(page.get_by_role("link", name=done)).to_be_visible()
    over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert (over, Import.objects.filter(dry_run=False).count()) == (0, 1)


def test_a_viewer_is_not_led_to_the_wizard(desk: Desk) -> None:
    desk.watch.expect(403)
    page = desk.visit(visitor.sign_in(visitor.someone(Role.VIEWER)))

    page.goto("/imports")
    expect(page.get_by_role("main").get_by_role("link", name="Import a file")).to_have_count(0)
    page.goto("/imports/new")

    expect(page.get_by_role("heading", level=1)).to_have_text("You may not do this.")
