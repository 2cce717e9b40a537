"""A store that no platform stands behind: its orders come by file or by program."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from comanda.web.access import actor, needs
from comanda.web.stores.forms import OnlineStoreForm, begun


@require_http_methods(["GET", "HEAD", "POST"])
@needs("stores:write")
def add(request: HttpRequest, platform: str) -> HttpResponse:
    """Adds an online store for files, or for the API."""
    if platform not in ("csv", "api"):
        raise Http404
    posted = request.method == "POST"
    form = OnlineStoreForm(request.POST) if posted else OnlineStoreForm(initial=begun())
    form.platform = platform
    if posted and form.is_valid() and form.save(actor(request)) and form.store:
        messages.success(request, gettext("The store is there. Now bring its orders in."))
        if platform == "csv":
            return redirect(f"/imports/new?store={form.store.key}")
        return redirect("store", form.store.key)
    told = {"form": form, "platform": platform}
    return render(request, "shops/plain.html", told, status=422 if form.errors else 200)
