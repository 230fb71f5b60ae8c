"""Prometheus metrics of one service, in a registry that is passed around."""

from collections.abc import Sequence

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.exposition import generate_latest

CONTENT_TYPE = CONTENT_TYPE_LATEST
_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Metrics:
    """Makes metrics named ``<service>_<noun>_<unit>`` and shows them in Prometheus's text format."""

    def __init__(self, service: str) -> None:
        self.service = service
        self.registry = CollectorRegistry()
        self.requests = self.histogram(
            "http_request_seconds", "Time to answer a request", ("method", "route", "status")
        )

    def histogram(
        self, name: str, text: str, labels: Sequence[str] = (), buckets: Sequence[float] = _SECONDS
    ) -> Histogram:
        """Durations in seconds, or whatever ``name`` ends with."""
        return Histogram(self._full(name), text, labels, registry=self.registry, buckets=buckets)

    def counter(self, name: str, text: str, labels: Sequence[str] = ()) -> Counter:
        """Something that only grows; its samples end with ``_total``."""
        return Counter(self._full(name), text, labels, registry=self.registry)

    def gauge(self, name: str, text: str, labels: Sequence[str] = ()) -> Gauge:
        """Something that goes up and down."""
        return Gauge(self._full(name), text, labels, registry=self.registry)

    def exposition(self) -> bytes:
        """Every metric as ``GET /metrics`` shows it."""
        return generate_latest(self.registry)

    def _full(self, name: str) -> str:
        return f"{self.service.replace('-', '_')}_{name}"
