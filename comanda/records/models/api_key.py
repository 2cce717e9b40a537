"""Keys by which programs reach the API, and what they asked once and may not ask twice."""

from django.db import models

from . import columns
from .user import Role, User


class ApiKey(models.Model):
    """A key, of which only the SHA-256 is kept: the key itself is shown once."""

    name = columns.text()
    prefix = models.CharField(max_length=16)
    digest = models.BinaryField(unique=True)
    role = columns.status(Role.choices, default=Role.VIEWER)
    scopes = columns.words()
    created_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL)
    created_at = columns.stamp()
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)
    rate_per_minute = models.PositiveIntegerField(null=True)

    class Meta:
        db_table = "api_key"


class IdempotentRequest(models.Model):
    """A POST that carried an ``Idempotency-Key``, with its answer once there is one."""

    api_key = models.ForeignKey(ApiKey, on_delete=models.CASCADE)
    key = models.CharField(max_length=255)
    fingerprint = models.BinaryField()
    status = models.PositiveSmallIntegerField(null=True)
    content_type = columns.text()
    body = models.BinaryField(default=b"")
    created_at = columns.stamp()

    class Meta:
        db_table = "idempotent_request"
        constraints = [models.UniqueConstraint(fields=["api_key", "key"], name="idempotent_request_once")]
