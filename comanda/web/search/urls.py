"""Address of the search."""

from django.urls import URLPattern, path

from comanda.web.search import views

urlpatterns: list[URLPattern] = [path("search", views.find, name="search")]
