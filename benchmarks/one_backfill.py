"""One history read from a shop, in a process of its own: prints seconds, orders and peak memory as JSON."""

import json
import os
import sys
import time
from importlib import import_module

import django

from benchmarks import peak


def main() -> None:
    """Reads the history of the shop of the store in the database that the environment names."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "comanda.settings")
    django.setup()
    models = import_module("comanda.records.models")
    history, shops = (import_module(f"comanda.ingest.sync.{name}") for name in ("history", "shops"))
    store = models.Store.objects.get()
    history.begin(store, shops.platform_of(store))
    started = time.perf_counter()
    with shops.opened(store) as connector:
        taken = history.run(store, connector)
    took = time.perf_counter() - started
    most = peak.megabytes()
    orders = models.Order.objects.count()
    json.dump({"seconds": took, "orders": orders, "megabytes": most, "lost": len(taken.lost)}, sys.stdout)


if __name__ == "__main__":
    main()
