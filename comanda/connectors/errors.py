"""What goes wrong with a shop, named by what is to be done next.

Each error carries a ``code`` of ``sentences.ALL``, which says what happened and what to do, and the facts
that fill it. Whatever else is raised is a fault of ours.
"""

from comanda.connectors import sentences


class ShopError(Exception):
    """Something went wrong with a shop; ``step`` is the part of the connection that failed."""

    def __init__(self, code: str, **facts: object) -> None:
        self.code = code
        self.facts = {name: str(value)[:300] for name, value in facts.items()}
        super().__init__(sentences.say(code, self.facts))

    @property
    def step(self) -> sentences.Step:
        """Which step of the check this error belongs to."""
        return sentences.ALL[self.code].step


class RetryLater(ShopError):
    """It may go better by itself; not before ``after`` seconds have passed."""

    def __init__(self, code: str, after: float = 60.0, **facts: object) -> None:
        super().__init__(code, **facts)
        self.after = after


class NeedsOwner(ShopError):
    """It goes no better until a person has done something in the shop or here."""


class SkipRecord(ShopError):
    """One record cannot be read; the others can."""


class Unsupported(ShopError):
    """The platform does not have this."""

    def __init__(self, feature: str) -> None:
        super().__init__("unsupported", feature=feature)
