"""Addresses of imports and of the wizard."""

from django.urls import URLPattern, path

from comanda.web.imports import steps, views

urlpatterns: list[URLPattern] = [
    path("imports", views.imports, name="imports"),
    path("imports/sample.csv", views.sample, name="import_sample"),
    path("imports/format", views.file_format, name="import_format"),
    path("imports/new", steps.new, name="import_new"),
    path("imports/new/<int:draft_id>", steps.file_columns, name="import_columns"),
    path("imports/new/<int:draft_id>/looking", steps.how_far_looked, name="import_looking"),
    path("imports/new/<int:draft_id>/weigh", steps.weigh, name="import_weigh"),
    path("imports/new/<int:draft_id>/look", steps.look_again, name="import_look"),
    path("imports/new/<int:draft_id>/trial", steps.trial, name="import_trial"),
    path("imports/new/<int:draft_id>/fix", steps.fix, name="import_fix"),
    path("imports/new/<int:draft_id>/words", steps.define_words, name="import_words"),
    path("imports/new/<int:draft_id>/start", steps.start, name="import_start"),
    path("imports/new/<int:draft_id>/discard", steps.discard, name="import_discard"),
    path("imports/<int:import_id>", views.one_import, name="import"),
    path("imports/<int:import_id>/progress", views.how_far, name="import_progress"),
    path("imports/<int:import_id>/rejects.csv", views.rejects, name="import_rejects"),
    path("imports/<int:import_id>/undo", views.take_back, name="import_undo"),
]
