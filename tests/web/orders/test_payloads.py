"""Payloads laid out for reading."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comanda.web.orders import payloads

NUMBERS = st.integers() | st.floats(allow_nan=False, allow_infinity=False)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"a":1.50,"b":[]}', '{\n  "a": 1.50,\n  "b": []\n}'),
        ('[{"x":"a,b:{\\"}"}, { } ]', '[\n  {\n    "x": "a,b:{\\"}"\n  },\n  {}\n]'),
        ('"\\\\"', '"\\\\"'),
        ("12", "12"),
    ],
)
def test_it_gives_each_thing_a_line(text: str, expected: str) -> None:
    assert payloads.lay_out(text) == expected


@given(VALUES, st.sampled_from([None, 1, "\t"]))
def test_it_changes_only_the_space_between(value: object, indent: int | str | None) -> None:
    laid_out = payloads.lay_out(json.dumps(value, indent=indent))

    assert json.loads(laid_out) == value
