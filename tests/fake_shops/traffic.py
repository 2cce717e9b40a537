"""What goes on in a shop while it is synced: people buy, pay, get money back; orders are deleted, seldom."""

import random
from dataclasses import dataclass
from decimal import Decimal

from tests.fake_shops.world import Stage, World


@dataclass
class Traffic:
    """One thing after another, by chance."""

    world: World
    chance: random.Random

    def happen(self) -> None:
        """The next thing."""
        self.chance.choice((self.buy, self.buy, self.look, self.treat, self.treat, self.rename))()

    def buy(self) -> None:
        """Someone orders; a cart came before it, or not."""
        self.world.place(self.world.begin() if self.chance.random() < 0.3 else None)

    def look(self) -> None:
        """Someone fills a cart and leaves it."""
        self.world.begin()

    def rename(self) -> None:
        """A customer edits the account."""
        self.world.rename(self.chance.choice(list(self.world.people.values())), "Inês")

    def treat(self) -> None:
        """What a shop may do with an order of this stage; seldom, that it is deleted."""
        world, order = self.world, self.chance.choice(list(self.world.present()))
        if self.chance.random() < 0.15:
            world.delete(order)
            return
        match order.stage:
            case Stage.UNPAID | Stage.ON_HOLD:
                self.chance.choice((world.pay, world.pay, world.hold, world.cancel))(order)
            case Stage.PAID | Stage.SHIPPED:
                left = order.total - order.refunded
                back = self.chance.choice((Decimal("0.05"), left))
                self.chance.choice((world.ship, lambda each: world.refund(each, back)))(order)
