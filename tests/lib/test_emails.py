import pytest
from email_validator import EmailNotValidError, validate_email
from hypothesis import given
from hypothesis import strategies as st

from comanda.lib import emails


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("maria@example.com", "maria@example.com"),
        ("  Maria.Silva+Loja@Example.COM\n", "maria.silva+loja@example.com"),
        ("João@exemplo.com.br", "joão@exemplo.com.br"),
        ("Joa\u0303o@exemplo.com.br", "joão@exemplo.com.br"),
        ("ana@exämple.com", "ana@xn--exmple-cua.com"),
        ("ana@XN--EXMPLE-CUA.com", "ana@xn--exmple-cua.com"),
        ("o'neill@example.ie", "o'neill@example.ie"),
        ("a@shop.test", "a@shop.test"),
    ],
)
def test_it_writes_an_address_in_one_way(text: str, address: str) -> None:
    assert emails.normalise(text) == address
    assert emails.normalise(address) == address


@pytest.mark.parametrize(
    "text",
    [
        "",
        "@",
        "maria",
        "maria@",
        "@example.com",
        "maria@example",
        "a@b@example.com",
        "a..b@example.com",
        ".a@example.com",
        "a.@example.com",
        "a b@example.com",
        "Maria <maria@example.com>",
        "a@-example.com",
        "a@example-.com",
        "a@exa_mple.com",
        "a@127.0.0.1",
        "a@[127.0.0.1]",
        "a@printer.local",
        "a@nowhere.invalid",
        "a@localhost",
        "a" * 65 + "@example.com",
        "a@" + "b" * 64 + ".com",
        "a@" + "b." * 130 + "com",
        "a\0@example.com",
        "a@example.com, b@example.com",
    ],
)
def test_it_says_why_something_is_no_address(text: str) -> None:
    with pytest.raises(ValueError, match=r"\w.*\.$"):
        emails.normalise(text)


LETTERS = st.text(alphabet="abzAZ09._+-@é", min_size=1, max_size=12)


@given(LETTERS, LETTERS, st.sampled_from(["com", "c", "c0m", "test", "local", "invalid", "xn--p1ai", "br"]))
def test_it_agrees_with_the_validator_where_it_takes_the_short_way(
    local: str, domain: str, last: str
) -> None:
    text = f"{local}@{domain}.{last}".lower()
    try:
        found = validate_email(text, check_deliverability=False, test_environment=True, strict=True)
        expected = f"{found.local_part}@{found.ascii_domain}"
    except EmailNotValidError:
        expected = None
    try:
        assert emails.normalise(text) == expected
    except ValueError:
        assert expected is None


@given(st.text(max_size=60))
def test_it_is_settled_after_one_go(text: str) -> None:
    try:
        address = emails.normalise(text)
    except ValueError:
        return
    assert emails.normalise(address) == address
