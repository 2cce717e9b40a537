"""Addresses of pages, and of what watches over the server."""

from django.urls import URLPattern, URLResolver, include, path

from comanda.web import health, pages

urlpatterns: list[URLPattern | URLResolver] = [
    path("", pages.home, name="home"),
    path("assets/comanda.css", pages.stylesheet, name="stylesheet"),
    path("", include("comanda.web.account.urls")),
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
]
