"""Logs, metrics and traces of one service, in one value that is passed around."""

import logging
from dataclasses import dataclass
from typing import TextIO

from opentelemetry.trace import Tracer

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


def telemetry_of(
    service: str,
    *,
    stream: TextIO | None = None,
    level: int = logging.INFO,
    tracer: Tracer | None = None,
) -> Telemetry:
    """A service's telemetry; nothing of it is global, so several services share a process."""
    return Telemetry(
        service, service_logger(service, stream=stream, level=level), Metrics(service), Tracing(tracer)
    )
