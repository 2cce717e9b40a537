"""When a job that failed is brought up again."""

from typing import Any

import pytest
from procrastinate.jobs import Job

from comanda.ingest.csv_import import run, tasks
from comanda.jobs import leaving
from comanda.records import database

JOB: Any = Job(id=1, queue="imports", lock=None, queueing_lock=None, task_name="import.run")


@pytest.mark.parametrize(
    "error",
    [run.AlreadyRunning("x"), run.Stopped("x"), leaving.Leaving(), *(kind("gone") for kind in database.LOST)],
)
def test_it_is_brought_up_again_after_what_passes(error: BaseException) -> None:
    assert tasks.AGAIN.get_retry_decision(exception=error, job=JOB) is not None


def test_it_is_not_brought_up_again_after_a_bug_of_ours() -> None:
    assert tasks.AGAIN.get_retry_decision(exception=ZeroDivisionError(), job=JOB) is None
