"""What people are told when a page is not there, or fails; programs below ``/api`` are told as problems."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

_DETAILS = {
    400: _("The request cannot be read."),
    403: _("You may not do this."),
    404: _("There is nothing at this address."),
    405: _("There is nothing to see at this address."),
    413: _("This file is larger than this server takes."),
    429: _("That was tried too often."),
    500: _("Something went wrong here, and it was noted."),
}
_WHAT_NOW = {
    400: _("Go back, load the page again and try once more."),
    403: _("Ask an owner of this Comanda to do it, or to give you a role that may."),
    404: _("It may have been deleted or merged, or the address has a slip in it."),
    405: _("It takes what a form sends. Go back to the page with the form, and send it there."),
    413: _("Go back, and pack it (.zip or .gz), or bring it in parts."),
    429: _("Wait a few minutes, then try again."),
    500: _("Nothing was half done. Try again in a moment; if it stays so, tell whoever runs this Comanda."),
}
_TITLES = {
    400: _("Bad request"),
    403: _("Not allowed"),
    404: _("Not found"),
    405: _("Nothing to see"),
    413: _("Too large"),
    429: _("Too often"),
    500: _("Our fault"),
}


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400, for a host name under which we do not answer among others."""
    return _answer(request, 400)


def denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403, for someone whose role does not hold what a page needs."""
    return _answer(request, 403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404."""
    return _answer(request, 404)


def nothing_to_see(request: HttpRequest, allowed: str) -> HttpResponse:
    """405, for someone who opens the address of a form's button."""
    response = _answer(request, 405)
    response.headers["Allow"] = allowed
    return response


def too_large(request: HttpRequest) -> HttpResponse:
    """413, for a form with a file beyond ``COMANDA_MAX_UPLOAD_MB``."""
    return _answer(request, 413)


def too_many(request: HttpRequest) -> HttpResponse:
    """429, for someone who guesses passwords, or whose neighbour does."""
    return _answer(request, 429)


def our_fault(request: HttpRequest) -> HttpResponse:
    """500, with nothing of the inside; asks the database nothing, which may be what failed."""
    return _answer(request, 500)


def forged(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403, for a form whose secret does not fit: it was kept open too long, or cookies are off."""
    del reason
    detail = _("This form could not be taken.")
    what_now = _(
        "The page was open for too long, or your browser sends no cookies. Load it again, then repeat."
    )
    return _page(request, 403, detail, what_now)


def _answer(request: HttpRequest, status: int) -> HttpResponse:
    if request.path.startswith("/api/"):
        body = {
            "type": "about:blank",
            "title": HTTPStatus(status).phrase,
            "status": status,
            "detail": _english(status),
        }
        return JsonResponse(body, status=status, content_type="application/problem+json")
    return _page(request, status, _DETAILS[status], _WHAT_NOW[status])


def _page(request: HttpRequest, status: int, detail: object, what_now: object) -> HttpResponse:
    if status == 400 or not request.accepts("text/html") or not request.headers.get("Accept"):
        said = f"{HTTPStatus(status).phrase}. {detail} {what_now}\n"
        return HttpResponse(said, status=status, content_type="text/plain; charset=utf-8")
    told = {"status": status, "title": _TITLES[status], "detail": detail, "what_now": what_now}
    if status == 500:
        return HttpResponse(render_to_string("errors/error.html", told), status=status)
    is_inside = request.user.is_authenticated
    return render(request, f"errors/{'inside' if is_inside else 'error'}.html", told, status=status)


def _english(status: int) -> str:
    """Programs read English, whoever runs them."""
    with override("en"):
        return str(_DETAILS[status])
