"""People who use Comanda, and what each may do."""

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from . import columns


class Role(models.TextChoices):
    """What a user or key may do at most; ``records.access`` spells each role out."""

    OWNER = "owner"
    MARKETER = "marketer"
    VIEWER = "viewer"


class UserManager(BaseUserManager):  # type: ignore[type-arg]  # not subscriptable when run
    """Finds users by their normalised e-mail."""

    def get_by_natural_key(self, username: str | None) -> "User":
        user: User = self.get(email=(username or "").strip().lower())
        return user


class User(AbstractBaseUser):
    """Someone who signs in, by e-mail."""

    email = models.EmailField(unique=True, max_length=320)
    name = columns.text()
    role = columns.status(Role.choices, default=Role.VIEWER)
    language = models.CharField(max_length=8, default="en")
    is_active = models.BooleanField(default=True)
    created_at = columns.stamp()

    USERNAME_FIELD = "email"
    objects: Any = UserManager()

    class Meta:
        db_table = "app_user"

    def __str__(self) -> str:
        return self.name or self.email
