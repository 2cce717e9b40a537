"""Contacts as they are sent."""

from typing import Annotated, Self

from pydantic import ConfigDict, Field, model_validator

from comanda.api.rest.fields import Body, StoreKey, Text, wrong
from comanda.api.rest.people import FieldKey, FieldValue, Person
from comanda.records.contact_edits import DETAILS

Email = Annotated[str, Field(max_length=320, pattern=r"^$|^[^@\s\u0000]+@[^@\s\u0000]+$")]


class ContactBody(Person):
    """A person, as a store knows them: found by e-mail, the shop's customer id, or phone."""

    model_config = ConfigDict(
        json_schema_extra={
            "anyOf": [
                {"required": [name], "properties": {name: {"minLength": 1}}}
                for name in ("email", "phone", "customer_id")
            ]
        }
    )

    store: Annotated[StoreKey, Field(description="The store's key.")]
    email: Email = ""

    @model_validator(mode="after")
    def _is_someone(self) -> Self:
        if not (self.email or self.phone or self.customer_id):
            raise wrong("an email, a phone or a customer_id: something that tells who this is")
        return self


class ContactEdit(Body):
    """What is to be changed. What is left out stays; of ``fields``, null removes one."""

    email: Email = ""
    phone: Annotated[
        str, Field(pattern=r"^$|^\+[0-9 ()./-]{6,39}$", description="With its country code: +351912345678.")
    ] = ""
    first_name: Text = ""
    last_name: Text = ""
    company: Text = ""
    language: Text = ""
    fields: Annotated[
        dict[FieldKey, FieldValue | None],
        Field(max_length=100, json_schema_extra={"additionalProperties": False}),
    ] = {}

    def details(self) -> dict[str, str]:
        """The details that were sent."""
        return {name: getattr(self, name) for name in DETAILS if name in self.model_fields_set}
