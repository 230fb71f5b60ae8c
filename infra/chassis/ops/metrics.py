"""Prometheus metrics of one service, in a registry that is passed around."""

from collections.abc import Sequence
from typing import Any, TypeVar

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.exposition import generate_latest

M = TypeVar("M", Counter, Gauge, Histogram)

CONTENT_TYPE = CONTENT_TYPE_LATEST
_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_LATE_SECONDS = (0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 1800.0)
_COUNTS = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512)


class Metrics:
    """Makes metrics named ``<service>_<noun>_<unit>`` and shows them in Prometheus's text format.

    Whoever asks for one that is there already, as a task does that is started again, is given that one.
    """

    def __init__(self, service: str) -> None:
        self.service = service
        self.registry = CollectorRegistry()
        self._made: dict[str, Any] = {}
        self.requests = self.histogram(
            "http_request_seconds", "Time to answer a request", ("method", "route", "status")
        )
        self.group = self.histogram(
            "group_commit_commands", "Commands that shared a decision and a write", buckets=_COUNTS
        )
        self.batch = self.histogram("consumer_batch_events", "Events of a batch", buckets=_COUNTS)
        self.batch_seconds = self.histogram("consumer_batch_seconds", "Time to store a batch of events")
        self.put_aside = self.counter(
            "events_put_aside", "Times that an event was put aside, by what it became", ("state",)
        )

    def late(self) -> Histogram:
        """For services that have timers."""
        return self.histogram(
            "timer_late_seconds", "How long after its time a timer was fired", buckets=_LATE_SECONDS
        )

    def histogram(
        self, name: str, text: str, labels: Sequence[str] = (), buckets: Sequence[float] = _SECONDS
    ) -> Histogram:
        """Durations in seconds, or whatever ``name`` ends with."""
        return self._once(Histogram, name, text, labels, buckets=buckets)

    def counter(self, name: str, text: str, labels: Sequence[str] = ()) -> Counter:
        """Something that only grows; its samples end with ``_total``."""
        return self._once(Counter, name, text, labels)

    def gauge(self, name: str, text: str, labels: Sequence[str] = ()) -> Gauge:
        """Something that goes up and down."""
        return self._once(Gauge, name, text, labels)

    def exposition(self) -> bytes:
        """Every metric as ``GET /metrics`` shows it."""
        return generate_latest(self.registry)

    def _once(self, kind: type[M], name: str, text: str, labels: Sequence[str], **more: Any) -> M:
        if name not in self._made:
            full = f"{self.service.replace('-', '_')}_{name}"
            self._made[name] = kind(full, text, labels, registry=self.registry, **more)
        made: M = self._made[name]
        return made
