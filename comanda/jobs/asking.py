"""Jobs asked for once, however often someone asks."""

from django.db import transaction
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.jobs import JobDeferrer
from procrastinate.types import JSONValue


def once(job: JobDeferrer, **arguments: JSONValue) -> bool:
    """Defers a job that has a queueing lock; False when one with the same lock waits already."""
    try:
        with transaction.atomic():
            job.defer(**arguments)
    except AlreadyEnqueued:
        return False
    return True
