"""The pages for people."""

import re

import pytest
from django.test import Client

from comanda.api.rest.api import api


def test_its_docs_need_nothing_from_elsewhere() -> None:
    answer = Client().get("/api/docs")

    text = answer.content.decode()
    links = re.findall(r'(?:src|href)="([^"]*)"', text)
    assert answer.status_code == 200
    assert [link for link in links if not link.startswith(("/", "#"))] == []
    assert "<script" not in text
    assert "style=" not in text
    assert "on" + "click" not in text


def test_it_gives_stylesheets() -> None:
    answer = Client().get("/static/api-docs.css")

    assert (answer.status_code, answer.headers["Content-Type"]) == (200, 'text/css; charset="utf-8"')
    assert b"font" in b"".join(answer.streaming_content)  # type: ignore[attr-defined]


def test_its_docs_tell_of_every_route_and_shape() -> None:
    text = Client().get("/api/docs").content.decode()
    document = api.get_openapi_schema()

    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            assert f"<b>{method.upper()}</b> {path}" in text
            assert f'id="{operation["operationId"]}"' in text
    for name in document["components"]["schemas"]:
        assert f'id="shape-{name}"' in text
    targets = set(re.findall(r'href="#([^"]*)"', text))
    assert targets <= set(re.findall(r'id="([^"]*)"', text))


@pytest.mark.parametrize(
    "path",
    ["/", "/nothing", "/healthz", "/api/docs", "/api/v1/orders", "/api/nothing"],
)
def test_it_sends_its_security_headers_with_everything(path: str) -> None:
    headers = Client().get(path).headers

    policy = headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self';")
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Permissions-Policy"].startswith("geolocation=(self), camera=()")


@pytest.mark.parametrize(
    ("path", "kind"),
    [("/nothing", "text/plain; charset=utf-8"), ("/api/nothing", "application/problem+json"),
     ("/api/", "application/problem+json"), ("/api/v2/orders", "application/problem+json")],
)  # fmt: skip
def test_it_says_that_nothing_is_there(path: str, kind: str) -> None:
    answer = Client().get(path)

    assert (answer.status_code, answer.headers["Content-Type"]) == (404, kind)


def test_it_answers_only_to_its_own_names() -> None:
    page = Client(headers={"host": "evil.example"}).get("/")
    route = Client(headers={"host": "evil.example"}).get("/api/v1/orders")

    assert (page.status_code, route.status_code) == (400, 400)
    assert page.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert route.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("path", ["/healthz", "/metrics", "/api/docs", "/api/v1/openapi.json"])
def test_its_pages_are_only_for_reading(path: str) -> None:
    assert Client().post(path).status_code in (403, 405)
    assert Client().head(path).status_code == 200


def test_it_says_that_there_is_nothing_to_see_where_forms_are_sent(db: None) -> None:
    answer = Client().get("/stores/shop/archive", headers={"accept": "text/html", "accept-language": "fr"})

    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")
    assert "rien à voir à cette adresse." in answer.content.decode()
