"""What an import may be told with its file."""

from typing import Annotated, Any

from pydantic import Field, ValidationError

from comanda.api import faults, problems, reading
from comanda.api.rest.fields import NO_NUL, Body, Flag, Reads, StoreKey, choice, wrong
from comanda.api.rest.uploads import MULTIPART, PART
from comanda.ingest.csv_import import dialect
from comanda.ingest.csv_import.encoding import CODECS
from comanda.ingest.csv_import.fields import FIELDS

_LONGEST_VALUE = 1000


def _texts(value: Any) -> dict[str, str]:
    try:
        said = reading.decode(value)
    except reading.Malformed as error:
        raise wrong(f"a JSON object as text, and it is not JSON: {error}") from None
    if not isinstance(said, dict):
        raise wrong("a JSON object of texts")
    for name, text in said.items():
        if name not in FIELDS:
            raise wrong(f"fields of the order CSV, and {name[:100]!r} is none: there are {', '.join(FIELDS)}")
        if not _is_plain(text):
            raise wrong(f"text of at most {_LONGEST_VALUE} characters for {name}")
    return said


def _is_plain(text: Any) -> bool:
    return (
        isinstance(text, str)
        and len(text) <= _LONGEST_VALUE
        and "\0" not in text
        and text == text.encode("utf-8", "replace").decode()
    )


_TEXTS = Reads(
    _texts,
    {
        "type": "object",
        "propertyNames": {"enum": list(FIELDS)},
        "additionalProperties": {"type": "string", "maxLength": _LONGEST_VALUE, "pattern": NO_NUL},
    },
)
_DELIMITERS = {**{mark: mark for mark in dialect.DELIMITERS}, **dialect.NAMES}


class ImportForm(Body):
    """The fields beside the file. What is not said is found out from the file."""

    store: Annotated[StoreKey, Field(description="The key of the store that the orders are of.")]
    dry_run: Annotated[Flag, Field(description="true: write nothing, tell what would be.")] = False
    mapping: Annotated[
        dict[str, str], _TEXTS, Field(description="JSON object: field of the order CSV → header in the file.")
    ] = {}
    constants: Annotated[
        dict[str, str],
        _TEXTS,
        Field(description="JSON object: field of the order CSV → one value for all rows."),
    ] = {}
    delimiter: Annotated[
        str | None,
        choice(frozenset(_DELIMITERS), "one of , ; | tab"),
        Field(description="What parts the columns."),
    ] = None
    encoding: Annotated[
        str | None,
        choice(frozenset(CODECS), f"one of {', '.join(CODECS)}"),
        Field(description="The text encoding."),
    ] = None
    decimal: Annotated[
        str | None,
        choice(frozenset({".", ","}), "a point or a comma"),
        Field(description="The decimal mark."),
    ] = None
    date_order: Annotated[
        str | None,
        choice(frozenset({"dmy", "mdy"}), "dmy or mdy"),
        Field(description="Where dates like 03/04/2026 do not tell."),
    ] = None

    def options(self) -> dict[str, Any]:
        """As an import takes them."""
        return self.model_dump(exclude={"store", "dry_run"}, exclude_none=True)


def read(fields: dict[str, str]) -> ImportForm:
    """The form; raises ApiProblem (422)."""
    try:
        return ImportForm.model_validate(fields)
    except ValidationError as error:
        found = [{**each, "loc": ("form", *each["loc"])} for each in error.errors()]
        raise problems.unfit([faults.fault(each) for each in found]) from None


def described() -> dict[str, Any]:
    """The request body for the API's description."""
    schema = ImportForm.model_json_schema()
    file = {
        "type": "string",
        "format": "binary",
        "description": "A .csv, .csv.gz, .csv.zst or .zip with one CSV.",
    }
    schema["properties"] = {PART: file, **schema["properties"]}
    schema["required"] = [PART, *schema["required"]]
    return {"required": True, "content": {MULTIPART: {"schema": schema}}}
