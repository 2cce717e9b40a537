"""What deeds of the audit log are called."""

import re
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

ACTIONS: dict[str, Promise] = {
    "backup": _("Wrote a backup"),
    "contact.consent": _("Wrote down whether a contact accepts marketing"),
    "contact.edit": _("Edited a contact"),
    "contact.erase": _("Erased a person"),
    "contact.export": _("Exported all that is known of a person"),
    "contact.join": _("Put contacts on a list"),
    "contact.leave": _("Took contacts off a list"),
    "contact.tag": _("Tagged contacts"),
    "contact.untag": _("Took a tag off contacts"),
    "contacts.export": _("Exported contacts as a file"),
    "field.create": _("Made a field"),
    "field.delete": _("Deleted a field"),
    "field.edit": _("Edited a field"),
    "import.discard": _("Threw an uploaded file away"),
    "import.start": _("Started an import"),
    "import.undo": _("Took an import back"),
    "import.upload": _("Uploaded a file"),
    "key.create": _("Made an API key"),
    "key.revoke": _("Revoked an API key"),
    "list.create": _("Made a list"),
    "list.delete": _("Deleted a list"),
    "list.merge": _("Merged a list into another"),
    "list.rename": _("Renamed a list"),
    "orders.export": _("Exported orders as a file"),
    "passkey.add": _("Added a passkey"),
    "passkey.remove": _("Removed a passkey"),
    "privacy.erase": _("Had a person erased, as asked through the shop"),
    "privacy.erase_shop": _("Had all of a shop erased"),
    "privacy.export": _("Asked what is known of a person"),
    "recovery_codes.make": _("Made new recovery codes"),
    "restore": _("Restored a backup"),
    "second_factor.add": _("Switched codes of an app on"),
    "second_factor.drop": _("Took away someone's second factor"),
    "second_factor.remove": _("Switched codes of an app off"),
    "session.end": _("Signed out elsewhere"),
    "store.add": _("Added a store"),
    "store.archive": _("Archived a store"),
    "store.compare": _("Had a day compared with the shop"),
    "store.connect": _("Connected a store with its shop"),
    "store.disconnect": _("Disconnected a store from its shop"),
    "store.delete": _("Deleted a store"),
    "store.edit": _("Edited a store"),
    "store.pause": _("Paused the sync of a store"),
    "store.replay": _("Had payloads tried again"),
    "store.resume": _("Switched the sync of a store on"),
    "store.settings": _("Changed the settings of a store's sync"),
    "store.statuses": _("Changed which status a shop's words mean"),
    "store.sync": _("Had a store synced"),
    "store.unarchive": _("Took a store into use again"),
    "tag.create": _("Made a tag"),
    "tag.delete": _("Deleted a tag"),
    "tag.merge": _("Merged a tag into another"),
    "tag.rename": _("Renamed a tag"),
    "user.create": _("Became a user, or made one"),
    "user.deactivate": _("Deactivated a user"),
    "user.email": _("Changed an e-mail address"),
    "user.invite": _("Invited someone"),
    "user.link": _("Made a one-time link"),
    "user.password": _("Changed a password"),
    "user.profile": _("Changed a profile"),
    "user.reactivate": _("Reactivated a user"),
    "user.remove": _("Removed a user"),
    "user.role": _("Changed a role"),
    "user.sign_in": _("Signed in"),
    "user.sign_in_failed": _("Failed to sign in"),
    "user.sign_out": _("Signed out"),
    "user.uninvite": _("Took an invitation back"),
}
"""Action → what it is called, as what its actor did; one that is not here is shown as it is written."""

_NAMED: dict[str, Promise] = {
    "command line": _("Command line"),
    "stranger": _("Someone not signed in"),
}
"""Actors that are nobody in particular."""

_PAGES = {
    "contact": "/contacts/{}", "store": "/stores/{}", "import": "/imports/{}", "user": "/settings/users/{}",
    "order": "/orders/{}", "product": "/products/{}", "tag": "/tags/{}", "list": "/lists/{}",
    "field": "/fields/{}",
}  # fmt: skip
_SEVERAL: dict[str, Promise] = {
    "contacts": _("Contacts"),
    "orders": _("Orders"),
    "nobody here is meant": _("Nobody here is meant"),
}
"""Targets that are no single thing."""

_TARGETS: dict[str, Promise] = {
    "contact": _("Contact {which}"),
    "draft": _("Uploaded file {which}"),
    "field": _("Field {which}"),
    "import": _("Import {which}"),
    "key": _("Key {number}"),
    "link": _("One-time link {which}"),
    "list": _("List {which}"),
    "store": _("Store {which}"),
    "tag": _("Tag {which}"),
    "user": _("User {number}"),
}
"""Kind of what was touched → what it is called; what is not here, such as a file, is shown as written."""


def action(written: str) -> str:
    """What a deed is called."""
    return str(ACTIONS.get(written, written))


def target(written: str) -> str:
    """What was touched, as people call it: ``contact 5`` → ``Contact 5``."""
    kind, _space, which = written.partition(" ")
    called = _SEVERAL.get(written) or (_TARGETS.get(kind) if which else None)
    return str(called).format(which=which, number=which) if called else written


def who(actor: str) -> tuple[str, str]:
    """What an actor is called, and what it is: ``user 3 (ana@example.com)`` → the address, ``User 3``."""
    if actor in _NAMED:
        return str(_NAMED[actor]), ""
    if actor.startswith("shop "):
        return actor.removeprefix("shop "), gettext("The shop itself")
    found = re.fullmatch(r"(user|key) (\d+) \((.*)\)", actor, re.S)
    if found is None:
        return actor, ""
    kind = gettext("User {number}") if found[1] == "user" else gettext("Key {number}")
    return found[3], kind.format(number=found[2])


def page_of(target: str) -> str:
    """Where more is told of what was touched: ``contact 5`` → ``/contacts/5``; "" where nowhere."""
    kind, _space, which = target.partition(" ")
    return _PAGES[kind].format(which) if kind in _PAGES and which and "/" not in which else ""


def details(kept: dict[str, Any]) -> str:
    """What is kept of a deed, in one line; names are those of the columns and settings."""
    return " · ".join(
        f"{name}: {_written(value)}" for name, value in kept.items() if value not in ("", [], None)
    )


def _written(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
