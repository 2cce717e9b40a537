"""The gallery: everything that orders can come from."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from comanda.connectors import registry
from comanda.connectors.base import Connector, Resource
from comanda.web.access import needs


@dataclass(frozen=True, slots=True)
class Choice:
    """One way for orders to come in; ``does`` says what it can, ``words`` are what it is found by."""

    title: str
    text: str | Promise
    where: str
    icon: str
    does: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """All that it says, in lower case."""
        return " ".join([self.title, str(self.text), *self.does]).lower()


@require_safe
@needs("stores:write")
def gallery(request: HttpRequest) -> HttpResponse:
    """Where do orders come from?"""
    return render(request, "shops/gallery.html", {"platforms": platforms(), "others": others()})


def platforms() -> list[Choice]:
    """Every platform that can be connected, by its name."""
    kinds = sorted(registry.all_platforms().values(), key=lambda kind: kind.title.casefold())
    return [_platform(kind) for kind in kinds]


def _platform(kind: type[Connector]) -> Choice:
    where = reverse("connect_store", args=(kind.platform,))
    return Choice(kind.title, "", where, "building-store", tuple(abilities(kind)))


def abilities(kind: type[Connector]) -> list[str]:
    """What a platform can do, in few words."""
    told = []
    if kind.has_webhooks:
        told.append(gettext("Live by webhooks"))
    told.append(_asked_every(round(kind.interval.total_seconds())))
    if Resource.CARTS in kind.resources:
        told.append(gettext("Abandoned carts"))
    if kind.has_authorise_page:
        told.append(gettext("No keys to copy"))
    if kind.lists_statuses:
        told.append(gettext("Statuses of your own"))
    if kind.has_privacy_webhooks:
        told.append(gettext("Privacy requests"))
    return told


def _asked_every(seconds: int) -> str:
    if seconds <= 60:
        return gettext("Checked every minute")
    return gettext("Checked every %(minutes)s minutes") % {"minutes": round(seconds / 60)}


def others() -> list[Choice]:
    """What needs no shop on the web."""
    return [
        Choice(
            gettext("Physical store"),
            _("A place on the map; its orders come by file from the till."),
            reverse("new_physical_store"),
            icon="map-pin",
        ),
        Choice(
            gettext("CSV file"),
            _("Any shop that exports its orders: send a file now and again."),
            reverse("new_plain_store", args=("csv",)),
            icon="file-upload",
        ),
        Choice(
            gettext("API"),
            _("A shop of your own making, or an ERP: its program sends orders here."),
            reverse("new_plain_store", args=("api",)),
            icon="api",
        ),
    ]
