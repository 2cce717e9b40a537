"""Home: how the shops do, what comes in, and the first steps of who begins."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from comanda.records import periods, stores
from comanda.web.access import needs
from comanda.web.home import asked, figures, guide, latest
from comanda.web.home import imports as bringing

_A_YEAR = 365 * 24 * 3600


@require_safe
@needs("orders:read")
def home(request: HttpRequest) -> HttpResponse:
    """How the shops do; for an empty Comanda, what to do first."""
    steps = guide.find(request)
    if steps is not None and steps.is_all:
        return render(request, "home/begin.html", {"guide": steps, "imports": bringing.state()})
    wish = asked.of(request)
    is_part = request.headers.get("HX-Target") == "figures"
    told: dict[str, Any] = {
        "wish": wish,
        "figures": figures.find(wish, at_any_cost="figures" in request.GET),
        "lengths": periods.LENGTHS,
    }
    if is_part:
        return render(request, "home/figures.html", told)
    known = list(stores.in_use())
    told |= {
        "guide": steps,
        "stores": known,
        "currencies": figures.choices(known),
        "latest": latest.find(wish),
        "imports": bringing.state(),
    }
    return render(request, "home/home.html", told)


@require_safe
@needs("orders:read")
def latest_orders(request: HttpRequest) -> HttpResponse:
    """The latest orders, if they are others than the reader has: 204 if not."""
    since = request.GET.get("since", "")
    found = latest.find(asked.of(request), since)
    if since and since == found.mark:
        return HttpResponse(status=204)
    return render(request, "home/latest.html", {"latest": found, "wish": asked.of(request)})


@require_safe
@needs("imports:read")
def imports_state(request: HttpRequest) -> HttpResponse:
    """How imports stand now."""
    return render(request, "home/imports.html", {"imports": bringing.state()})


@require_POST
@needs("contacts:read")
def see_people(request: HttpRequest) -> HttpResponse:
    """The last of the first steps: from now on Home leads nobody by the hand any more."""
    answer = redirect("/" if "later" in request.POST else "/contacts")
    answer.set_cookie(guide.COOKIE, "yes", max_age=_A_YEAR, samesite="Lax", httponly=True)
    return answer
