"""Files that someone is about to bring in, and has not yet."""

from django.db import models

from . import columns
from .imports import Import
from .store import Store


class ImportDraft(models.Model):
    """An uploaded file on its way to being an import.

    ``seen`` is what the file shows, ``refusal`` why it cannot be looked into (codes and places); both are
    empty until it was looked at. ``look`` counts the times that this was asked for: an older look that comes
    late is passed over. ``options`` are what a person chose, of ``imports.OPTIONS``. ``rehearsal`` is the dry
    run of these choices and ``preview`` the first orders as they would be.
    """

    store = models.ForeignKey(Store, on_delete=models.CASCADE)
    file_name = columns.text()
    file_path = columns.text()
    file_digest = columns.text()
    file_size = models.BigIntegerField(default=0)
    look = models.IntegerField(default=1)
    seen = models.JSONField(default=dict)
    refusal = models.JSONField(default=list)
    options = models.JSONField(default=dict)
    rehearsal = models.ForeignKey(Import, null=True, on_delete=models.SET_NULL)
    preview = models.JSONField(default=list)
    created_by = columns.text()
    created_at = columns.stamp()
    changed_at = columns.stamp()

    class Meta:
        db_table = "import_draft"
