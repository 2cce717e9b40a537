"""What pages say of tags, and of lists: whole sentences for each."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from comanda.records import groups
from comanda.records.groups import Kind


@dataclass(frozen=True, slots=True)
class Words:
    """``plural`` is in the address, ``said`` are the sentences by what they are for."""

    kind: Kind
    plural: str
    icon: str
    said: Mapping[str, Promise]
    moved: Promise
    """How many contacts came to another one, after a merge."""


TAGS = Words(
    groups.TAGS,
    "tags",
    icon="tags",
    said={
        "title": _("Tags"),
        "new": _("New tag"),
        "name": _("Name of the tag"),
        "create": _("Add tag"),
        "empty_title": _("No tags yet"),
        "empty": _(
            "Tags are words that mark contacts, such as VIP or wholesale. Add the first one here and give it "
            "to contacts on their list, or bring a file with a column of tags."
        ),
        "empty_looking": _("Tags are words that mark contacts, such as VIP. There are none yet."),
        "rename": _("Rename"),
        "rename_help": _("Contacts keep the tag under its new name."),
        "merge": _("Merge into another tag"),
        "merge_help": _(
            "All contacts with this tag get the other one, nobody twice, and this one is gone. If a shop or "
            "a file sends this tag again, it comes back."
        ),
        "merge_none": _("There is no other tag to merge into."),
        "delete": _("Delete"),
        "delete_help": _(
            "The tag is taken off all its contacts; the contacts stay. If a shop or a file sends it again, "
            "it comes back."
        ),
        "delete_ask": _("Delete the tag “{name}” and take it off all its contacts?"),
        "merge_ask": _("Merge the tag “{name}” into the chosen one? It cannot be taken apart again."),
        "created": _("The tag “{name}” was added."),
        "renamed": _("The tag is called “{name}” now."),
        "deleted": _("The tag “{name}” was deleted."),
        "merged": _("The tag “{name}” was merged."),
        "goes_on": _("The tag “{name}” has many contacts: this goes on behind the scenes."),
        "taken": _("There is a tag with this name already. To put both together, merge them."),
    },
    moved=ngettext_lazy("{count} contact was moved.", "{count} contacts were moved."),
)
LISTS = Words(
    groups.LISTS,
    "lists",
    icon="list-details",
    said={
        "title": _("Lists"),
        "new": _("New list"),
        "name": _("Name of the list"),
        "create": _("Add list"),
        "empty_title": _("No lists yet"),
        "empty": _(
            "Lists hold the contacts that you write to, such as Newsletter. Add the first one here and put "
            "contacts on it, or give a store a list that its buyers join by themselves."
        ),
        "empty_looking": _("Lists hold the contacts that are written to. There are none yet."),
        "rename": _("Rename"),
        "rename_help": _("Contacts stay on the list under its new name."),
        "merge": _("Merge into another list"),
        "merge_help": _(
            "All contacts of this list join the other one, nobody twice, and this one is gone. Stores whose "
            "buyers join this list have them join the other."
        ),
        "merge_none": _("There is no other list to merge into."),
        "delete": _("Delete"),
        "delete_help": _(
            "All contacts leave the list; the contacts stay. Stores whose buyers join it have no list then."
        ),
        "delete_ask": _("Delete the list “{name}”? All its contacts leave it."),
        "merge_ask": _("Merge the list “{name}” into the chosen one? It cannot be taken apart again."),
        "created": _("The list “{name}” was added."),
        "renamed": _("The list is called “{name}” now."),
        "deleted": _("The list “{name}” was deleted."),
        "merged": _("The list “{name}” was merged."),
        "goes_on": _("The list “{name}” has many contacts: this goes on behind the scenes."),
        "taken": _("There is a list with this name already. To put both together, merge them."),
    },
    moved=ngettext_lazy("{count} contact was moved.", "{count} contacts were moved."),
)
