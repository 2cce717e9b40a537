"""The audit log, for owners."""

import contextlib
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from comanda.records import audit
from comanda.web.access import needs
from comanda.web.audit import labels
from comanda.web.audit.forms import WantedForm


@require_safe
@needs("audit:read")
def log(request: HttpRequest) -> HttpResponse:
    """Who did what, newest first."""
    form = WantedForm(request.GET)
    after = _place(request.GET.get("cursor", ""))
    page = audit.page(form.wanted, after)
    shown = [
        (
            entry,
            labels.who(entry.actor),
            labels.action(entry.action),
            labels.target(entry.target),
            labels.page_of(entry.target),
            labels.details(entry.detail),
        )
        for entry in page.entries
    ]
    return render(
        request,
        "audit/audit.html",
        {
            "form": form,
            "entries": shown,
            "older": f"{page.after[0].isoformat()}~{page.after[1]}" if page.after else None,
            "is_first": after is None,
            "is_narrowed": any(request.GET.get(name) for name in form.fields),
        },
    )


def _place(cursor: str) -> tuple[datetime, int] | None:
    """Where to go on; a cursor that is none stands for the beginning."""
    at, _, last_id = cursor.partition("~")
    with contextlib.suppress(ValueError):
        when, number = datetime.fromisoformat(at), int(last_id)
        if when.tzinfo is not None and 0 <= number < 2**63:
            return when, number
    return None
