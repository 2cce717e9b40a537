"""The list of imports and the page of each."""

from collections.abc import Iterable, Iterator
from typing import Any, cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from comanda.ingest.csv_import import problem_rows, undo, wizard
from comanda.ingest.csv_import.encoding import CODECS
from comanda.ingest.csv_import.fields import FIELDS, REQUIRED, SAMPLE_FIELDS
from comanda.ingest.csv_import.sample import SAMPLE
from comanda.records.models import Import, ImportState
from comanda.web.access import actor, needs
from comanda.web.imports import forms, listing, shown, words

_CSV = "text/csv; charset=utf-8"
_BLOCK = 1 << 16


def _target(request: HttpRequest) -> str:
    """Which part of the page htmx asks for, "" for the whole."""
    htmx: Any = getattr(request, "htmx", None)
    return str(htmx.target or "") if htmx else ""


@require_safe
@needs("imports:read")
def imports(request: HttpRequest) -> HttpResponse:
    """Files brought in, and those that wait to be."""
    store, state, cursor = (forms.said(request.GET, name) for name in ("store", "state", "cursor"))
    told = {
        "listed": listing.page(store, state, cursor),
        "drafts": listing.drafts(),
        "stores": forms.open_stores(),
        "states": words.STATES,
        "store": store,
        "state": state,
        "is_filtered": bool(store or state),
    }
    part = _target(request) == "imports"
    return render(request, "imports/rows.html" if part else "imports/list.html", told)


def _find(import_id: int) -> Import:
    job = Import.objects.select_related("store").filter(id=import_id).first()
    if job is None:
        raise Http404
    return job


@require_safe
@needs("imports:read")
def one_import(request: HttpRequest, import_id: int) -> HttpResponse:
    """What an import is doing, or what came of it."""
    job = _find(import_id)
    told = {"page": shown.page(job), **_problems(request, job), "labels": words.LABELS}
    part = _target(request) == "problems"
    return render(request, "imports/problems.html" if part else "imports/import.html", told)


def _problems(request: HttpRequest, job: Import) -> dict[str, Any]:
    asked = (forms.said(request.GET, name) for name in ("severity", "cause", "cursor"))
    return {"problems": listing.problems(job, *asked)}


@require_safe
@needs("imports:read")
def how_far(request: HttpRequest, import_id: int) -> HttpResponse:
    """The same without what surrounds it: asked for each second while something is under way."""
    job = _find(import_id)
    told = {"page": shown.page(job), **_problems(request, job), "labels": words.LABELS}
    return render(request, "imports/import_body.html", told)


@require_safe
@needs("imports:read")
def rejects(request: HttpRequest, import_id: int) -> HttpResponseBase:
    """The refused rows as a file to mend."""
    job = _find(import_id)
    if job.source != "csv":
        raise Http404
    response = StreamingHttpResponse(_blocks(problem_rows.rejects(job.pk)), content_type=_CSV)
    response["Content-Disposition"] = f'attachment; filename="rejects-{job.pk}.csv"'
    return cast("HttpResponseBase", response)


def _blocks(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in fewer pieces: there is one for each row."""
    block = bytearray()
    for piece in pieces:
        block += piece
        if len(block) >= _BLOCK:
            yield bytes(block)
            block.clear()
    if block:
        yield bytes(block)


@require_POST
@needs("imports:write")
def take_back(request: HttpRequest, import_id: int) -> HttpResponse:
    """Undoes an import."""
    job = _find(import_id)
    try:
        wizard.take_back(job, actor(request))
    except undo.CannotUndo:
        if job.state != ImportState.UNDONE:
            messages.error(request, _("This import cannot be taken back."))
    return redirect("import", import_id)


@require_safe
@needs("imports:read")
def sample(request: HttpRequest) -> HttpResponse:
    """A file to begin with."""
    response = HttpResponse(SAMPLE, content_type=_CSV)
    response["Content-Disposition"] = 'attachment; filename="orders-sample.csv"'
    return response


@require_safe
@needs("imports:read")
def file_format(request: HttpRequest) -> HttpResponse:
    """What a file may hold, from the import's own tables."""
    told = {
        "groups": [
            (group, [(FIELDS[name], label, name in REQUIRED) for name, label in labels.items()])
            for group, labels in words.GROUPS
        ],
        "sample_fields": SAMPLE_FIELDS,
        "encodings": list(CODECS),
    }
    page = "imports/format_body.html" if getattr(request, "htmx", None) else "imports/format.html"
    return render(request, page, told)
