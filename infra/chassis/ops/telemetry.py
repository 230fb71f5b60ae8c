"""Logs, metrics and traces of one service, in one value that is passed around."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import TextIO

from opentelemetry.trace import Tracer

from infra.chassis.ops.exporting import tracer_to
from infra.chassis.ops.logs import service_logger
from infra.chassis.ops.metrics import Metrics
from infra.chassis.ops.tracing import Tracing


@dataclass(frozen=True)
class Telemetry:
    """What a service tells about itself while it runs."""

    service: str
    log: logging.Logger
    metrics: Metrics
    tracing: Tracing
    end_tracing: Callable[[], None] = lambda: None

    async def end(self) -> None:
        """Tell what has not been told yet."""
        await asyncio.to_thread(self.end_tracing)


def telemetry_of(
    service: str,
    *,
    stream: TextIO | None = None,
    level: int = logging.INFO,
    tracer: Tracer | None = None,
    collector: str = "",
) -> Telemetry:
    """A service's telemetry; nothing of it is global, so several services share a process.

    Spans go to ``tracer``, or to the ``collector`` at this address.
    """
    log = service_logger(service, stream=stream, level=level)
    if tracer is None and collector:
        tracer, end = tracer_to(collector, service)
        return Telemetry(service, log, Metrics(service), Tracing(tracer), end)
    return Telemetry(service, log, Metrics(service), Tracing(tracer))
