"""A webhook: verified over its raw bytes, stored durably, answered; then a job works it off.

Whoever does not know the address learns nothing.
"""

import logging

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from comanda.api.hooks import bell, known, together
from comanda.connectors.base import Delivery, Verdict
from comanda.ingest.sync import hooks
from comanda.records import connections, database
from comanda.records.database import LOST

log = logging.getLogger(__name__)
LARGEST = 5 << 20
"""Bytes that a webhook may have."""
_PATIENCE = 1.0
"""Seconds for which a shop waits while the database restarts; doing it twice does no harm."""
_HEADER = "HTTP_"


@csrf_exempt
@require_POST
def receive(request: HttpRequest, key: str, secret: str) -> HttpResponse:
    """Answers 200 once it is stored; 401 for a forged one, 404 at a wrong address, 503 to send it again."""
    try:
        return database.outlast(lambda: _receive(request, key, secret), _PATIENCE)
    except LOST as error:
        log.warning("A webhook of %s could not be stored (%s).", key, str(error).strip())
        return HttpResponse(status=503, headers={"Retry-After": "30"})


def _receive(request: HttpRequest, key: str, secret: str) -> HttpResponse:
    if int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST:
        return HttpResponse(status=413)
    receiver = known.find(key, secret)
    if receiver is None:
        return HttpResponse(status=404)
    delivery = Delivery(request.body, _headers(request), request.GET.dict())
    match receiver.connector.verify(delivery, receiver.secret):
        case Verdict.FORGED:
            connections.saw_hook(receiver.store.pk, is_forged=True)
            return HttpResponse(status=401)
        case Verdict.PING:
            bell.ring(receiver.store.pk)
        case Verdict.GENUINE | Verdict.UNSIGNED:
            together.keep([hooks.arrival(receiver.store, delivery, type(receiver.connector))])
    return HttpResponse(status=200)


def _headers(request: HttpRequest) -> dict[str, str]:
    """By lower-case name."""
    named = {
        name.removeprefix(_HEADER).replace("_", "-").lower(): str(value)
        for name, value in request.META.items()
        if name.startswith(_HEADER)
    }
    return {**named, "content-type": request.META.get("CONTENT_TYPE", "")}
