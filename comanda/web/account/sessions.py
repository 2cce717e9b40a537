"""Where one is signed in."""

from allauth.usersessions.internal.flows.sessions import end_sessions
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from comanda.records import audit
from comanda.web.access import actor, needs, user
from comanda.web.account import browsers


@require_safe
@needs()
def sessions(request: HttpRequest) -> HttpResponse:
    """Each session: which browser, from where, since when."""
    found = sorted(
        UserSession.objects.purge_and_list(user(request)),
        key=lambda each: (each.is_current(), each.last_seen_at),
        reverse=True,
    )
    shown = [(each, *browsers.describe(each.user_agent)) for each in found]
    return render(request, "account/sessions.html", {"sessions": shown})


@require_POST
@needs()
def end_session(request: HttpRequest, session_id: int) -> HttpResponse:
    """Signs out in one place."""
    return _end(request, UserSession.objects.filter(user=user(request), pk=session_id))


@require_POST
@needs()
def end_others(request: HttpRequest) -> HttpResponse:
    """Signs out everywhere but here."""
    own = UserSession.objects.filter(user=user(request))
    return _end(request, own.exclude(session_key=request.session.session_key))


def _end(request: HttpRequest, chosen: "UserSession.objects") -> HttpResponse:
    ending = list(chosen)
    who, target = actor(request), f"user {user(request).pk}"
    end_sessions(request, ending)
    if ending:
        audit.note(who, "session.end", target, count=len(ending))
        told = ngettext("Signed out in one place.", "Signed out in {count} places.", len(ending))
        messages.success(request, told.format(count=len(ending)))
    return redirect("sessions")
