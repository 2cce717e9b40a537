"""Addresses of API keys."""

from django.urls import URLPattern, path

from comanda.web.keys import views

urlpatterns: list[URLPattern] = [
    path("settings/keys", views.listing, name="keys"),
    path("settings/keys/new", views.create, name="new_key"),
    path("settings/keys/<int:key_id>/revoke", views.revoke, name="revoke_key"),
]
