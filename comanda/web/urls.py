"""Addresses of pages, and of what watches over the server. Each area of the screens has its own list."""

from django.urls import URLPattern, URLResolver, include, path

from comanda.web import health
from comanda.web.frame import language

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("comanda.web.home.urls")),
    path("language", language.choose, name="language"),
    path("", include("comanda.web.account.urls")),
    path("", include("comanda.web.team.urls")),
    path("", include("comanda.web.keys.urls")),
    path("", include("comanda.web.audit.urls")),
    path("", include("comanda.web.imports.urls")),
    path("", include("comanda.web.contacts.urls")),
    path("", include("comanda.web.search.urls")),
    path("", include("comanda.web.orders.urls")),
    path("", include("comanda.web.products.urls")),
    path("", include("comanda.web.groups.urls")),
    path("", include("comanda.web.fields.urls")),
    path("", include("comanda.web.shops.urls")),
    path("", include("comanda.web.stores.urls")),
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
]
