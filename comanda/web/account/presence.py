"""Where someone is signed in, and when they were last seen there."""

import time
from collections.abc import Callable
from datetime import UTC, datetime

from allauth.usersessions.models import UserSession
from django.http import HttpRequest
from django.http.response import HttpResponseBase

_NOTED_EVERY = 300.0
_MOST_REMEMBERED = 10_000
_noted: dict[str, float] = {}
"""Session → when this process last wrote down that it was seen (monotonic seconds)."""


def note_presence(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware that notes when a session was last seen: to five minutes, for a write a page is too much."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if request.session.accessed and request.user.is_authenticated and request.session.session_key:
            _note(request.session.session_key)
        return response

    return middleware


def _note(key: str) -> None:
    now = time.monotonic()
    if now - _noted.get(key, -_NOTED_EVERY) < _NOTED_EVERY:
        return
    if len(_noted) >= _MOST_REMEMBERED:
        _noted.clear()
    _noted[key] = now
    UserSession.objects.filter(session_key=key).update(last_seen_at=datetime.now(UTC))
