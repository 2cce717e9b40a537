"""What answers mean, how long to wait, and what the log of calls shows."""

import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest
import stamina

from comanda.connectors import oauth1, sentences
from comanda.connectors.budget import Budget
from comanda.connectors.errors import NeedsOwner, RetryLater, ShopError
from comanda.connectors.http import Answer, Call, Http, Policy, wait_of


@pytest.fixture(autouse=True)
def _no_waiting() -> Iterator[None]:
    with stamina.set_testing(True, attempts=3, cap=True):
        yield


@contextmanager
def asking(
    *answers: httpx.Response | Exception, policy: Policy | None = None
) -> Iterator[tuple[Http, list[Call]]]:
    """A client whose shop gives these answers in turn, the last for ever."""
    left = list(answers)
    calls: list[Call] = []

    def answer(request: httpx.Request) -> httpx.Response:
        found = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(found, Exception):
            raise found
        return found

    http = Http("https://shop.example/api", policy or Policy(rate=1e6, burst=1e6), httpx.MockTransport(answer), calls.append)  # fmt: skip # noqa: E501
    with closing(http):
        yield http, calls


@pytest.mark.parametrize(
    ("error", "said"),
    [
        ("[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: certificate has expired (_ssl.c:1006)",
         "The certificate of shop.example is not valid: it has expired."),
        ("[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: Hostname mismatch, certificate is not"
         " valid for 'shop.example'. (_ssl.c:1006)",
         "The certificate of shop.example is not valid: it is made out to another name."),
        ("[Errno 111] Connection refused", "shop.example could not be reached: it takes no connections."),
        ("[Errno 99] Odd", "shop.example could not be reached: [Errno 99] Odd."),
    ],
)  # fmt: skip
def test_why_a_shop_is_not_reached_is_said_in_words(error: str, said: str) -> None:
    with asking(httpx.ConnectError(error)) as (http, _), pytest.raises(ShopError) as told:
        http.get("orders")

    assert str(told.value).startswith(said)


@pytest.mark.parametrize(
    ("answer", "kind", "code"),
    [
        (httpx.Response(301, headers={"Location": "https://new.example"}), NeedsOwner, "moved"),
        (httpx.Response(401), NeedsOwner, "key_refused"),
        (httpx.Response(402), NeedsOwner, "unpaid"),
        (httpx.Response(403), NeedsOwner, "right_missing"),
        (httpx.Response(403, html="<html>blocked</html>"), NeedsOwner, "firewall"),
        (httpx.Response(404), NeedsOwner, "no_api"),
        (httpx.Response(429), RetryLater, "busy"),
        (httpx.Response(503, headers={"Retry-After": "3"}), RetryLater, "busy"),
        (httpx.Response(500), RetryLater, "down"),
        (httpx.Response(418), NeedsOwner, "odd_answer"),
        (httpx.ConnectTimeout("slow"), RetryLater, "timeout"),
        (httpx.ConnectError("refused"), RetryLater, "unreachable"),
        (httpx.ConnectError("[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: certificate has"
                            " expired (_ssl.c:1006)"), NeedsOwner, "tls"),
    ],
)  # fmt: skip
def test_an_answer_says_who_must_act(
    answer: httpx.Response | Exception, kind: type[ShopError], code: str
) -> None:
    with asking(answer) as (http, _), pytest.raises(kind) as told:
        http.get("orders")

    assert told.value.code == code
    assert str(told.value).strip().endswith((".", ")."))


def test_it_tries_again_and_goes_on() -> None:
    with asking(httpx.Response(500), httpx.Response(502), httpx.Response(200, json=[1])) as (http, calls):
        assert http.get("orders").json() == [1]

    assert [call.status for call in calls] == [500, 502, 200]


def test_what_writes_is_not_done_twice() -> None:
    with asking(httpx.Response(500), httpx.Response(200)) as (http, calls), pytest.raises(RetryLater):
        http.ask("POST", "webhooks", json={})

    assert len(calls) == 1


def test_an_answer_without_end_is_given_up() -> None:
    small = Policy(rate=1e6, burst=1e6, largest=1000)
    with (
        asking(httpx.Response(200, content=b"x" * 2000), policy=small) as (http, _),
        pytest.raises(RetryLater) as told,
    ):
        http.get("orders")

    assert told.value.code == "too_large"


def test_the_log_shows_no_secret() -> None:
    policy = Policy(rate=1e6, burst=1e6, secrets=("ws_key",))
    with asking(httpx.Response(200, json=[]), policy=policy) as (http, calls):
        http.get("orders", {"ws_key": "TOPSECRET", "limit": "5"}, {"Authorization": "Basic TOPSECRET"})

    assert "TOPSECRET" not in f"{calls}"
    assert "limit=5" in calls[0].url


@pytest.mark.parametrize(("said", "seconds"), [("7", 7.0), ("0", 0.0), ("-3", 0.0), ("soon", 5.0), ("", 5.0)])
def test_it_waits_as_long_as_the_shop_says(said: str, seconds: float) -> None:
    answer = Answer(429, httpx.Headers({"Retry-After": said}), b"", httpx.URL("https://shop.example"))

    assert wait_of(answer) == seconds


def test_it_waits_until_the_date_that_the_shop_says() -> None:
    until = format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)
    answer = Answer(503, httpx.Headers({"Retry-After": until}), b"", httpx.URL("https://shop.example"))

    assert 85 < wait_of(answer) <= 90


def test_a_clock_that_is_ahead_is_seen() -> None:
    ahead = format_datetime(datetime.now(UTC) + timedelta(minutes=10), usegmt=True)
    with asking(httpx.Response(200, json=[], headers={"Date": ahead})) as (http, _):
        http.get("orders")

        assert 595 < http.skew < 605


def test_every_sentence_can_be_said() -> None:
    for code, sentence in sentences.ALL.items():
        names = re.findall(r"%\((\w+)\)s", sentence.happened + sentence.mend)
        said = sentences.say(code, dict.fromkeys(names, "X"))
        assert "%" not in said, code


def test_a_budget_lets_so_many_through_a_second() -> None:
    now, slept = [100.0], []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        now[0] += seconds

    budget = Budget(2.0, 3.0, clock=lambda: now[0], sleep=sleep)
    for _ in range(7):
        budget.take()

    assert sum(slept) == pytest.approx(2.0)
    budget.hold(30)
    budget.take()
    assert now[0] == pytest.approx(132.0, abs=1.0)


def test_a_signature_is_that_of_the_standard() -> None:
    """The example of RFC 5849, section 3.4.1.1."""
    base = oauth1.base_string(
        "POST",
        "http://example.com/request",
        [
            ("b5", "=%3D"), ("a3", "a"), ("c@", ""), ("a2", "r b"),
            ("oauth_consumer_key", "9djdj82h48djs9d2"),
            ("oauth_token", "kkk9d7dh3k39sjv7"), ("oauth_signature_method", "HMAC-SHA1"),
            ("oauth_timestamp", "137131201"), ("oauth_nonce", "7d8f3e4a"), ("c2", ""), ("a3", "2 q"),
        ],
    )  # fmt: skip

    assert base == (
        "POST&http%3A%2F%2Fexample.com%2Frequest&a2%3Dr%2520b%26a3%3D2%2520q%26a3%3Da%26b5%3D%253D%25253D%26"
        "c%2540%3D%26c2%3D%26oauth_consumer_key%3D9djdj82h48djs9d2%26oauth_nonce%3D7d8f3e4a%26"
        "oauth_signature_method%3DHMAC-SHA1%26oauth_timestamp%3D137131201%26oauth_token%3Dkkk9d7dh3k39sjv7"
    )
