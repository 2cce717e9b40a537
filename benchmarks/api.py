"""Orders in over the API, each answered only when it is durable."""

import json
import os
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import psycopg

from benchmarks import floor, load, served
from benchmarks.measure import Measure, figure
from comanda.demo import shop
from comanda.records import keys, stores

_CONNECTIONS = 8


def measure(folder: Path, quick: bool) -> Iterator[Measure]:
    """POST /orders one by one over eight connections, and POST /orders/bulk."""
    floor.empty()
    store = stores.create(**shop.STORE)
    _, key = keys.create("bench")
    with served.comanda() as address:
        orders = [_order(store.key, f"one-{number}") for number in range(1_000 if quick else 10_000)]
        wire = [load.request("/api/v1/orders", key, json.dumps(order).encode()) for order in orders]
        load.run(address, wire[:200], _CONNECTIONS)
        found = load.run(address, wire[200:], _CONNECTIONS)
        least = _plain(len(wire))
        yield figure(
            "POST /orders, 8 connections, durable",
            found.rate,
            "orders/s",
            least,
            "≥ 500 orders/s",
            found.rate >= 500,
        )
        p99, alone = found.percentile(0.99), 1000 * _CONNECTIONS / least
        yield figure("POST /orders, 99 of 100 answered within", p99, "ms", alone, "≤ 50 ms", p99 <= 50)
        yield _bulk(address, store.key, key, 5_000 if quick else 50_000)


def _bulk(address: tuple[str, int], store: str, key: str, count: int) -> Measure:
    floor.empty_records()
    lines = [json.dumps(_order(store, f"bulk-{number}")) for number in range(count)]
    wire = load.request("/api/v1/orders/bulk", key, "\n".join(lines).encode(), "application/x-ndjson")
    took = load.run(address, [wire], 1).seconds
    least = floor.copy_again()
    return figure(
        "POST /orders/bulk", count / took, "orders/s", count / least, "≥ 5,000 orders/s", count / took >= 5000
    )


def _order(store: str, order_id: str) -> dict[str, Any]:
    who = sum(order_id.encode()) * 7919 % 2000
    return {
        "store": store,
        "order_id": order_id,
        "placed_at": "2026-05-01T12:00:00Z",
        "currency": "GBP",
        "total": "42.00",
        "status": "completed",
        "contact": {"email": f"buyer{who}@example.com", "first_name": "Ana", "last_name": f"Buyer {who}"},
        "lines": [_line(who % 500, 2, 10), _line(who % 333, 1, 22)],
    }


def _line(number: int, quantity: int, price: int) -> dict[str, str]:
    return {
        "product_id": f"SKU-{number}",
        "name": f"Product {number}",
        "quantity": str(quantity),
        "unit_price": f"{price}.00",
        "total": f"{quantity * price}.00",
    }


def _plain(count: int) -> float:
    """Orders a second that eight connections write by plain INSERTs, a transaction for each order."""
    with psycopg.connect(os.environ["COMANDA_DATABASE_URL"], autocommit=True) as line:
        line.execute(
            "CREATE TABLE floor_order (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, body jsonb)"
        )
        line.execute(
            "CREATE TABLE floor_line (order_id bigint, position int, body jsonb,"
            " PRIMARY KEY (order_id, position))"
        )
    hands = [range(number, count, _CONNECTIONS) for number in range(_CONNECTIONS)]
    threads = [threading.Thread(target=_insert, args=(hand,)) for hand in hands]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = time.perf_counter() - started
    with psycopg.connect(os.environ["COMANDA_DATABASE_URL"], autocommit=True) as line:
        line.execute("DROP TABLE floor_order, floor_line")
    return count / took


def _insert(hand: Sequence[int]) -> None:
    with psycopg.connect(os.environ["COMANDA_DATABASE_URL"]) as line:
        for number in hand:
            body = json.dumps(_order("plain", str(number)))
            found = line.execute(
                "INSERT INTO floor_order (body) VALUES (%(body)s) RETURNING id", {"body": body}
            ).fetchone()
            line.execute(
                "INSERT INTO floor_line SELECT %(id)s, n, %(body)s FROM generate_series(1, 2) n",
                {"id": found[0] if found else 0, "body": body},
            )
            line.commit()
