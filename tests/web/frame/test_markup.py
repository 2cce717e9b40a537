"""Text filled into HTML: escaped as Django escapes it, and HTML left as it is."""

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy
from hypothesis import given
from hypothesis import strategies as st

from comanda.web.frame.markup import filled, joined


@given(st.text(), st.text(), st.integers())
def test_it_fills_in_what_django_would(text: str, html: str, number: int) -> None:
    markup, parts = '<b title="{}">{}{}</b>', (text, SafeString(html), number)

    assert filled(markup, *parts) == format_html(markup, *parts)


def test_it_escapes_what_could_break_out() -> None:
    assert filled('<i title="{}">{}</i>', "\"'><script>", gettext_lazy("Orders")) == (
        '<i title="&quot;&#x27;&gt;&lt;script&gt;">Orders</i>'
    )


def test_pieces_stay_html() -> None:
    row = joined((filled("<td>{}</td>", each) for each in ("a", "<")), "\n")

    assert row == "<td>a</td>\n<td>&lt;</td>"
    assert isinstance(row, SafeString)
