"""Serves one fake shop until it is stopped, with people who go on buying."""

import argparse
import time

from tests.fake_shops import server
from tests.fake_shops.registry import all_fakes
from tests.fake_shops.world import Stage, World


def main() -> None:
    """Says where the shop is and how to connect it."""
    parser = argparse.ArgumentParser(prog="python -m tests.fake_shops", description=__doc__)
    parser.add_argument("platform", choices=list(all_fakes()))
    parser.add_argument("--orders", type=int, default=1000)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--every", type=float, default=0.0, help="seconds between two new orders; 0: none")
    parser.add_argument("--trouble", type=float, default=0.0, help="share of the answers that fail")
    asked = parser.parse_args()
    kind = all_fakes()[asked.platform]
    world = World(asked.orders, currency=kind.currency)
    shop = kind(world)
    shop.trouble.share = asked.trouble
    with server.served(shop, asked.port):
        fields = " ".join(f"--set {name}={value}" for name, value in shop.fields().items())
        print(f"{shop.url}\nCOMANDA_ALLOW_PRIVATE_HOSTS=127.0.0.1 comanda store add --name 'Fake' "  # noqa: T201
              f"--platform {asked.platform} --url {shop.url} {fields}", flush=True)  # fmt: skip
        try:
            while True:
                time.sleep(asked.every or 3600)
                if asked.every:
                    order = world.place()
                    if order.stage is Stage.UNPAID:
                        world.pay(order)
        except KeyboardInterrupt:
            return


if __name__ == "__main__":
    main()
