"""The one Django app of the domain."""

from django.apps import AppConfig


class RecordsConfig(AppConfig):
    """Holds every model, so that one chain of migrations describes the database."""

    name = "comanda.records"
    label = "records"
    verbose_name = "Records"
