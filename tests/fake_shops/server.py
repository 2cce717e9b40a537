"""A web server for one fake shop: real sockets, HTTP/1.1, and trouble on demand."""

import random
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, TypeVar
from urllib.parse import parse_qsl, urlsplit

import httpx
import orjson

from tests.fake_shops.world import Person, World


@dataclass(frozen=True)
class Request:
    """What came in; ``path`` without the query, headers by lower-case name."""

    method: str
    path: str
    query: list[tuple[str, str]]
    headers: Mapping[str, str]
    body: bytes
    url: str
    raw_query: str = ""
    """The query as it stood in the address."""

    def get(self, name: str, default: str = "") -> str:
        """The first value of a parameter."""
        return next((value for key, value in self.query if key == name), default)

    def all(self, name: str) -> list[str]:
        """All values of a parameter."""
        return [value for key, value in self.query if key == name]

    def json(self) -> Any:
        """The body."""
        return orjson.loads(self.body)


@dataclass
class Response:
    """What goes out; ``cut`` bytes of the body are promised and not sent."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    cut: int = 0

    @classmethod
    def json(cls, data: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> "Response":
        """JSON as any of these shops sends it."""
        kind = {"Content-Type": "application/json; charset=UTF-8"}
        return cls(status, orjson.dumps(data, default=str), {**kind, **(headers or {})})

    @classmethod
    def html(cls, title: str, status: int) -> "Response":
        """A page where data was asked for."""
        page = f"<!DOCTYPE html><html><head><title>{title}</title></head><body>{title}</body></html>"
        return cls(status, page.encode(), {"Content-Type": "text/html; charset=UTF-8"})


@dataclass
class Trouble:
    """What goes wrong: ``share`` of the answers, by chance; and all of them while ``every`` gives one."""

    share: float = 0.0
    seed: int = 7
    every: Callable[[Request], Response | None] = lambda request: None
    _random: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)

    def instead(self, request: Request) -> Response | None:
        """What is answered instead, if anything."""
        if found := self.every(request):
            return found
        if self._random.random() >= self.share:
            return None
        return self._random.choice(
            (
                Response(500, b'{"code":"internal_server_error"}', {"Content-Type": "application/json"}),
                Response(429, b"slow down", {"Retry-After": "0"}),
                Response.html("502 Bad Gateway", 502),
                Response(200, b'[{"id": 1', {"Content-Type": "application/json"}, cut=400),
                Response(503, b"", {}),
            )
        )


@dataclass
class Hook:
    """A webhook that someone subscribed to: ``rest`` is whatever the dialect keeps of it."""

    id: int
    topic: str
    url: str
    secret: str = ""
    is_active: bool = True
    rest: dict[str, Any] = field(default_factory=dict)


class FakeShop(ABC):
    """One shop: a world, and the dialect in which it is spoken of."""

    platform: str
    currency = "EUR"
    """What its world must sell in: some platforms know one currency only."""
    key = ""
    """The field whose wrong value the shop refuses; "" is the first secret one."""
    tells_refunds = True
    shares_discounts = False
    """Whether it tells a discount of the whole order only, which its lines must share."""
    lists_days = False
    """Whether its lists tell the day of an order only."""
    prices_carts_late = False
    """Whether its lists tell carts without tax, so that what they cost is known once they change."""

    def __init__(self, world: World, **options: Any) -> None:
        self.world, self.options = world, options
        world.tells_refunds = self.tells_refunds
        self.trouble = Trouble()
        self.requests: list[Request] = []
        self.hooks: dict[int, Hook] = {}
        self.url = ""
        self.lost = 0.0
        """The share of webhooks that is never sent."""
        self.doubled = 0.0
        """The share of webhooks that is sent twice."""
        self.delay = 0.0
        """Seconds, at most, by which webhooks are late, and so out of order."""
        self._deliveries: list[threading.Thread] = []

    @abstractmethod
    def answer(self, request: Request) -> Response:
        """The shop's own answer, when all is well."""

    @abstractmethod
    def fields(self) -> dict[str, str]:
        """What the owner fills in to connect this shop."""

    def deliveries(self, what: str, event: str, number: int) -> Iterator[tuple[Hook, bytes, dict[str, str]]]:
        """The webhooks that a change makes: hook, body and headers. None where the platform has none."""
        return iter(())

    def notify(self, url: str) -> None:
        """Sends webhooks to an address from now on, as people have it set where no API can."""
        raise NotImplementedError

    def cart_key(self, number: int) -> str:
        """By what a cart and its order are known to belong together."""
        return str(number)

    def number_of(self, person: Person) -> int:
        """Of a customer; guests have one too where every order makes a customer, each address its own."""
        return person.id or 700_000 + int("".join(filter(str.isdigit, person.email)) or 0)

    def respond(self, request: Request) -> Response:
        """The answer, or the trouble instead."""
        self.requests.append(request)
        return self.trouble.instead(request) or self.answer(request)

    def send(self, what: str, event: str, number: int) -> None:
        """Sends the webhooks of a change, each in its own time."""
        for hook, body, headers in list(self.deliveries(what, event, number)):
            chance = self.world.random.random
            if not hook.is_active or chance() < self.lost:
                continue
            for _ in range(2 if chance() < self.doubled else 1):
                late = chance() * self.delay
                sending = threading.Thread(target=_post, args=(hook.url, body, headers, late), daemon=True)
                sending.start()
                self._deliveries.append(sending)

    def settle(self) -> None:
        """Waits until all webhooks are sent."""
        for sending in self._deliveries:
            sending.join(30)
        self._deliveries.clear()


def _post(url: str, body: bytes, headers: Mapping[str, str], late: float) -> None:
    time.sleep(late)
    with suppress(httpx.HTTPError):  # lost, as with a real shop
        httpx.post(url, content=body, headers=dict(headers), timeout=10)


def _handler(shop: FakeShop) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def _do(self) -> None:
            split = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            query = parse_qsl(split.query, keep_blank_values=True)
            request = Request(
                self.command, split.path, query, headers, body, f"{shop.url}{split.path}", split.query
            )
            response = shop.respond(request)
            if "Date" in response.headers:  # the shop has a clock of its own
                self.send_response_only(response.status)
            else:
                self.send_response(response.status)
            for name, value in response.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(response.body) + response.cut))
            self.end_headers()
            self.wfile.write(response.body)
            if response.cut:
                self.close_connection = True

        do_GET = do_POST = do_PUT = do_DELETE = _do  # noqa: N815  # named by http.server

        def log_message(self, *said: object) -> None:
            """Says nothing."""

    return Handler


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256


Shop = TypeVar("Shop", bound=FakeShop)


@contextmanager
def served(shop: Shop, port: int = 0) -> Iterator[Shop]:
    """The shop answers at ``shop.url`` as long as this lasts, and its changes go out as webhooks."""
    server = _Server(("127.0.0.1", port), _handler(shop))
    shop.url = f"http://127.0.0.1:{server.server_address[1]}"
    shop.world.listeners.append(shop.send)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield shop
    finally:
        shop.world.listeners.remove(shop.send)
        shop.settle()
        server.shutdown()
        server.server_close()
        thread.join(5)
