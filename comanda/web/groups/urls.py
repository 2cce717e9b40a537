"""Addresses of the pages of tags and lists."""

from django.urls import URLPattern, path

from comanda.web.groups import views
from comanda.web.groups.words import LISTS, TAGS, Words


def _of(words: Words) -> list[URLPattern]:
    given, noun = {"words": words}, words.kind.noun
    return [
        path(words.plural, views.show_all, given, name=words.plural),
        path(f"{words.plural}/counts", views.count, given, name=f"{noun}_counts"),
        path(f"{words.plural}/new", views.create, given, name=f"{noun}_new"),
        path(f"{words.plural}/<int:group_id>", views.show_one, given, name=noun),
        path(f"{words.plural}/<int:group_id>/rename", views.rename, given, name=f"{noun}_rename"),
        path(f"{words.plural}/<int:group_id>/merge", views.merge, given, name=f"{noun}_merge"),
        path(f"{words.plural}/<int:group_id>/delete", views.delete, given, name=f"{noun}_delete"),
    ]


urlpatterns = [*_of(TAGS), *_of(LISTS)]
