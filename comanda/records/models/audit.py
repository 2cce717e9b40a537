"""Who did what: kept apart from activity, which is about contacts."""

from django.db import models

from . import columns


class AuditEntry(models.Model):
    """One deed of a user, a key or the command line."""

    at = columns.stamp()
    actor = columns.text()
    action = columns.text()
    target = columns.text()
    detail = models.JSONField(default=dict)

    class Meta:
        db_table = "audit_entry"
        indexes = [
            models.Index(fields=["-at", "-id"], name="audit_entry_latest"),
            models.Index(fields=["actor", "-at", "-id"], name="audit_entry_by_actor"),
            models.Index(fields=["action", "-at", "-id"], name="audit_entry_by_action"),
        ]
