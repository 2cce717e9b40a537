"""In which language and zone people read."""

import re

import pytest
from django.test import Client

from comanda.records.models import Role, User
from tests.web.conftest import sign_in


@pytest.mark.parametrize(
    ("accepts", "said"),
    [
        ("pt-BR,pt;q=0.9", "pt-br"),
        ("pt-PT", "pt-br"),
        ("es-AR", "es"),
        ("fr", "fr"),
        ("de", "en"),
        ("", "en"),
    ],
)
def test_it_speaks_as_the_browser_asks(stranger: Client, accepts: str, said: str) -> None:
    answer = stranger.get("/nothing", headers={"accept-language": accepts})

    assert answer.headers["Content-Language"] == said
    assert f'<html lang="{said}"' in answer.content.decode()


def test_it_speaks_as_the_user_chose_once(db: None) -> None:
    client = sign_in(Role.VIEWER, language="fr")

    assert client.get("/", headers={"accept-language": "es"}).headers["Content-Language"] == "fr"


def test_it_remembers_the_language_that_is_chosen(viewer: Client) -> None:
    answer = viewer.post("/language", {"language": "es", "next": "/contacts?q=a"})

    assert (answer.status_code, answer.headers["Location"]) == (302, "/contacts?q=a")
    assert viewer.get("/").headers["Content-Language"] == "es"
    assert User.objects.get().language == "es"


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example", "javascript:alert(1)", ""])
def test_it_leads_nowhere_else(viewer: Client, back: str) -> None:
    assert viewer.post("/language", {"language": "es", "next": back}).headers["Location"] == "/"


def test_it_knows_no_other_language(viewer: Client) -> None:
    viewer.post("/language", {"language": "xx"})

    assert viewer.get("/").headers["Content-Language"] == "en"
    assert User.objects.get().language == "en"


def test_it_speaks_english_to_programs(stranger: Client) -> None:
    answer = stranger.get("/api/nothing", headers={"accept-language": "fr"})

    assert answer.json()["detail"] == "There is nothing at /api/nothing. The API's docs are at /api/docs."


def test_its_pages_name_every_language(viewer: Client) -> None:
    text = viewer.get("/").content.decode()

    assert re.findall(r'name="language" value="([a-z-]+)"', text)[:4] == ["en", "pt-br", "es", "fr"]
