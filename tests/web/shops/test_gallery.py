"""The gallery of platforms."""

from django.test import Client

from comanda.connectors import registry
from tests.web.shops.reading import text


def test_it_shows_every_platform_and_what_needs_none(owner: Client) -> None:
    shown = text(owner.get("/stores/new"))

    for name, kind in registry.all_platforms().items():
        assert f'href="/stores/new/shop/{name}"' in shown
        assert kind.title in shown
    for where in ("/stores/new/physical", "/stores/new/plain/csv", "/stores/new/plain/api"):
        assert f'href="{where}"' in shown


def test_it_says_what_a_platform_can(owner: Client) -> None:
    shown = text(owner.get("/stores/new"))

    card = shown.split('href="/stores/new/shop/woocommerce"')[1].split("</a>")[0]
    for ability in (
        "Live by webhooks",
        "Checked every minute",
        "Abandoned carts",
        "No keys to copy",
        "Statuses of your own",
    ):
        assert ability in card
    card = shown.split('href="/stores/new/shop/prestashop"')[1].split("</a>")[0]
    assert "Live by webhooks" not in card


def test_a_store_by_file_leads_to_the_file(owner: Client) -> None:
    given = {"name": "Etsy", "currency": "EUR", "timezone": "UTC", "key": "", "url": "https://etsy.example"}

    answer = owner.post("/stores/new/plain/csv", given)

    assert answer.headers["Location"] == "/imports/new?store=etsy"


def test_a_store_by_program_is_one_of_the_api(owner: Client) -> None:
    given = {"name": "ERP", "currency": "EUR", "timezone": "UTC", "key": "", "url": ""}

    answer = owner.post("/stores/new/plain/api", given, follow=True)

    assert answer.redirect_chain == [("/stores/erp", 302)]
    assert answer.context["store"].platform == "api"
    assert answer.context["store"].kind == "online"
