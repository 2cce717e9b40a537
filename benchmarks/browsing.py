"""Pages asked for within this process, with all that the server does for them but the network."""

import time
from collections.abc import Iterator, Mapping, Sequence

from django.conf import settings
from django.db import connection
from django.test import Client

from benchmarks.measure import Measure, figure
from comanda.lib import garbage
from comanda.records.models import Role, User

GOAL = 100
_ROUNDS, _QUICK_ROUNDS = 3, 1


def measure(
    pages: Mapping[str, Sequence[str]], frame: str, quick: bool, goal: int = GOAL
) -> Iterator[Measure]:
    """What each group of pages takes; the floor is a page that has nothing but the frame."""
    client, rounds = _signed_in(), _QUICK_ROUNDS if quick else _ROUNDS
    client.get("/")
    with garbage.settled():  # as the server does
        floor = _p95(client, [frame], _ROUNDS)
        found = {what: _p95(client, paths, rounds) for what, paths in pages.items()}
    for what, took in found.items():
        yield figure(f"{what}: 95 of 100 within", took, "ms", floor, f"≤ {goal} ms of server", took <= goal)


def spread(table: str, count: int) -> list[int]:
    """Ids from the first to the last."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT max(id) FROM {table}")
        ((most,),) = cursor.fetchall()
    return [1 + most * step // count for step in range(count)]


def _signed_in() -> Client:
    if "testserver" not in settings.ALLOWED_HOSTS:
        settings.ALLOWED_HOSTS.append("testserver")
    user, _ = User.objects.get_or_create(email="bench@example.com", defaults={"role": Role.OWNER})
    client = Client(headers={"accept": "text/html"})
    client.force_login(user)
    return client


def _p95(client: Client, paths: Sequence[str], rounds: int) -> float:
    """Milliseconds within which 95 of 100 answers are there; the first answer of each page does not count."""
    for path in paths:
        _took(client, path)
    times = sorted(_took(client, path) for path in paths for _ in range(rounds))
    return times[min(int(len(times) * 0.95), len(times) - 1)]


def _took(client: Client, path: str) -> float:
    started = time.perf_counter()
    answer = client.get(path)
    took = (time.perf_counter() - started) * 1000
    if answer.status_code != 200:
        raise SystemExit(f"{path} answered {answer.status_code}")
    return took
