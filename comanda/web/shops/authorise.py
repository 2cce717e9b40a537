"""Back from a shop's authorise page: the owner with a code, or the shop itself with its keys."""

import logging

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from comanda.connectors.base import Delivery
from comanda.connectors.errors import ShopError
from comanda.ingest.sync import authorising
from comanda.ingest.sync.authorising import NoSuchPage, Spent
from comanda.records import stores
from comanda.web.access import needs, user
from comanda.web.account.mails import address
from comanda.web.shops import desk as desks
from comanda.web.shops import finding, kept
from comanda.web.shops.connecting import finish, to_gallery

log = logging.getLogger(__name__)
LARGEST = 64 << 10
"""Bytes that a shop's own call may have."""


@csrf_exempt
@require_http_methods(["GET", "POST"])
def authorised(request: HttpRequest, platform: str) -> HttpResponseBase:
    """The address that shops send owners back to, and that some call themselves."""
    return _told(request, platform) if request.method == "POST" else returned(request, platform)


def _told(request: HttpRequest, platform: str) -> HttpResponse:
    """The shop's own call; the state in it proves that it answers a question of ours."""
    if int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST:
        return HttpResponse(status=413)
    try:
        authorising.told(platform, _delivery(request), address(request, "authorised", platform))
    except (Spent, NoSuchPage):
        return HttpResponse(status=404)
    except ShopError as error:
        log.warning("The keys that a shop of %s sent cannot be used: %s", platform, error)
        return HttpResponse(status=400)
    return HttpResponse(status=200)


@needs("stores:write")
def returned(request: HttpRequest, platform: str) -> HttpResponse:
    """The owner is back: what the shop gave is tried and kept."""
    back = address(request, "authorised", platform)
    try:
        found = authorising.returned(user(request), platform, _delivery(request), back)
    except NoSuchPage:
        raise Http404 from None
    except Spent:
        return to_gallery(
            request, gettext("That permission was used already, or took too long. Begin again.")
        )
    kind = finding.get_platform(platform)
    store = stores.find(found.draft.key) if found.draft.key else None
    kept.keep(request, desks.name(kind, store), found.fields)
    desk = desks.lay(request, kind, store)
    if found.error is not None:
        return desks.show(request, desk, desks.typed_again(desk, found.draft), refused=found.error)
    return finish(request, desk, found.draft, dict(found.fields))


def _delivery(request: HttpRequest) -> Delivery:
    headers = {name.lower(): value for name, value in request.headers.items()}
    body = request.body if request.method == "POST" else b""
    return Delivery(body, headers, request.GET.dict())
