"""Which URL calls which view."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/", include("comanda.api.urls")),
    path("hooks/", include("comanda.api.hooks.urls")),
    path("", include("comanda.web.urls")),
]
handler400 = "comanda.web.errors.bad_request"
handler429 = "comanda.web.errors.too_many"
handler404 = "comanda.web.errors.not_found"
handler500 = "comanda.web.errors.our_fault"
