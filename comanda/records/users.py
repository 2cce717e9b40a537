"""People who use Comanda: made, found, changed, let in no more. Each change is in the audit log."""

from allauth.mfa.models import Authenticator
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext

from comanda.lib import emails
from comanda.records import audit, links
from comanda.records.models import Purpose, Role, User


class LastOwner(ValueError):
    """What was asked would leave nobody who may do all."""

    def __init__(self) -> None:
        super().__init__(gettext("This is the last owner. Make someone else an owner first."))


def exist() -> bool:
    """Whether there is any user yet."""
    return bool(User.objects.exists())


def find(email: str) -> User | None:
    """The user who signs in with this address, however it is written."""
    try:
        found: User | None = User.objects.filter(email=emails.normalise(email)).first()
    except ValueError:
        return None
    return found


def create(email: str, name: str, role: Role, password: str) -> User:
    """A new user; raises ValueError, in words for a person, when the address or password will not do."""
    user = User(email=emails.normalise(email), name=name.strip(), role=Role(role))
    _set_password(user, password)
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError:
        raise _taken(user.email) from None
    return user


def change_password(user: User, password: str, *, by: str) -> None:
    """Sets a new password, which ends all sessions; raises ValueError when it will not do."""
    _set_password(user, password)
    user.save(update_fields=["password"])
    audit.note(by, "user.password", f"user {user.pk}")


def edit_profile(user: User, name: str, language: str, *, by: str) -> None:
    """Changes what someone is called, and the language that they read."""
    user.name, user.language = name.strip(), language
    user.save(update_fields=["name", "language"])
    audit.note(by, "user.profile", f"user {user.pk}", language=language)


def change_email(user: User, email: str, *, by: str) -> None:
    """Changes what someone signs in with; raises ValueError when it will not do, or is another's."""
    address = emails.normalise(email)
    try:
        with transaction.atomic():
            User.objects.filter(pk=user.pk).update(email=address)
            _void_links(user)
            audit.note(by, "user.email", f"user {user.pk}")
    except IntegrityError:
        raise _taken(address) from None
    user.email = address


def change_role(user_id: int, role: Role, *, by: str) -> User:
    """Changes what someone may do, from their next request on; raises LastOwner."""
    with transaction.atomic():
        user = _locked(user_id)
        if role != Role.OWNER:
            _keep_an_owner(user)
        before, user.role = user.role, role
        user.save(update_fields=["role"])
        audit.note(by, "user.role", f"user {user.pk}", before=before, after=role)
    return user


def deactivate(user_id: int, *, by: str) -> User:
    """Lets someone in no more, from their next request on; raises LastOwner."""
    with transaction.atomic():
        user = _locked(user_id)
        _keep_an_owner(user)
        user.is_active = False
        user.save(update_fields=["is_active"])
        _void_links(user)
        audit.note(by, "user.deactivate", f"user {user.pk}")
    return user


def reactivate(user_id: int, *, by: str) -> User:
    """Lets someone in again."""
    with transaction.atomic():
        user = _locked(user_id)
        user.is_active = True
        user.save(update_fields=["is_active"])
        audit.note(by, "user.reactivate", f"user {user.pk}")
    return user


def remove(user_id: int, *, by: str) -> User:
    """Removes someone; what they did stays, as do the API keys that they made. Raises LastOwner."""
    with transaction.atomic():
        user = _locked(user_id)
        _keep_an_owner(user)
        _void_links(user)
        audit.note(by, "user.remove", f"user {user.pk}", role=user.role)
        user.delete()
    return user


def drop_second_factor(user: User, *, by: str) -> int:
    """Takes away code, passkeys and recovery codes; how many there were."""
    with transaction.atomic():
        count, _ = Authenticator.objects.filter(user_id=user.pk).delete()
        if count:
            audit.note(by, "second_factor.drop", f"user {user.pk}")
    return int(count)


def _locked(user_id: int) -> User:
    """The user, changed by nobody else meanwhile; all owners with them, so that one of them always stays."""
    list(User.objects.select_for_update().filter(role=Role.OWNER).order_by("id"))
    user: User = User.objects.select_for_update().get(pk=user_id)
    return user


def _keep_an_owner(but: User) -> None:
    if but.role == Role.OWNER and but.is_active:
        others = User.objects.filter(role=Role.OWNER, is_active=True).exclude(pk=but.pk)
        if not others.exists():
            raise LastOwner


def _void_links(user: User) -> None:
    for purpose in (Purpose.RESET, Purpose.SIGN_IN):
        links.withdraw(purpose, user.email)


def _taken(email: str) -> ValueError:
    return ValueError(gettext("{email} is a user already.").format(email=email))


def _set_password(user: User, password: str) -> None:
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise ValueError(" ".join(error.messages)) from None
    user.set_password(password)


def speak(user_id: int, language: str) -> None:
    """Remembers the language that a user reads in: the code of one of ``settings.LANGUAGES``."""
    User.objects.filter(id=user_id).update(language=language)
