"""What a one-time link opens: the first user, an invited one, a new password, a session."""

from django.db import transaction
from django.utils.translation import gettext

from comanda.lib import emails
from comanda.records import access, audit, database, links, users
from comanda.records.links import LinkSpent
from comanda.records.models import OneTimeLink, Purpose, Role, User

_ALONE = "LOCK TABLE app_user IN SHARE ROW EXCLUSIVE MODE"


def first_owner_link(*, by: str) -> str:
    """The token of a link by which the first user is made, who may do all."""
    return links.make(Purpose.OWNER, by=by)[1]


def find(token: str) -> OneTimeLink | None:
    """The link with this token, if it opens something: the first user's does only while there is none."""
    link = links.find(token)
    return None if link and link.purpose == Purpose.OWNER and users.exist() else link


def invite(email: str, role: Role, *, by: str) -> tuple[OneTimeLink, str]:
    """A link by which someone becomes a user; raises ValueError when the address is none, or a user's."""
    address = emails.normalise(email)
    if users.find(address):
        raise ValueError(gettext("{email} is a user already.").format(email=address))
    with transaction.atomic():
        made, token = links.make(Purpose.INVITE, address, role, by=by)
        audit.note(by, "user.invite", f"link {made.pk}", role=role)
    return made, token


def uninvite(link: OneTimeLink, *, by: str) -> bool:
    """Takes an invitation back; False when it opened nothing any more."""
    with transaction.atomic():
        was_open = links.withdraw(Purpose.INVITE, link.email)
        if was_open:
            audit.note(by, "user.uninvite", f"link {link.pk}")
    return was_open


def reset_link(user: User, *, by: str) -> str:
    """The token of a link by which someone sets a new password."""
    with transaction.atomic():
        made, token = links.make(Purpose.RESET, user.email, Role(user.role), by=by)
        audit.note(by, "user.link", f"user {user.pk}", link=made.pk)
    return token


def sign_in_link(user: User, *, by: str) -> str:
    """The token of a link that signs someone in."""
    with transaction.atomic():
        made, token = links.make(Purpose.SIGN_IN, user.email, Role(user.role), by=by)
        audit.note(by, "user.link", f"user {user.pk}", link=made.pk)
    return token


def make_owner(token: str, email: str, name: str, password: str) -> User:
    """The first user; raises LinkSpent when there is one already, ValueError when something will not do."""
    with transaction.atomic():
        link = _spent(token, Purpose.OWNER)
        with database.cursor() as cursor:
            cursor.execute(_ALONE)
        if users.exist():
            raise LinkSpent
        return _made(link, email, name, password)


def join(token: str, name: str, password: str) -> User:
    """The user who was invited; raises LinkSpent, or ValueError when something will not do."""
    with transaction.atomic():
        link = _spent(token, Purpose.INVITE)
        return _made(link, link.email, name, password)


def set_password(token: str, password: str) -> User:
    """The user, with a new password; raises LinkSpent, or ValueError when the password will not do."""
    with transaction.atomic():
        user = _whose(_spent(token, Purpose.RESET))
        users.change_password(user, password, by=access.of_user(user).actor)
    return user


def sign_in(token: str) -> User:
    """The user whom the link signs in; raises LinkSpent."""
    with transaction.atomic():
        return _whose(_spent(token, Purpose.SIGN_IN))


def _spent(token: str, purpose: Purpose) -> OneTimeLink:
    link = links.spend(token)
    if link.purpose != purpose:
        raise LinkSpent
    return link


def _whose(link: OneTimeLink) -> User:
    user = users.find(link.email)
    if user is None or not user.is_active:
        raise LinkSpent
    return user


def _made(link: OneTimeLink, email: str, name: str, password: str) -> User:
    user = users.create(email, name, Role(link.role), password)
    audit.note(access.of_user(user).actor, "user.create", f"user {user.pk}", role=user.role, link=link.pk)
    return user
