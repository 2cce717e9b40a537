"""What fields are called, and how their values are read."""

import pytest
from django.utils import translation

from comanda.records.models import Field, FieldKind
from comanda.web.fields import words


@pytest.mark.parametrize(
    ("field", "called"),
    [
        (Field(key="last_order", name="Last order"), "Último pedido"),
        (Field(key="last_order", name="Quando comprou"), "Quando comprou"),
        (Field(key="shoe_size", name="Last order"), "Last order"),
        (Field(key="shoe_size", name=""), "shoe_size"),
    ],
)
def test_it_calls_fields_that_came_by_themselves_in_the_readers_language(field: Field, called: str) -> None:
    with translation.override("pt-br"):
        assert words.name(field) == called


@pytest.mark.parametrize(
    ("kind", "text", "read"),
    [
        (FieldKind.DATE, "2026-11-24", "24 de nov. de 2026"),
        (FieldKind.DATE, "amanhã", "amanhã"),
        (FieldKind.YES_NO, "yes", "Sim"),
        (FieldKind.YES_NO, "talvez", "talvez"),
        (FieldKind.NUMBER, "77", "77"),
        (None, "2026-11-24", "2026-11-24"),
    ],
)
def test_it_reads_values_by_their_kind(kind: FieldKind | None, text: str, read: str) -> None:
    field = Field(key="any", kind=kind) if kind else None

    with translation.override("pt-br"):
        assert words.value(field, text) == read
