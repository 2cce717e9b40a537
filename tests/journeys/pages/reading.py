"""Pages read as someone without a screen gets them: where they lead, what they ask for, what they say."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

from django.conf import settings
from django.test import Client

_UNSEEN = frozenset({"script", "style", "template", "svg", "code", "kbd", "bdi", "time"})
_SAID = ("title", "aria-label", "placeholder", "alt", "data-confirm", "data-confirm-word")
_SINGLE = frozenset({"input", "br", "img", "meta", "link", "hr", "wbr", "source", "col"})
_ANY = 1_000_000
_ASKED = ("href", "hx-get")


@dataclass
class Form:
    """Where it is sent, how, and its fields: name → value as it stands.

    ``typed`` are those to write into, with the most characters that a browser lets through; ``secret`` those
    of them that show dots; ``boxes`` are boxes without a tick.
    """

    action: str
    method: str
    fields: dict[str, list[str]] = field(default_factory=dict)
    typed: dict[str, int] = field(default_factory=dict)
    secret: set[str] = field(default_factory=set)
    boxes: dict[str, str] = field(default_factory=dict)
    by_htmx: bool = False
    takes_files: bool = False
    can_be_sent: bool = False

    def add(self, name: str, value: str) -> None:
        """One more field, or one more value of it."""
        self.fields.setdefault(name, []).append(value)


class Reading(HTMLParser):
    """What a page holds."""

    def __init__(self, text: str, path: str = "/") -> None:
        super().__init__()
        self.links: list[str] = []
        self.forms: list[Form] = []
        self.texts: list[str] = []
        self._path = path
        self._open: list[str] = []
        self._within: list[Form] = []
        self._select = ""
        self._area: tuple[str, list[str]] | None = None
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag not in _SINGLE:
            self._open.append(tag)
        self.links += [given[name] for name in _ASKED if name in given and tag != "link"]
        if not _UNSEEN & set(self._open):
            self.texts += [" ".join(given[name].split()) for name in _SAID if given.get(name)]
        if self._within and tag == "button" and given.get("type", "submit") == "submit":
            self._within[-1].can_be_sent = True
        if tag == "form":
            self._begin(given)
        elif self._within and given.get("name"):
            self._take(tag, given)
        elif tag == "option" and self._select and self._within:
            self._choose(given)

    def _begin(self, given: dict[str, str]) -> None:
        method = given.get("method", "get").lower()
        form = Form(given.get("action") or self._path, method, by_htmx="hx-post" in given)
        self.forms.append(form)
        self._within.append(form)

    def _choose(self, given: dict[str, str]) -> None:
        """The option that is selected, or else the first."""
        fields, value = self._within[-1].fields, [given.get("value", "")]
        if "selected" in given:
            fields[self._select] = value
        else:
            fields.setdefault(self._select, value)

    def _take(self, tag: str, given: dict[str, str]) -> None:
        form, name, kind = self._within[-1], given["name"], given.get("type", "text")
        if tag == "select":
            self._select = name
        elif tag == "textarea":
            form.typed[name] = int(given.get("maxlength") or _ANY)
            self._area = (name, [])
        elif kind == "file":
            form.takes_files = True
        elif kind in ("checkbox", "radio"):
            if "checked" in given:
                form.add(name, given.get("value", "on"))
            elif kind == "checkbox":
                form.boxes[name] = given.get("value", "on")
        elif tag == "button":
            if given.get("type") != "button" and name not in form.fields:
                form.add(name, given.get("value", ""))
        elif "readonly" not in given and "disabled" not in given:
            form.add(name, given.get("value", ""))
            if kind not in ("hidden", "submit"):
                form.typed[name] = int(given.get("maxlength") or _ANY)
            if kind == "password":
                form.secret.add(name)

    def handle_endtag(self, tag: str) -> None:
        if tag in self._open:
            while self._open.pop() != tag:
                pass
        if tag == "form" and self._within:
            self._within.pop()
        elif tag == "select":
            self._select = ""
        elif tag == "textarea" and self._area and self._within:
            self._within[-1].add(self._area[0], "".join(self._area[1]))
            self._area = None

    def handle_data(self, data: str) -> None:
        if self._area:
            self._area[1].append(data)
        elif data.strip() and not _UNSEEN & set(self._open):
            self.texts.append(" ".join(data.split()))


def browser(session: str, language: str = "en") -> Client:
    """Someone who asks for pages without a screen."""
    client = Client(headers={"accept": "text/html", "accept-language": language})
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    if session:
        client.cookies[settings.SESSION_COOKIE_NAME] = session
    return client


def own(links: list[str], path: str) -> Iterator[str]:
    """Those of our own pages, whole; a query alone belongs to the page that it stands on."""
    for link in links:
        where = link.partition("#")[0]
        if where.startswith("?"):
            yield path.partition("?")[0] + where
        elif where.startswith("/") and not where.startswith("//"):
            yield where
