"""Links that open one thing once: the first user's, an invitation, a new password."""

from django.db import models

from . import columns
from .user import Role


class Purpose(models.TextChoices):
    """What a one-time link opens."""

    OWNER = "owner"
    INVITE = "invite"
    RESET = "reset"
    SIGN_IN = "sign_in"


class OneTimeLink(models.Model):
    """A link, of which only the SHA-256 of its token is kept; ``email`` is "" for the first user's."""

    digest = models.BinaryField(unique=True)
    purpose = columns.status(Purpose.choices)
    email = models.EmailField(max_length=320, blank=True, default="")
    role = columns.status(Role.choices, default=Role.OWNER)
    made_by = columns.text()
    created_at = columns.stamp()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "one_time_link"
        indexes = [models.Index(fields=["email", "purpose"], name="one_time_link_whose")]
