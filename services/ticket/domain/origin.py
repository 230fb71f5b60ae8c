"""Where a ticket came from."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Origin:
    """The request that opened the ticket: what time brings about later goes on in its trace."""

    correlation_id: str
    traceparent: str | None = None
