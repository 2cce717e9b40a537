"""What people are told when a page is not there, or fails; programs below ``/api`` are told as problems."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, JsonResponse

_DETAILS = {
    400: "The request cannot be read.",
    404: "There is nothing at this address.",
    500: "Something went wrong here, and it was noted.",
}


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400, for a host name under which we do not answer among others."""
    return _answer(request, 400)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404."""
    return _answer(request, 404)


def our_fault(request: HttpRequest) -> HttpResponse:
    """500, with nothing of the inside."""
    return _answer(request, 500)


def _answer(request: HttpRequest, status: int) -> HttpResponse:
    title = HTTPStatus(status).phrase
    if request.path.startswith("/api/"):
        body = {"type": "about:blank", "title": title, "status": status, "detail": _DETAILS[status]}
        return JsonResponse(body, status=status, content_type="application/problem+json")
    return HttpResponse(
        f"{title}. {_DETAILS[status]}\n", status=status, content_type="text/plain; charset=utf-8"
    )
