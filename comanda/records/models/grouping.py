"""Ways to group and describe contacts: lists, tags and fields."""

from django.db import models

from . import columns
from .contact import Contact


class List(models.Model):
    """A list of contacts; ``label`` names the integration that keeps it, if one does."""

    name = models.CharField(max_length=200, unique=True)
    label = columns.text()
    created_at = columns.stamp()

    class Meta:
        db_table = "list"


class ListMember(models.Model):
    """A contact on a list."""

    pk = models.CompositePrimaryKey("list_id", "contact_id")
    list = models.ForeignKey(List, on_delete=models.CASCADE, db_index=False)
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE)
    joined_at = columns.stamp()

    class Meta:
        db_table = "list_member"


class Tag(models.Model):
    """A word that marks contacts."""

    name = models.CharField(max_length=200, unique=True)
    created_at = columns.stamp()

    class Meta:
        db_table = "tag"


class ContactTag(models.Model):
    """A tag on a contact."""

    pk = models.CompositePrimaryKey("tag_id", "contact_id")
    tag = models.ForeignKey(Tag, on_delete=models.CASCADE, db_index=False)
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE)
    tagged_at = columns.stamp()

    class Meta:
        db_table = "contact_tag"


class FieldKind(models.TextChoices):
    """What a field's values are; they are kept as text all the same."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    YES_NO = "yes_no"


class Field(models.Model):
    """A thing that can be known of each contact; values lie in ``Contact.fields``."""

    key = models.SlugField(unique=True, max_length=64)
    name = columns.text()
    kind = columns.status(FieldKind.choices, default=FieldKind.TEXT)
    created_at = columns.stamp()

    class Meta:
        db_table = "field"
