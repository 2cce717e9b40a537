"""The wizard: a file taken, its columns understood, tried out, brought in."""

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, Concatenate, ParamSpec

from django.contrib import messages
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from comanda.ingest.csv_import import choices, drafts, fixes, rehearsals, wizard
from comanda.ingest.csv_import.encoding import CODECS
from comanda.ingest.csv_import.sample import SAMPLE
from comanda.records.models import ImportDraft
from comanda.records.stores import StoreClosed
from comanda.web.access import actor, needs
from comanda.web.imports import causes, columns, forms, previewed, progress, receiving, shown, words

P = ParamSpec("P")


def _go(request: HttpRequest, name: str, *args: Any, fragment: str = "") -> HttpResponseBase:
    """To another page, the whole of it, whoever asks."""
    address = reverse(name, args=args) + fragment
    if getattr(request, "htmx", None):
        return HttpResponseClientRedirect(address)
    return redirect(address)


def _find(draft_id: int) -> ImportDraft:
    draft = drafts.find(draft_id)
    if draft is None:
        raise Http404
    return draft


View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def _while_open(view: View[P]) -> View[P]:
    """Tells of a store that was archived meanwhile, or is being deleted; the file is kept."""

    @wraps(view)
    def told(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except StoreClosed:
            messages.error(
                request,
                _("This store takes nothing in: it is archived or being deleted. Put it in use again first."),
            )
            return _go(request, "imports")

    return told


@require_http_methods(["GET", "HEAD", "POST"])
@needs("imports:write")
def new(request: HttpRequest) -> HttpResponseBase:
    """Step 1: which store, which file."""
    if request.method != "POST":
        asked = request.GET.get("store") or forms.usual_store()
        return _ask_for_file(request, forms.UploadForm(initial={"store": asked}))
    files = {"file": receiving.sample()} if request.POST.get("sample") else request.FILES
    form = forms.UploadForm(request.POST, files, fault=receiving.fault_of(request))
    if not form.is_valid():
        return _ask_for_file(request, form)
    upload: TemporaryUploadedFile = form.cleaned_data["file"]
    draft = wizard.take(
        form.cleaned_data["store"],
        Path(upload.temporary_file_path()),
        upload.name or "",
        actor(request),
    )
    upload.close()
    return _go(request, "import_columns", draft.pk)


def _ask_for_file(request: HttpRequest, form: forms.UploadForm) -> HttpResponse:
    told = {
        "form": form,
        "has_stores": forms.open_stores().exists(),
        "most_bytes": receiving.most_bytes(),
        "sample": [line.split(",") for line in SAMPLE.splitlines()],
    }
    is_part = bool(getattr(request, "htmx", None)) and form.is_bound
    page = "imports/upload_form.html" if is_part else "imports/new.html"
    return render(request, page, told, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("imports:write")
@_while_open
def file_columns(request: HttpRequest, draft_id: int) -> HttpResponseBase:
    """Step 2: what the columns mean. Sent, it leads on to the trial."""
    draft = _find(draft_id)
    if not draft.seen:
        return render(request, "imports/looking.html", _looking(draft))
    if request.method != "POST":
        return _show_columns(request, draft, columns.answer_of(draft))
    answer = forms.read_columns(request.POST, drafts.seen_in(draft))
    verdict = choices.weigh(drafts.seen_in(draft), answer.chosen, answer.doubled)
    if not verdict.is_ready:
        drafts.choose(draft, answer.chosen)
        return _show_columns(request, draft, answer, status=422)
    wizard.rehearse(draft, answer.chosen, actor(request))
    return _go(request, "import_trial", draft.pk)


def _looking(draft: ImportDraft) -> dict[str, Any]:
    return {
        "draft": draft,
        "progress": progress.of(drafts.task_of(draft.pk)),
        "refusals": [(each, causes.of(each["code"])) for each in draft.refusal],
        "delimiters": words.DELIMITER_NAMES,
        "encodings": list(CODECS),
        "may_be_read_otherwise": any(each["code"] in _READ_OTHERWISE for each in draft.refusal),
    }


_READ_OTHERWISE = {
    "unclosed_quote",
    "undecodable",
    "unknown_encoding",
    "unknown_delimiter",
    "no_rows",
    "empty",
}
"""Refusals that another delimiter or encoding may mend."""


def _show_columns(
    request: HttpRequest, draft: ImportDraft, answer: forms.Answer, status: int = 200
) -> HttpResponse:
    told = {"page": columns.page(draft, answer), "stores": forms.open_stores(), "labels": words.LABELS}
    part = "imports/columns_form.html" if getattr(request, "htmx", None) else "imports/columns.html"
    return render(request, part, told, status=status)


@require_safe
@needs("imports:write")
def how_far_looked(request: HttpRequest, draft_id: int) -> HttpResponseBase:
    """How far the look into the file is; once it is over, the page is loaded anew."""
    draft = _find(draft_id)
    if drafts.is_looked_at(draft):
        return _go(request, "import_columns", draft.pk)
    return render(request, "imports/looking_body.html", _looking(draft))


@require_POST
@needs("imports:write")
def weigh(request: HttpRequest, draft_id: int) -> HttpResponseBase:
    """What was chosen so far, kept and weighed."""
    draft = _find(draft_id)
    if not draft.seen:
        return _go(request, "import_columns", draft.pk)
    answer = forms.read_columns(request.POST, drafts.seen_in(draft))
    drafts.choose(draft, answer.chosen)
    return _show_columns(request, draft, answer)


@require_POST
@needs("imports:write")
@_while_open
def look_again(request: HttpRequest, draft_id: int) -> HttpResponseBase:
    """Reads the file with another delimiter or encoding, or for another store."""
    draft = _find(draft_id)
    store = forms.open_stores().filter(key=forms.said(request.POST, "store")).first()
    form = forms.LookForm(request.POST)
    if store is not None and store != draft.store:
        wizard.move(draft, store)
    elif form.is_valid():
        wizard.look_again(draft, form.cleaned_data)
    return _go(request, "import_columns", draft.pk)


@require_safe
@needs("imports:write")
def trial(request: HttpRequest, draft_id: int) -> HttpResponseBase:
    """Step 3: the first orders as they would be, what would be counted, what is wrong and what mends it."""
    draft = _find(draft_id)
    if not draft.seen or draft.rehearsal is None or not rehearsals.is_current(draft):
        return _go(request, "import_columns", draft.pk)
    told = {
        "draft": draft,
        "page": shown.page(draft.rehearsal),
        "groups": [] if rehearsals.is_under_way(draft) else shown.groups_to_mend(draft),
        "is_done": rehearsals.is_done(draft),
        "labels": words.LABELS,
        "statuses": columns.MEANINGS,
        "orders": previewed.orders(draft),
    }
    part = "imports/trial_body.html" if getattr(request, "htmx", None) else "imports/trial.html"
    return render(request, part, told)


@require_POST
@needs("imports:write")
@_while_open
def fix(request: HttpRequest, draft_id: int) -> HttpResponseBase:
    """Mends a whole column, and tries again."""
    draft = _find(draft_id)
    if not draft.seen:
        return _go(request, "import_columns", draft.pk)
    chosen = fixes.apply(forms.read_fix(request.POST), drafts.chosen_in(draft))
    if not choices.weigh(drafts.seen_in(draft), chosen).is_ready:
        drafts.choose(draft, chosen)
        return _go(request, "import_columns", draft.pk)
    wizard.rehearse(draft, chosen, actor(request))
    return _go(request, "import_trial", draft.pk)


@require_POST
@needs("stores:write")
@_while_open
def define_words(request: HttpRequest, draft_id: int) -> HttpResponseBase:
    """Says what status words mean, for this file and all later ones of the store."""
    draft = _find(draft_id)
    if draft.rehearsal is None:
        return _go(request, "import_columns", draft.pk)
    form = forms.WordsForm(request.POST.getlist("word"), request.POST)
    if form.is_valid() and (meanings := form.meanings()):
        wizard.define(draft, meanings, actor(request))
    return _go(request, "import_trial", draft.pk)


@require_POST
@needs("imports:write")
@_while_open
def start(request: HttpRequest, draft_id: int) -> HttpResponseBase:
    """Step 4: brings the file in."""
    try:
        job = wizard.start(draft_id, actor(request))
    except wizard.NotReady:
        messages.warning(request, _("Something was changed since the file was tried out. Look at it again."))
        return _go(request, "import_columns", draft_id)
    if job is None:
        messages.warning(request, _("This file was brought in already, or given up."))
        return _go(request, "imports")
    return _go(request, "import", job.pk)


@require_POST
@needs("imports:write")
def discard(request: HttpRequest, draft_id: int) -> HttpResponseBase:
    """Gives a file up."""
    draft = drafts.find(draft_id)
    if draft is not None:
        with transaction.atomic():
            wizard.drop(draft, actor(request))
        messages.success(request, _("The file was thrown away. Nothing of it was brought in."))
    return _go(request, "imports")
