"""`make demo`: the sample shop, and beside it two fake shops that go on selling, a few orders a minute.

They are kept in the data folder, so that they have the same orders when the demo is started again.
"""

import json
import os
import pickle
import random
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from decimal import Decimal
from pathlib import Path

from comanda import env
from comanda.cli import main as comanda
from tests.fake_shops import server
from tests.fake_shops.registry import all_fakes
from tests.fake_shops.server import FakeShop
from tests.fake_shops.world import Stage, World

_SHOPS = (
    ("casa-da-lanterna", "Casa da Lanterna", "woocommerce"),
    ("loja-do-largo", "Loja do Largo", "nuvemshop"),
)
_ORDERS = 600
_EVERY = 24.0
"""Seconds, on average, from one order to the next."""


def main() -> None:
    """Serves the shops as long as ``comanda demo`` runs; its options are passed on."""
    options = sys.argv[1:]
    if "--check" in options or "--help" in options:
        sys.argv[1:] = ["demo", *options]
        comanda()
        return
    folder = env.get("data") / "demo-shops"
    folder.mkdir(parents=True, exist_ok=True)
    os.environ.setdefault("COMANDA_ALLOW_PRIVATE_HOSTS", "127.0.0.1")
    port = options[options.index("--port") + 1] if "--port" in options[:-1] else str(env.get("port"))
    os.environ.setdefault("COMANDA_PUBLIC_URL", f"http://127.0.0.1:{port}")
    with ExitStack() as stack:
        told = [stack.enter_context(_selling(folder, *each)) for each in _SHOPS]
        listed = folder / "shops.json"
        listed.write_text(json.dumps(told), encoding="utf-8")
        sys.argv[1:] = ["demo", "--shops", str(listed), *options]
        comanda()


@contextmanager
def _selling(folder: Path, key: str, name: str, platform: str) -> Iterator[dict[str, object]]:
    """A shop that sells, as ``comanda demo --shops`` wants to know it."""
    file = folder / f"{key}.pickle"
    shop, port = _kept(file) or (_new(platform, name), 0)
    over = threading.Event()
    with server.served(shop, port if _is_free(port) else 0):
        thread = threading.Thread(target=_sell, args=(shop, file, over), daemon=True)
        thread.start()
        try:
            yield {"key": key, "name": name, "platform": platform, "url": shop.url, "fields": shop.fields()}
        finally:
            over.set()
            thread.join(5)


def _new(platform: str, name: str) -> FakeShop:
    kind = all_fakes()[platform]
    world = World(_ORDERS, seed=len(name), currency=kind.currency, days=90)
    world.name = name
    return kind(world)


def _kept(file: Path) -> tuple[FakeShop, int] | None:
    """The shop as it was left, and its port."""
    try:
        platform, world, hooks, port = pickle.loads(file.read_bytes())
        shop = all_fakes()[platform](world)
    except (OSError, EOFError, pickle.UnpicklingError, AttributeError, ValueError, KeyError):
        return None
    shop.hooks = hooks
    return shop, port


def _keep(shop: FakeShop, file: Path) -> None:
    port = int(shop.url.rpartition(":")[2])
    draft = file.with_suffix(".part")
    with shop.world.mutex:
        draft.write_bytes(pickle.dumps((shop.platform, shop.world, shop.hooks, port)))
    draft.replace(file)


def _is_free(port: int) -> bool:
    with suppress(OSError), socket.create_server(("127.0.0.1", port)):
        return True
    return False


def _sell(shop: FakeShop, file: Path, over: threading.Event) -> None:
    """People put things into carts, order, pay; parcels go out; money goes back now and then."""
    chance = random.Random()
    world = shop.world
    _keep(shop, file)
    while not over.wait(chance.uniform(0.4, 1.6) * _EVERY):
        cart = world.begin() if chance.random() < 0.4 else None
        if cart is None or chance.random() < 0.6:
            order = world.place(cart)
            if chance.random() < 0.85:
                world.pay(order)
        paid = [order for order in world.present() if order.stage is Stage.PAID]
        if paid and chance.random() < 0.5:
            world.ship(paid[0])
        if paid and chance.random() < 0.05:
            world.refund(paid[-1], min(Decimal("5.00"), paid[-1].total))
        _keep(shop, file)
    _keep(shop, file)


if __name__ == "__main__":
    main()
