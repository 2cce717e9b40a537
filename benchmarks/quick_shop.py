"""A WooCommerce that answers at once: pages of any number of orders, written out of a template.

``python -m benchmarks.quick_shop ORDERS`` serves until its standard input ends, and prints its address first.
``--slow SECONDS`` is how long it thinks about a single order.
"""

import argparse
import sys
import threading
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import orjson

A_DAY = 10_000
"""Orders of a day."""
KEYS = {"consumer_key": "ck_" + "1a" * 20, "consumer_secret": "cs_" + "2b" * 20}
_DAYS_BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
_ORDER = """{"id":%(id)d,"number":"%(id)d","status":"completed","currency":"EUR","parent_id":0,
"date_created_gmt":"%(at)s","date_modified_gmt":"%(at)s","date_paid_gmt":"%(at)s","date_completed_gmt":"%(at)s",
"discount_total":"0.00","discount_tax":"0.00","shipping_total":"4.07","shipping_tax":"0.93","total":"64.00",
"total_tax":"11.97","customer_id":%(who)d,"billing":{"first_name":"Ana","last_name":"Almeida","company":"",
"email":"person.%(who)d@example.test","phone":"+3519%(who)08d","country":"PT"},
"shipping":{"first_name":"Ana","last_name":"Almeida","company":"","country":"PT"},"payment_method":"stripe",
"payment_method_title":"Credit card","meta_data":[],"line_items":[{"id":1,"name":"Lantern %(one)d",
"product_id":%(one)d,"variation_id":0,"quantity":2,"subtotal":"32.52","subtotal_tax":"7.48","total":"32.52",
"total_tax":"7.48","sku":"SKU-%(one)d","price":16.26,"image":{"id":"1","src":"https://cdn.example/1.jpg"}},
{"id":2,"name":"Mug %(two)d","product_id":%(two)d,"variation_id":0,"quantity":1,"subtotal":"15.45",
"subtotal_tax":"3.55","total":"15.45","total_tax":"3.55","sku":"SKU-%(two)d","price":15.45,"image":null}],
"shipping_lines":[{"id":3,"method_title":"Courier","total":"4.07"}],"fee_lines":[],"coupon_lines":[],
"refunds":[],"payment_url":""}""".replace("\n", "")
_SLIM = (
    '{"id":%(id)d,"status":"completed","total":"64.00","currency":"EUR",'
    '"date_created_gmt":"%(at)s","date_modified_gmt":"%(at)s"}'
)


def placed_at(number: int) -> datetime:
    """When an order was placed: ten thousand a day, one after another."""
    return (_DAYS_BEGIN + timedelta(days=1) / A_DAY * (number - 1)).replace(microsecond=0)


def order(number: int, template: str = _ORDER) -> str:
    """An order as JSON."""
    return template % {
        "id": number,
        "at": placed_at(number).strftime("%Y-%m-%dT%H:%M:%S"),
        "who": number % 50_000 + 1,
        "one": number % 400 + 1,
        "two": number % 700 + 401,
    }


class Shop:
    """Answers by path and query."""

    def __init__(self, orders: int, slow: float) -> None:
        self.orders, self.slow = orders, slow
        self.pages: Counter[int] = Counter()
        """How often each page of the history was asked for, by where it begins."""

    def answer(self, path: str, query: dict[str, list[str]]) -> tuple[bytes, int]:
        """Body and total."""
        name = path.rpartition("/")[2]
        if path.rstrip("/").endswith("/wp-json"):
            return orjson.dumps({"name": "Quick", "namespaces": ["wc/v3"], "timezone_string": "UTC"}), 0
        if name == "again":
            return orjson.dumps(sum(self.pages.values()) - len(self.pages)), 0
        if name == "current":
            return b'{"code":"EUR"}', 0
        if name == "orders" and query.get("status") == ["any"]:
            return self._orders(query)
        return b"[]", 0

    def _orders(self, query: dict[str, list[str]]) -> tuple[bytes, int]:
        if "include[]" in query:
            time.sleep(self.slow)
            return f"[{','.join(order(int(each)) for each in query['include[]'])}]".encode(), 1
        first, last = self._between(query)
        start = first + int(query.get("offset", ["0"])[0])
        end = min(start + int(query["per_page"][0]), last + 1)
        template = _SLIM if "_fields" in query else _ORDER
        if template is _ORDER and end - start > 1:
            self.pages[start] += 1
        rows = ",".join(order(number, template) for number in range(start, end))
        return f"[{rows}]".encode(), max(last - first + 1, 0)

    def _between(self, query: dict[str, list[str]]) -> tuple[int, int]:
        if "modified_after" in query:
            return 1, 0
        first, last = 1, self.orders
        if "after" in query:
            first = _number(query["after"][0]) + 1
            while first > 1 and placed_at(first - 1) > _read(query["after"][0]):
                first -= 1
        if "before" in query:
            last = min(_number(query["before"][0]) + 1, self.orders)
            while last and placed_at(last) >= _read(query["before"][0]):
                last -= 1
        return first, last


def _read(said: str) -> datetime:
    return datetime.fromisoformat(said).replace(tzinfo=UTC)


def _number(said: str) -> int:
    return max(round((_read(said) - _DAYS_BEGIN) / timedelta(days=1) * A_DAY), 0)


def main() -> None:
    """Serves."""
    parser = argparse.ArgumentParser()
    parser.add_argument("orders", type=int)
    parser.add_argument("--slow", type=float, default=0.0)
    asked = parser.parse_args()
    shop = Shop(asked.orders, asked.slow)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:  # named by http.server
            split = urlsplit(self.path)
            body, total = shop.answer(split.path, parse_qs(split.query))
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("X-WP-Total", str(total))
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *said: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(f"http://127.0.0.1:{server.server_address[1]}", flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()
