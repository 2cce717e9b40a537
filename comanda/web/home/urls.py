"""Addresses of Home and its parts."""

from django.urls import URLPattern, path

from comanda.web.home import views

urlpatterns: list[URLPattern] = [
    path("", views.home, name="home"),
    path("home/latest", views.latest_orders, name="latest_orders"),
    path("home/imports", views.imports_state, name="imports_state"),
    path("home/people", views.see_people, name="see_people"),
]
