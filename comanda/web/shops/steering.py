"""What can be done with a store's sync; each deed leads back to the page that it belongs to."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from comanda.ingest.sync import steering
from comanda.ingest.sync.shops import NotConnected
from comanda.web.access import actor, needs
from comanda.web.shops import finding, standing
from comanda.web.shops.forms import DelayForm


@require_POST
@needs("stores:sync")
def sync_now(request: HttpRequest, key: str) -> HttpResponse:
    """Syncs a store: what changed, or with ``full`` all of its history again."""
    store = finding.get(key)
    try:
        is_new = steering.sync(store, actor(request), full="full" in request.POST)
    except NotConnected:
        return _unconnected(request, key)
    said = gettext("It is synced as soon as its turn comes.")
    messages.success(request, said if is_new else gettext("That is asked for already."))
    return redirect("store", key)


@require_POST
@needs("stores:write")
def pause(request: HttpRequest, key: str) -> HttpResponse:
    """Stops the sync until someone switches it on."""
    try:
        steering.pause(finding.get(key), actor(request))
    except NotConnected:
        return _unconnected(request, key)
    messages.success(request, gettext("Paused. What happens in the shop meanwhile is read when you go on."))
    return redirect("store", key)


@require_POST
@needs("stores:write")
def resume(request: HttpRequest, key: str) -> HttpResponse:
    """Goes on."""
    try:
        steering.resume(finding.get(key), actor(request))
    except NotConnected:
        return _unconnected(request, key)
    messages.success(request, gettext("It goes on."))
    return redirect("store", key)


@require_POST
@needs("stores:write")
def disconnect(request: HttpRequest, key: str) -> HttpResponse:
    """Forgets the keys of a store."""
    steering.disconnect(finding.get(key), actor(request))
    messages.success(request, gettext("Disconnected: the keys are forgotten, and all that came in stays."))
    return redirect("store", key)


@require_POST
@needs("stores:write")
def settle(request: HttpRequest, key: str) -> HttpResponse:
    """The settings of a store's sync."""
    store = finding.get(key)
    form = DelayForm(request.POST)
    if form.is_valid():
        steering.delay_carts(store, form.cleaned_data["minutes"], actor(request))
        messages.success(request, gettext("Saved."))
        return redirect("store", key)
    return render(request, "shops/settings.html", standing.told(request, store) | {"delay": form}, status=422)


def _unconnected(request: HttpRequest, key: str) -> HttpResponse:
    messages.error(request, gettext("This store is not connected with a shop."))
    return redirect("store", key)
