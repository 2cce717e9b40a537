"""What must not happen while a page is open, whatever a test is about."""

import re
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Request, Response, Route

_OF_A_RESPONSE = re.compile(r"Failed to load resource: the server responded with a status of")
_ELSEWHERE = ("https://shop.example/", "https://tile.openstreetmap.org/")
_PICTURE = '<svg xmlns="http://www.w3.org/2000/svg"><rect width="96" height="96" fill="#0ca678"/></svg>'


class Watch:
    """Notes what goes wrong; images of the shop at shop.example, and of maps, are answered here.

    That is every console error (a breach of the content policy is one), script error, failed request, answer
    of an error, and request to another host.
    """

    def __init__(self, address: str) -> None:
        self.faults: list[str] = []
        self._address = address
        self._expected: set[int] = set()

    def expect(self, *statuses: int) -> None:
        """Answers with these statuses belong to the test."""
        self._expected.update(statuses)

    def over(self, context: BrowserContext) -> None:
        """Begins to watch."""
        for place in _ELSEWHERE:
            context.route(f"{place}**", self._picture)
        context.on("console", self._said)
        context.on("weberror", lambda error: self.faults.append(f"script error: {error.error}"))
        context.on("request", self._asked)
        context.on("requestfailed", self._failed)
        context.on("response", self._answered)

    def _picture(self, route: Route) -> None:
        route.fulfill(content_type="image/svg+xml", body=_PICTURE)

    def _said(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not _OF_A_RESPONSE.match(message.text):
            self.faults.append(
                f"console {message.type}: {message.text} ({message.page and message.page.url})"
            )

    def _asked(self, request: Request) -> None:
        if not self._is_ours(request.url):
            self.faults.append(f"request to another host: {request.url}")

    def _failed(self, request: Request) -> None:
        # What a person leaves or a newer search overtakes is broken off, and downloads leave their page.
        if request.failure != "net::ERR_ABORTED":
            self.faults.append(f"failed request: {request.method} {request.url}: {request.failure}")

    def _answered(self, response: Response) -> None:
        if response.status >= 400 and response.status not in self._expected:
            self.faults.append(f"answer {response.status}: {response.request.method} {response.url}")

    def _is_ours(self, url: str) -> bool:
        return url.startswith((self._address + "/", *_ELSEWHERE)) or urlsplit(url).scheme in ("data", "blob")
