"""People who use Comanda: made, changed, let in."""

from django.contrib.auth.password_validation import (
    CommonPasswordValidator,
    MinimumLengthValidator,
    NumericPasswordValidator,
    validate_password,
)
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from comanda.lib import emails
from comanda.records.models import Role, User

_RULES = (MinimumLengthValidator(10), CommonPasswordValidator(), NumericPasswordValidator())


def create(email: str, name: str, role: Role, password: str) -> User:
    """A new user; raises ValueError, in words for a person, when the address or password will not do."""
    user = User(email=emails.normalise(email), name=name.strip(), role=Role(role))
    _set_password(user, password)
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError:
        raise ValueError(f"{user.email} is a user already") from None
    return user


def change_password(email: str, password: str) -> User:
    """Sets a new password; raises ValueError when there is no such user or the password will not do."""
    user: User | None = User.objects.filter(email=emails.normalise(email)).first()
    if user is None:
        raise ValueError(f"{email} is no user")
    _set_password(user, password)
    user.save(update_fields=["password"])
    return user


def _set_password(user: User, password: str) -> None:
    try:
        validate_password(password, user, _RULES)
    except ValidationError as error:
        raise ValueError(" ".join(error.messages)) from None
    user.set_password(password)
