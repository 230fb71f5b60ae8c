"""Spans to a collector, for those who have one: OTLP over HTTP, off the event loop."""

from collections.abc import Callable
from threading import Thread

from opentelemetry.trace import Tracer

EXPORT_SECONDS = 2.0
LAST_SPANS_SECONDS = 3.0
"""A collector that is away holds nobody's end up."""


def tracer_to(collector: str, service: str) -> tuple[Tracer, Callable[[], None]]:
    """A tracer whose spans go to the collector's address, and what sends the last of them and ends it."""
    # Here, so that nobody without a collector pays for it.
    from opentelemetry.exporter.otlp.json.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import SERVICE_NAME, Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    provider = TracerProvider(
        resource=Resource({SERVICE_NAME: service, "service.namespace": "astreinte"}), shutdown_on_exit=False
    )
    exporter = OTLPSpanExporter(endpoint=collector, timeout=EXPORT_SECONDS)
    provider.add_span_processor(BatchSpanProcessor(exporter, schedule_delay_millis=1000))

    def end() -> None:
        ending = Thread(target=provider.shutdown, daemon=True)
        ending.start()
        ending.join(LAST_SPANS_SECONDS)

    return provider.get_tracer("astreinte"), end
