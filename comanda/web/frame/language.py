"""The switch of languages."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from comanda.records import users
from comanda.web.frame.reader import LANGUAGES

_YEAR = 365 * 24 * 3600


@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """Remembers the language in the browser and, for who is signed in, with the user; then goes back."""
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}, request.is_secure()):
        back = "/"
    response = redirect(back)
    code = request.POST.get("language", "")
    if code in LANGUAGES:
        response.set_cookie(settings.LANGUAGE_COOKIE_NAME, code, max_age=_YEAR, samesite="Lax")
        if request.user.is_authenticated:
            users.speak(request.user.pk, code)
    return response
