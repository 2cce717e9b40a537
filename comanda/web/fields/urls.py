"""Addresses of the pages of fields."""

from django.urls import path

from comanda.web.fields import views

urlpatterns = [
    path("fields", views.list_fields, name="fields"),
    path("fields/counts", views.count_values, name="field_counts"),
    path("fields/new", views.create_field, name="field_new"),
    path("fields/<int:field_id>", views.edit_field, name="field"),
    path("fields/<int:field_id>/count", views.count_one, name="field_count"),
    path("fields/<int:field_id>/delete", views.delete_field, name="field_delete"),
]
