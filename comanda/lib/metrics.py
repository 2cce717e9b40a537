"""What this process counts for Prometheus (``/metrics``)."""

from prometheus_client import Counter, Histogram

REQUESTS = Histogram(
    "comanda_api_request_seconds",
    "Seconds that requests of the API took.",
    ("method", "route", "status"),
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60),
)
TAKEN_IN = Counter("comanda_taken_in", "What came in by API, and what became of it.", ("kind", "outcome"))
