"""What the parts of a sync are called, and what goes wrong, in the reader's language."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from comanda.connectors import sentences
from comanda.connectors.base import Connector, Resource
from comanda.connectors.errors import RetryLater, ShopError
from comanda.connectors.sentences import STEPS, Step
from comanda.ingest.sync.audit import Reason
from comanda.ingest.sync.joining import Check
from comanda.web.shops import parts

RESOURCES: dict[str, Promise] = {
    "products": _("Products"),
    "customers": _("Customers"),
    "orders": _("Orders"),
    "carts": _("Carts"),
}
KINDS: dict[str, Promise] = {
    "orders": _("Orders that did not come in"),
    "customers": _("Customers that did not come in"),
    "products": _("Products that did not come in"),
    "carts": _("Carts that did not come in"),
    "webhook": _("Webhooks"),
    "order": _("Orders taken in"),
    "cart": _("Carts taken in"),
}
"""Kind of a payload → what it is called in lists to choose from."""
_FAILED: dict[str, Promise] = KINDS | {"webhook": _("Webhooks that could not be read")}
KINDS_SHORT: dict[str, Promise] = {
    "orders": _("Order"),
    "customers": _("Customer"),
    "products": _("Product"),
    "carts": _("Cart"),
    "webhook": _("Webhook"),
    "order": _("Order"),
    "cart": _("Cart"),
}
STATES: dict[str, tuple[Promise, str]] = {
    "new": (pgettext_lazy("payload", "Waiting"), "bg-blue-lt"),
    "done": (pgettext_lazy("payload", "Done"), "bg-green-lt"),
    "failed": (pgettext_lazy("payload", "Not taken in"), "bg-red-lt"),
}
"""State of a payload → what it is called, and the classes of its colour."""
REASONS: dict[str, tuple[Promise, Promise]] = {
    Reason.REFUSED: (_("Refused"), _("The order breaks a rule, and lies in the inbox with the reason.")),
    Reason.UNREADABLE: (_("Unreadable"), _("The order cannot be read. Its payload lies in the inbox.")),
    Reason.ON_ITS_WAY: (
        _("On its way"),
        _("The shop changed it minutes before the comparison. The next sync brings it."),
    ),
    Reason.CHANGED_SINCE: (
        _("Changed since"),
        _("It changed while the day was being compared; here is the newer version."),
    ),
    Reason.DELETED_THERE: (
        _("Deleted in the shop"),
        _("The shop has it no more. Here it is kept, and no longer counts."),
    ),
    Reason.TEST_ORDER: (_("Test order"), _("The shop's own figures leave it out, and so do we.")),
    Reason.MOVED_DAY: (_("Another day"), _("Here it lies on another day, by the store's time zone.")),
    Reason.UNEXPLAINED: (
        _("Not explained"),
        _("It differs, though it was read again. Sync the store, then compare again."),
    ),
}
"""Reason of a difference → what it is called, and what it means."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """What happened, and what to do; ``detail`` is in the shop's words, or of use to who writes programs."""

    code: str
    happened: str
    mend: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class StepShown:
    """A step of a check: ``passed``, ``failed`` or ``waits`` for those before it."""

    label: str
    state: str
    trouble: Trouble | None = None


@dataclass(frozen=True, slots=True)
class Platform:
    """What pages say of a platform; its class is none for templates, which would call it."""

    title: str
    has_webhooks: bool
    signs_webhooks: bool
    makes_webhooks: bool
    has_authorise_page: bool
    has_carts: bool


def platform(kind: type[Connector]) -> Platform:
    """What pages say of a platform."""
    return Platform(
        kind.title,
        kind.has_webhooks,
        kind.signs_webhooks,
        kind.makes_webhooks,
        kind.has_authorise_page,
        Resource.CARTS in kind.resources,
    )


def said(text: str) -> str:
    """A text that a connector marked, in the reader's language; "" stays."""
    return gettext(text) if text else ""


def trouble(code: str, facts: Mapping[str, Any], kind: type[Connector] | None = None) -> Trouble | None:
    """The sentences of a code; None for one that is not known any more."""
    sentence = sentences.ALL.get(code)
    if sentence is None:
        return None
    told = _Facts({name: str(value) for name, value in facts.items()})
    if "field" in told and kind is not None:
        told["field"] = next((said(each.label) for each in kind.fields if each.name == told["field"]), "?")
    if "part" in told:
        told["part"] = parts.name(told["part"])
    if "reason" in told:
        told["reason"] = said(told["reason"])
    detail = told[sentence.detail] if sentence.detail else ""
    return Trouble(code, said(sentence.happened) % told, said(sentence.mend) % told, detail)


def of_try(error: ShopError, kind: type[Connector]) -> Trouble | None:
    """The sentences of what went wrong while someone tried: nothing tries that again but they."""
    found = trouble(error.code, error.facts, kind)
    if found is None or not isinstance(error, RetryLater):
        return found
    again = gettext("Nothing was changed. Try again in a moment; if this goes on, ask the shop's host.")
    return replace(found, mend=again)


class _Facts(dict[str, str]):
    """A fact that was not written down shows as a question mark, not as an error of ours."""

    def __missing__(self, key: str) -> str:
        return "?"


def steps(check: Check, kind: type[Connector]) -> list[StepShown]:
    """A check, step by step."""
    failed = check.error.step if check.error else None
    return [_step(each, check, failed, kind) for each in STEPS]


def _step(step: Step, check: Check, failed: Step | None, kind: type[Connector]) -> StepShown:
    if step is failed and check.error:
        return StepShown(said(STEPS[step]), "failed", of_try(check.error, kind))
    return StepShown(said(STEPS[step]), "passed" if step in check.passed else "waits")


def remarks(told: Any, kind: type[Connector] | None) -> list[Trouble]:
    """Rights that are missing and can be done without, as they are kept: pairs of code and facts."""
    found = (trouble(code, facts, kind) for code, facts in told)
    return [each for each in found if each is not None]


def named(failed: Mapping[str, int]) -> list[tuple[tuple[str, Promise | str], int]]:
    """Counts by kind, with what the kinds are called."""
    return [((kind, _FAILED.get(kind, kind)), count) for kind, count in failed.items()]
