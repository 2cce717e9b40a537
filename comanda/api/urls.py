"""Addresses below ``/api``."""

from django.urls import URLPattern, path, re_path

from comanda.api import docs, framing
from comanda.api.rest.api import api

urlpatterns: list[URLPattern] = [
    path("docs", framing.frame("docs", docs.page), name="api-docs"),
    path("v1/openapi.json", framing.frame("v1/openapi.json", docs.openapi), name="openapi"),
    *framing.framed("v1/", api.urls[0]),
    re_path("", framing.nothing_here),
]
