"""What every log line and every event of one request or one event shares."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Context:
    """The correlation that is carried along; ``traceparent`` is the present span's."""

    correlation_id: str | None = None
    traceparent: str | None = None
    actor: str | None = None


_NOTHING = Context()
_current: ContextVar[Context] = ContextVar("astreinte_context", default=_NOTHING)


def current() -> Context:
    """The context of the running task; empty outside a request or an event."""
    return _current.get()


@contextmanager
def carrying(context: Context) -> Iterator[None]:
    """Make ``context`` the current one for this task and the tasks it starts."""
    token = _current.set(context)
    try:
        yield
    finally:
        _current.reset(token)
