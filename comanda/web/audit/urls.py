"""Address of the audit log."""

from django.urls import URLPattern, path

from comanda.web.audit import views

urlpatterns: list[URLPattern] = [path("settings/audit", views.log, name="audit")]
