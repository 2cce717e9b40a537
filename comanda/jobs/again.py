"""When a job that did not end is brought up again."""

from procrastinate import BaseRetryStrategy, RetryDecision
from procrastinate.jobs import Job

from comanda.jobs import leaving


class Again(BaseRetryStrategy):
    """At once for a job that was cut off; after ``passing`` errors in ``later`` seconds."""

    def __init__(self, *passing: type[BaseException], later: int = 30) -> None:
        self._passing, self._later = passing, later

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        """None for what would fail again."""
        if isinstance(exception, leaving.Leaving):
            return RetryDecision(retry_in={"seconds": 0})
        if isinstance(exception, self._passing):
            return RetryDecision(retry_in={"seconds": self._later})
        return None
