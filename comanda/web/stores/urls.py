"""Addresses of stores; no store has the key ``new``."""

from django.urls import URLPattern, path

from comanda.web.stores import views

urlpatterns: list[URLPattern] = [
    path("stores", views.store_list, name="stores"),
    path("stores/new/physical", views.new_store, name="new_physical_store"),
    path("stores/new/places", views.places, name="places"),
    path("stores/<str:key>", views.store, name="store"),
    path("stores/<str:key>/edit", views.edit_store, name="edit_store"),
    path("stores/<str:key>/archive", views.archive, name="archive_store"),
    path("stores/<str:key>/unarchive", views.unarchive, name="unarchive_store"),
    path("stores/<str:key>/delete", views.delete, name="delete_store"),
]
