"""The one client by which shops are asked: patient, within its budget, and deaf to what leads astray.

An answer's status is judged by a table of who must act: nobody, time, or a person. What may go better at
once is tried again a few times, with jitter; what a shop says of how long to wait is obeyed.
"""

import re
import ssl
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import quote, urlencode

import httpx
import orjson
import stamina

from comanda import __version__
from comanda.connectors import sentences
from comanda.connectors.budget import Budget
from comanda.connectors.errors import NeedsOwner, RetryLater, ShopError
from comanda.lib.guard import Forbidden, NameUnknown

AGENT = f"Comanda/{__version__} (order sync)"
LARGEST = 64 << 20
"""Bytes that an answer may have, unpacked."""
TIMEOUT = 60.0
_TRIES = 4
_PATIENCE = 20.0
"""Seconds that a shop may ask us to wait while we stay; longer, and the job comes back later."""
_START = 120
_NOTICE = re.compile(r"\b(?:Warning|Notice|Deprecated|Fatal error)(?:</b>)?:")
"""How messages of PHP begin, with and without html_errors."""

Pairs = list[tuple[str, str]]
Query = Mapping[str, str] | Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Call:
    """One request as the log of calls shows it: ``url`` without what is secret in it."""

    at: datetime
    method: str
    url: str
    status: int
    seconds: float
    size: int
    error: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a shop answered."""

    status: int
    headers: httpx.Headers
    body: bytes
    url: httpx.URL

    def json(self) -> Any:
        """The body; floats are doubles, exact for all amounts of up to 15 digits.

        Raises NeedsOwner or RetryLater where it is none.
        """
        try:
            return orjson.loads(self.body)
        except orjson.JSONDecodeError:
            raise self._no_json() from None

    def _no_json(self) -> ShopError:
        start = self.start
        if is_html(self):
            return NeedsOwner("html", host=self.url.host)
        if _NOTICE.search(start):
            return NeedsOwner("notices", start=start)
        return RetryLater("not_json", host=self.url.host, start=start or "(nothing)")

    @property
    def start(self) -> str:
        """The first characters of the body, to be shown."""
        return " ".join(self.body[:_START].decode("utf-8", "replace").split())


@dataclass(frozen=True, slots=True)
class Policy:
    """How a platform is asked; what it does not say, is as most do.

    ``rate`` is in requests a second. ``secrets`` are the names of query parameters that no log may show.
    """

    rate: float = 8.0
    burst: float = 4.0
    timeout: float = TIMEOUT
    largest: int = LARGEST
    tries: int = _TRIES
    secrets: Collection[str] = ()
    headers: Mapping[str, str] = field(default_factory=dict)


class Http:
    """Asks one shop. ``judge`` may know more of an answer than the table does: it raises, or says nothing."""

    def __init__(
        self,
        base: str,
        policy: Policy,
        transport: httpx.BaseTransport,
        log: Callable[[Call], None] | None = None,
        budgets: Sequence[Budget] = (),
    ) -> None:
        self.base = base.rstrip("/")
        self.policy = policy
        self.own = Budget(policy.rate, policy.burst)
        self._budgets = (self.own, *budgets)
        self._log = log or (lambda call: None)
        self.asked = ""
        """The path that was asked for last."""
        self.skew = 0.0
        """Seconds that the shop's clock is ahead of ours, as its last answer showed."""
        self.judge: Callable[[Answer], None] = lambda answer: None
        self.sign: Callable[[str, str, Pairs], Mapping[str, str]] = lambda method, url, query: {}
        """Headers that each try needs anew: a signature is good for one request."""
        headers = {"User-Agent": AGENT, "Accept": "application/json", **policy.headers}
        self._client = httpx.Client(
            transport=transport, timeout=policy.timeout, follow_redirects=False, headers=headers
        )

    def get(self, path: str, query: Query = (), headers: Mapping[str, str] | None = None) -> Answer:
        """``path`` is behind the base, or an address of its own. Raises ShopError."""
        return self.ask("GET", path, query, headers)

    def ask(
        self,
        method: str,
        path: str,
        query: Query = (),
        headers: Mapping[str, str] | None = None,
        json: Any = None,
        form: Mapping[str, str] | None = None,
        again: bool | None = None,
    ) -> Answer:
        """One request, tried again where that may help.

        ``again`` says whether it may be made twice; by default what only reads may. Raises ShopError.
        """
        tries = self.policy.tries if (method == "GET" if again is None else again) else 1
        url = path if "://" in path else f"{self.base}/{path.lstrip('/')}"
        pairs = httpx.QueryParams(dict(query) if isinstance(query, Mapping) else list(query)).multi_items()
        for attempt in stamina.retry_context(_worth_another_try, attempts=tries, timeout=_PATIENCE * tries):
            with attempt:
                for budget in self._budgets:
                    budget.take()
                request = self._client.build_request(
                    method,
                    _asking(url, pairs),
                    headers={**(headers or {}), **self.sign(method, url, pairs)},
                    json=json,
                    data=form,
                )
                answer = self._send(request)
                self.judge(answer)
                judge(answer)
                return answer
        raise AssertionError("the last try returns or raises")

    def _send(self, request: httpx.Request) -> Answer:
        began, self.asked = time.monotonic(), request.url.path
        status, size, error = 0, 0, ""
        try:
            with _said(request.url, self.policy):
                response = self._client.send(request, stream=True)
                try:
                    status = response.status_code
                    body = self._read(response, began)
                finally:
                    response.close()
            size = len(body)
            self._look_at_clock(response)
            return Answer(status, response.headers, body, request.url)
        except ShopError as failure:
            error = failure.code
            raise
        finally:
            self._log(
                Call(datetime.now(UTC), request.method, self._shown(request.url), status,
                     time.monotonic() - began, size, error)
            )  # fmt: skip

    def _read(self, response: httpx.Response, began: float) -> bytes:
        body = bytearray()
        for piece in response.iter_bytes():
            body += piece
            if len(body) > self.policy.largest:
                raise RetryLater("too_large", host=response.url.host, most=self.policy.largest >> 20)
            if time.monotonic() - began > 2 * self.policy.timeout:
                raise RetryLater(
                    "timeout", host=response.request.url.host, seconds=int(2 * self.policy.timeout)
                )
        return bytes(body)

    def _look_at_clock(self, response: httpx.Response) -> None:
        with suppress(KeyError, ValueError, TypeError):
            told = parsedate_to_datetime(response.headers["date"])
            self.skew = (told - datetime.now(UTC)).total_seconds()

    def _shown(self, url: httpx.URL) -> str:
        kept = [(k, "…" if k in self.policy.secrets else v) for k, v in url.params.multi_items()]
        return str(url.copy_with(params=kept, username=None, password=None))[:2000]

    def close(self) -> None:
        """Closes the connections."""
        self._client.close()


def _asking(url: str, pairs: Pairs) -> httpx.URL:
    """The address with its query, a blank as ``%20``: who checks a signature may take ``+`` for a plus."""
    try:
        address = httpx.URL(url)
    except httpx.InvalidURL:
        raise NeedsOwner("address_invalid", url=url) from None
    said = filter(None, (address.query, urlencode(pairs, quote_via=quote).encode()))
    return address.copy_with(query=b"&".join(said)) if pairs else address


class _said:  # noqa: N801  # reads as a statement
    """Turns what httpx raises into what is to be done next."""

    def __init__(self, url: httpx.URL, policy: Policy) -> None:
        self._host, self._policy = url.host, policy

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, Forbidden):
            raise NeedsOwner(_FORBIDDEN[error.code], host=self._host) from error
        if isinstance(error, NameUnknown):
            raise RetryLater("name_unknown", host=self._host) from error
        if isinstance(error, httpx.TimeoutException):
            raise RetryLater("timeout", host=self._host, seconds=int(self._policy.timeout)) from error
        if isinstance(error, httpx.ConnectError) and _is_of_tls(error):
            raise NeedsOwner("tls", host=self._host, reason=_reason(error)) from error
        if isinstance(error, httpx.UnsupportedProtocol | httpx.InvalidURL):
            raise NeedsOwner("address_invalid", url=self._host) from error
        if isinstance(error, httpx.HTTPError):
            raise RetryLater("unreachable", host=self._host, reason=_reason(error)) from error


_FORBIDDEN = {"private": "private_address", "scheme": "not_encrypted", "port": "port_refused"}


def _is_of_tls(error: BaseException) -> bool:
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, ssl.SSLCertVerificationError):
            return True
        seen = seen.__cause__ or seen.__context__
    return "CERTIFICATE_VERIFY_FAILED" in str(error)


def _reason(error: BaseException) -> str:
    said = str(error) or type(error).__name__
    return sentences.reason(
        said.partition("certificate verify failed:")[2].strip().partition(" (_ssl")[0] or said
    )


def is_html(answer: Answer) -> bool:
    """Whether this is a web page, whatever it calls itself."""
    start = answer.body[:200].lstrip().lower()
    return start.startswith((b"<!doctype html", b"<html")) or "text/html" in answer.headers.get(
        "content-type", ""
    )


def judge(answer: Answer) -> None:
    """The table: what a status means where the platform says nothing else. Raises ShopError."""
    status, host = answer.status, answer.url.host
    if 200 <= status < 300:
        return
    if 300 <= status < 400:
        raise NeedsOwner("moved", to=answer.headers.get("location", "?"))
    if status == 429 or (status == 503 and "retry-after" in answer.headers):
        seconds = wait_of(answer)
        raise RetryLater("busy", after=seconds, status=status, seconds=int(seconds) or 1)
    if status in (403, 406, 409, 501) and is_html(answer):
        raise NeedsOwner("firewall", host=host, status=status)
    if status == 401:
        raise NeedsOwner("key_refused", status=status)
    if status == 402:
        raise NeedsOwner("unpaid", status=status)
    if status == 403:
        raise NeedsOwner("right_missing", what=answer.url.path.rstrip("/").rpartition("/")[2], status=status)
    if status in (404, 410):
        raise NeedsOwner("no_api", url=str(answer.url.copy_with(query=None)))
    if status >= 500 or status in (408, 425):
        raise RetryLater("down", status=status)
    raise NeedsOwner("odd_answer", host=host, what=f"{status} {answer.start}")


def wait_of(answer: Answer, default: float = 5.0) -> float:
    """Seconds that ``Retry-After`` asks for, as a number or a date (RFC 9110, section 10.2.3)."""
    said = answer.headers.get("retry-after", "").strip()
    if not said:
        return default
    try:
        return min(max(float(said), 0.0), 86_400.0)
    except ValueError:
        pass
    try:
        return max((parsedate_to_datetime(said) - datetime.now(UTC)).total_seconds(), 0.0)
    except (ValueError, TypeError):
        return default


def _worth_another_try(error: Exception) -> bool | float:
    """Whether trying again at once may help, or after how many seconds."""
    if not isinstance(error, RetryLater) or error.code in ("too_large", "too_costly", "name_unknown"):
        return False
    if error.code == "busy":
        return error.after if error.after <= _PATIENCE else False
    return True
