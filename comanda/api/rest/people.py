"""A person, as orders, carts and contacts are sent with."""

from typing import Annotated

from pydantic import Field

from comanda.api.rest.fields import NO_NUL, Body, Instant, Name, Text
from comanda.shapes import ContactIn

MOST_WORDS = 30
_FIELD_KEY = r"^[a-z0-9_-]{1,64}$"

FieldKey = Annotated[str, Field(pattern=_FIELD_KEY)]
FieldValue = Annotated[str, Field(max_length=2000, pattern=NO_NUL)]
Fields = Annotated[
    dict[FieldKey, FieldValue], Field(max_length=100, json_schema_extra={"additionalProperties": False})
]
Names = Annotated[list[Name], Field(max_length=MOST_WORDS)]


class Person(Body):
    """Who bought. What identifies a person is normalised; what cannot be is left out, and said so."""

    email: Annotated[Text, Field(max_length=320)] = ""
    phone: Annotated[
        Text, Field(max_length=40, description="With country code, or as written in the store's country.")
    ] = ""
    customer_id: Annotated[Text, Field(max_length=255, description="The shop's own id of the customer.")] = ""
    first_name: Text = ""
    last_name: Text = ""
    company: Text = ""
    language: Text = ""
    accepts_marketing: Annotated[bool | None, Field(description="null: the source did not say.")] = None
    consent_at: Instant | None = None
    consent_source: Text = ""
    consent_proof: Text = ""
    tags: Annotated[Names, Field(default_factory=list)]
    lists: Annotated[Names, Field(default_factory=list)]
    fields: Annotated[Fields, Field(default_factory=dict)]
    updated_at: Instant | None = None

    def shape(self) -> ContactIn:
        """The shape that the door takes."""
        given = {name: getattr(self, name) for name in self.model_fields_set - {"store", "tags", "lists"}}
        return ContactIn(**given, tags=tuple(self.tags), lists=tuple(self.lists))
