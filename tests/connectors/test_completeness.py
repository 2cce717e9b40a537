"""Every platform is whole: a page, recorded payloads, a fake shop, and all that its flags promise."""

import re
import unicodedata
from fnmatch import fnmatchcase
from importlib import import_module
from pathlib import Path

import orjson
import pytest

from comanda.connectors.base import Connector, Resource
from comanda.connectors.registry import all_platforms
from comanda.shapes import OrderStatus
from tests.fake_shops.registry import all_fakes
from tests.fake_shops.world import World

ROOT = Path(__file__).parents[2]
HEADINGS = ["Get the credentials", "What is synced", "Limits", "Status map", "Quirks"]
PAYLOADS = {
    Resource.PRODUCTS: ("product",),
    Resource.CUSTOMERS: ("customer",),
    Resource.ORDERS: ("order",),
    Resource.CARTS: ("cart", "checkout"),
}
"""What a recorded payload of each resource is called: carts by the platform's own word."""
PROMISES = {
    "has_webhooks": ("events",),
    "signs_webhooks": ("verify",),
    "makes_webhooks": ("subscriptions", "subscribe", "unsubscribe"),
    "lists_statuses": ("statuses",),
    "has_privacy_webhooks": ("verify", "events"),
}
"""The methods that each capability needs: by them alone it would be what everyone inherits."""


@pytest.fixture(params=list(all_platforms()))
def kind(request: pytest.FixtureRequest) -> type[Connector]:
    """One connector after another."""
    return all_platforms()[str(request.param)]


def family(kind: type[Connector]) -> list[str]:
    """The platform, and those whose connector it varies."""
    return [str(vars(each)["platform"]) for each in kind.__mro__ if "platform" in vars(each)]


def test_it_is_registered_under_the_name_of_its_folder(kind: type[Connector]) -> None:
    assert (ROOT / "comanda" / "connectors" / kind.platform / "__init__.py").is_file()
    assert kind.title


def page_of(kind: type[Connector]) -> str:
    """The page for shop owners."""
    return (ROOT / "docs" / "platforms" / f"{kind.platform}.md").read_text(encoding="utf-8")


def status_map(kind: type[Connector]) -> list[tuple[str, OrderStatus]]:
    """The page's table of statuses: words, in which ``*`` stands for any text, and what they mean."""
    section = page_of(kind).partition("\n## Status map\n")[2].partition("\n## ")[0]
    rows = re.findall(rf"^\| (.+?) \|(?:.*\|)? ({'|'.join(OrderStatus)}) \|$", section, re.MULTILINE)
    return [(word, OrderStatus(said)) for words, said in rows for word in re.findall(r"`(.+?)`", words)]


def known_words(kind: type[Connector]) -> list[str]:
    """The words in the connector's own table, where it has one of words; some have patterns."""
    module = import_module(f"comanda.connectors.{family(kind)[-1]}.normalise")
    return [*getattr(module, "STATUSES", ()), *getattr(module, "WORDS", ())]


def fold(word: str) -> str:
    """Without case and accents."""
    plain = unicodedata.normalize("NFD", word.casefold())
    return "".join(each for each in plain if not unicodedata.combining(each))


def test_it_has_a_page_for_shop_owners(kind: type[Connector]) -> None:
    page = page_of(kind)

    assert page.startswith(f"# {kind.title.partition(' /')[0]}")
    assert re.findall(r"^## (.+)$", page, re.MULTILINE) == HEADINGS
    assert f"platforms/{kind.platform}.md" in (ROOT / "mkdocs.yml").read_text()


def test_its_page_tells_what_its_words_mean(kind: type[Connector]) -> None:
    told = status_map(kind)
    examples = [pattern.replace("*", "x") for pattern, _ in told]

    for word in [*examples, *known_words(kind)]:
        meant = (status for pattern, status in told if fnmatchcase(fold(word), fold(pattern)))
        assert kind.usual(word) is next(meant, OrderStatus.UNKNOWN), word
    assert {status for _, status in told} >= set(OrderStatus) - {OrderStatus.UNKNOWN}


def test_it_has_a_recorded_payload_of_each_resource(kind: type[Connector]) -> None:
    folders = [ROOT / "tests" / "connectors" / name / "payloads" for name in family(kind)]
    recorded = {file.stem: file for folder in folders for file in folder.glob("*.json")}

    for resource in kind.resources:
        assert set(PAYLOADS[resource]) & set(recorded), f"no payload of {resource}"
    assert all(orjson.loads(file.read_bytes()) for file in recorded.values())


def test_it_has_a_fake_shop_that_fills_in_its_fields(kind: type[Connector]) -> None:
    fake = all_fakes()[kind.platform](World())
    fake.url = "http://127.0.0.1:1"

    given = fake.fields()
    known = {field.name: field for field in kind.fields}
    assert {name for name, field in known.items() if field.required} <= set(given) <= set(known)
    for name, value in given.items():
        assert re.fullmatch(known[name].pattern or ".*", value), name


@pytest.mark.parametrize("flag", list(PROMISES))
def test_it_does_what_its_flags_promise(kind: type[Connector], flag: str) -> None:
    if getattr(kind, flag):
        lacking = [name for name in PROMISES[flag] if getattr(kind, name) is getattr(Connector, name)]
        assert lacking == []


def test_flags_that_need_each_other_stand_together(kind: type[Connector]) -> None:
    told = kind.signs_webhooks or kind.makes_webhooks or kind.has_privacy_webhooks
    assert kind.has_webhooks or not told
    authoriser = getattr(kind, "authoriser", None)
    assert kind.has_authorise_page == (authoriser is not None)
    assert authoriser is None or (callable(authoriser.address) and callable(authoriser.fields))
    assert kind.asks_for_url or kind.base is not Connector.base
    assert set(kind.rereads) <= set(kind.resources)


def test_it_says_what_to_click_and_to_fill_in(kind: type[Connector]) -> None:
    assert kind.steps
    assert kind.fields
    assert all(field.label for field in kind.fields)
    assert any(field.secret for field in kind.fields)
    assert len({field.name for field in kind.fields}) == len(kind.fields)


def test_there_is_no_fake_without_its_platform() -> None:
    assert set(all_fakes()) <= set(all_platforms())
