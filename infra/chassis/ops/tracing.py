"""W3C trace context through every hop, and spans when a tracer is given."""

import re
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.trace import NonRecordingSpan, SpanContext, SpanKind, StatusCode, TraceFlags, Tracer

_TRACEPARENT = re.compile(r"([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?")
_NO_TRACE, _NO_SPAN = "0" * 32, "0" * 16


@dataclass(frozen=True, slots=True)
class TraceParent:
    """A place in a trace: 32 and 16 lowercase hex digits."""

    trace_id: str
    span_id: str
    sampled: bool = True

    def __str__(self) -> str:
        return f"00-{self.trace_id}-{self.span_id}-{'01' if self.sampled else '00'}"

    def child(self) -> "TraceParent":
        """A new span in the same trace."""
        return TraceParent(self.trace_id, secrets.token_hex(8), self.sampled)


def parse(text: str | None) -> TraceParent | None:
    """The place that a ``traceparent`` header names; None when it names none that counts."""
    match = _TRACEPARENT.fullmatch(text) if text else None
    if match is None or match[1] == "ff" or (match[1] == "00" and match[5]):
        return None
    if match[2] == _NO_TRACE or match[3] == _NO_SPAN:
        return None
    return TraceParent(match[2], match[3], bool(int(match[4], 16) & 1))


def failed(why: str) -> None:
    """Mark the running span: what it is about did not work out, though nothing was raised."""
    trace.get_current_span().set_status(StatusCode.ERROR, why)


def named(name: str, attributes: Mapping[str, str | int]) -> None:
    """Name the running span anew, where what it is about showed only meanwhile."""
    span = trace.get_current_span()
    span.update_name(name)
    for key, value in attributes.items():
        span.set_attribute(key, value)


def new_trace() -> TraceParent:
    """The root of a trace that nobody began before us."""
    return TraceParent(secrets.token_hex(16), secrets.token_hex(8))


class Tracing:
    """Opens spans. Without a tracer the trace context is still carried on, with nothing recorded."""

    def __init__(self, tracer: Tracer | None = None) -> None:
        self._tracer = tracer

    def child_of(self, parent: str | None) -> str:
        """The ``traceparent`` of a new, unrecorded span under ``parent`` (or at a new root)."""
        place = parse(parent)
        return str(place.child() if place else new_trace())

    @contextmanager
    def span(
        self,
        name: str,
        parent: str | None,
        attributes: Mapping[str, str | int | float | bool] | None = None,
        *,
        kind: SpanKind = SpanKind.INTERNAL,
    ) -> Iterator[str]:
        """A span under ``parent``; gives the ``traceparent`` that what it causes carries.

        An exception inside is recorded on the span and goes on.
        """
        if self._tracer is None:
            yield self.child_of(parent)
            return
        with self._tracer.start_as_current_span(
            name, context=_context(parent), kind=kind, attributes=attributes
        ) as span:
            own = span.get_span_context()
            if own.is_valid:
                yield str(TraceParent(f"{own.trace_id:032x}", f"{own.span_id:016x}", own.trace_flags.sampled))
            else:
                yield self.child_of(parent)


def _context(parent: str | None) -> Context:
    place = parse(parent)
    if place is None:
        return Context()
    remote = SpanContext(
        int(place.trace_id, 16), int(place.span_id, 16), is_remote=True, trace_flags=TraceFlags(place.sampled)
    )
    return trace.set_span_in_context(NonRecordingSpan(remote), Context())
