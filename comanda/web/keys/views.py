"""API keys, for owners."""

from datetime import UTC, datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from comanda.records import access, keys
from comanda.records.models import ApiKey, Role
from comanda.web.access import actor, needs, user
from comanda.web.account import mails
from comanda.web.account.proof import proven
from comanda.web.keys.forms import KeyForm
from comanda.web.team.forms import ROLES


@require_safe
@needs("keys:read")
def listing(request: HttpRequest) -> HttpResponse:
    """All keys: those that open something first, then the newest first."""
    now = datetime.now(UTC)
    found = ApiKey.objects.select_related("created_by").order_by("-created_at", "-id")
    shown = [(key, _state(key, now)) for key in found]
    shown.sort(key=lambda each: each[1] != "open")
    return render(request, "keys/keys.html", {"keys": shown})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs("keys:write")
@proven
def create(request: HttpRequest) -> HttpResponse:
    """Makes a key; it is shown this once."""
    posted = request.method == "POST"
    form = KeyForm(request.POST) if posted else KeyForm(initial={"role": Role.MARKETER, "days": "365"})
    if posted and form.is_valid():
        given = form.cleaned_data
        made, token = keys.issue(
            user(request), given["name"], Role(given["role"]), given["scopes"], form.expires_at
        )
        address = mails.address(request, "home")
        return render(request, "keys/made.html", {"key": made, "token": token, "address": address})
    scopes = [
        (scope, meaning, " ".join(role for role, held in access.ROLES.items() if scope in held))
        for scope, meaning in access.SCOPES.items()
    ]
    told = {"form": form, "roles": ROLES, "scopes": scopes}
    return render(request, "keys/new.html", told, status=422 if form.errors else 200)


@require_POST
@needs("keys:write")
def revoke(request: HttpRequest, key_id: int) -> HttpResponse:
    """Withdraws a key for good."""
    key = get_object_or_404(ApiKey, pk=key_id)
    if keys.withdraw(key.pk, by=actor(request)):
        messages.success(request, gettext("{name} opens nothing any more.").format(name=key.name))
    return redirect("keys")


def _state(key: ApiKey, now: datetime) -> str:
    if key.revoked_at is not None:
        return "revoked"
    return "expired" if key.expires_at is not None and key.expires_at <= now else "open"
