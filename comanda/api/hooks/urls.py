"""The address to which shops send their webhooks."""

from django.urls import URLPattern, path

from comanda.api.hooks import views

urlpatterns: list[URLPattern] = [path("<str:key>/<str:secret>", views.receive, name="hook")]
