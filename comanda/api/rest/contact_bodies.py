"""Contacts as they are sent."""

from typing import Annotated

from pydantic import ConfigDict, Field

from comanda.api.rest.fields import Body, StoreKey, Text
from comanda.api.rest.people import FieldKey, FieldValue, Person
from comanda.records.contact_edits import DETAILS


class ContactBody(Person):
    """A person, as a store knows them: found by e-mail, the shop's customer id, or phone."""

    model_config = ConfigDict(
        json_schema_extra={"anyOf": [{"required": [name]} for name in ("email", "phone", "customer_id")]}
    )

    store: Annotated[StoreKey, Field(description="The store's key.")]


class ContactEdit(Body):
    """What is to be changed. What is left out stays; of ``fields``, null removes one."""

    email: Annotated[Text, Field(max_length=320)] = ""
    phone: Annotated[Text, Field(max_length=40, description="With its country code: +351912345678.")] = ""
    first_name: Text = ""
    last_name: Text = ""
    company: Text = ""
    language: Text = ""
    fields: Annotated[dict[FieldKey, FieldValue | None], Field(max_length=100)] = {}

    def details(self) -> dict[str, str]:
        """The details that were sent."""
        return {name: getattr(self, name) for name in DETAILS if name in self.model_fields_set}
