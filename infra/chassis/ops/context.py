"""What every log line and every event of one request or one event shares."""

from contextvars import ContextVar

from contracts.quick import quick


@quick(frozen=True)
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


class carrying:  # noqa: N801 - used like the function that it stands for, at every event
    """Make ``context`` the current one for this task and the tasks it starts."""

    __slots__ = ("_context", "_token")

    def __init__(self, context: Context) -> None:
        self._context = context

    def __enter__(self) -> None:
        self._token = _current.set(self._context)

    def __exit__(self, *_: object) -> None:
        _current.reset(self._token)
