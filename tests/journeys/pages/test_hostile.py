"""Every form takes whatever is typed: kept as text, or refused in words with nothing of it lost.

All forms of all pages are found as someone without a screen finds them, filled in, and sent; what that did
is rolled back.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client

from tests.journeys.browser import pages
from tests.journeys.browser.pages import Place
from tests.journeys.browser.world import World
from tests.journeys.pages.reading import Form, Reading, browser

pytestmark = pytest.mark.django_db

HOSTILE = {
    "script": "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>{{ 7|add:7 }}{% now %}",
    "long": "Wörter " * 1429,
    "right to left": "مرحبا \u202eevil\u202c עולם",
    "emoji": "👩‍👩‍👧‍👦🏽 🇵🇹 e\u0301",
    "nul": "before\0after",
    "sql": "'; DROP TABLE contact; -- %s %(x)s \\",
}
LEADING = {"HX-Redirect", "HX-Location"}
RUNS = ("<script>alert", "<img src=x")


@pytest.mark.parametrize("kind", HOSTILE)
@pytest.mark.parametrize("place", pages.pages(), ids=lambda place: place.name)
def test_it_takes_whatever_is_typed(used: World, place: Place, kind: str) -> None:
    client = browser(pages.session(used, place))
    path = place.path(used)
    wrong = []

    for form in forms(client.get(path).content.decode(), path):
        for check in (breaks, loses):
            with undone():
                wrong += [
                    f"{form.method} {form.action} {each}" for each in check(client, form, HOSTILE[kind])
                ]

    assert "\n".join(wrong) == ""


@contextmanager
def undone() -> Iterator[None]:
    """What is done within is rolled back; code that begins transactions of its own takes it for none."""
    block = transaction.atomic()
    block._from_testcase = True  # type: ignore[attr-defined]
    with block:
        yield
        transaction.set_rollback(True)


def forms(text: str, path: str) -> Iterator[Form]:
    """Those into which something can be typed, each once."""
    seen = set()
    for form in Reading(text, path).forms:
        if form.typed and form.can_be_sent and (form.action, form.method) not in seen:
            seen.add((form.action, form.method))
            yield form


def send(client: Client, form: Form, typed: dict[str, str], headers: dict[str, str]) -> tuple[Any, str]:
    """The last answer, and its text."""
    boxes = {name: [value] for name, value in form.boxes.items()}
    sent: dict[str, Any] = {**form.fields, **boxes, **{name: [text] for name, text in typed.items()}}
    if form.takes_files:
        sent["file"] = SimpleUploadedFile("o.csv", b"a;b\n1;2\n")
    ask = client.post if form.method == "post" else client.get
    answer: Any = ask(form.action.partition("#")[0], sent, follow=True, headers=headers)
    return answer, (b"".join(answer) if answer.streaming else answer.content).decode()


def breaks(client: Client, form: Form, text: str) -> Iterator[str]:
    """Sent by a program, which knows no longest length."""
    answer, shown = send(client, form, dict.fromkeys(form.typed, text), {})
    if answer.status_code not in (200, 400, 404, 422, 429):
        yield f"breaks: {answer.status_code}"
    if any(each in shown for each in RUNS):
        yield "runs what was typed"


def loses(client: Client, form: Form, text: str) -> Iterator[str]:
    """Sent by a browser: what does not lead on shows again what was typed, but for passwords."""
    if form.method != "post":
        return
    typed = {name: text[:most] for name, most in form.typed.items()}
    answer, shown = send(client, form, typed, {"hx-request": "true"} if form.by_htmx else {})
    leads_on = answer.redirect_chain or LEADING & set(answer.headers) or '"success"' in toasts(answer)
    whole = unescape(shown)
    lost = [
        name
        for name, each in typed.items()
        if name not in form.secret and not all(part.strip() in whole for part in each.split("\0"))
    ]
    if leads_on and (told := complaints(shown)):
        yield f"leads on, and only then complains: {told}"
    elif not leads_on and lost:
        yield f"answers {answer.status_code} and has lost {lost}"


def toasts(answer: Any) -> str:
    """What an answer to htmx has a script show."""
    return str(answer.headers.get("HX-Trigger", ""))


def complaints(text: str) -> list[str]:
    """Toasts that say that something will not do."""
    return re.findall(r'<div class="is-(?:error|warning)"><span data-text>(.*?)</span>', text)
