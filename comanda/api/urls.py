"""Addresses below ``/api``."""

from django.urls import URLPattern, re_path

from comanda.api import framing
from comanda.api.rest.api import api

urlpatterns: list[URLPattern] = [
    *framing.framed("v1/", api.urls[0]),
    re_path("", framing.nothing_here),
]
