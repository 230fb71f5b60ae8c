"""Server-sent events: numbered, kept alive, ended when the client or the service goes."""

import asyncio
import math
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Header, Request
from fastapi.sse import format_sse_event
from starlette.responses import StreamingResponse

from contracts.text import Text
from infra.chassis.ending import end
from infra.chassis.http.auth import LEEWAY_SECONDS
from infra.chassis.http.call import call_of
from infra.chassis.http.problems import Problem

HEARTBEAT_SECONDS = 15.0
LET_GO_SECONDS = 2.0
_A_NUMBER = Text("Not a sequence number", "Pas un numéro de séquence")
_COMMENT = b": still here\n\n"


@dataclass(frozen=True, slots=True)
class SentEvent:
    """One event on the wire. ``data`` is JSON text; ``id`` is what ``Last-Event-ID`` will repeat."""

    id: str | None
    event: str
    data: str


def event_stream(
    request: Request,
    events: AsyncIterator[SentEvent],
    *,
    heartbeat_seconds: float = HEARTBEAT_SECONDS,
) -> StreamingResponse:
    """The response that sends ``events`` as they come, and a comment when none came for a while.

    It ends when the iterator does, when the client leaves, when his token expires or when the
    application closes; the iterator is closed then. Refuse before you make it: once it runs its
    status is 200.
    """
    return StreamingResponse(
        _wire(events, request.app.state.closing, heartbeat_seconds, _seconds_left(request)),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


async def _wire(
    events: AsyncIterator[SentEvent],
    closing: asyncio.Event,
    heartbeat_seconds: float,
    seconds_left: float,
) -> AsyncIterator[bytes]:
    clock = asyncio.get_running_loop().time
    ends_at = clock() + seconds_left
    ended = asyncio.ensure_future(closing.wait())
    following: asyncio.Future[SentEvent] | None = None
    try:
        yield _COMMENT
        while not ended.done() and (left := ends_at - clock()) > 0:
            following = following or asyncio.ensure_future(anext(events))
            await asyncio.wait(
                (following, ended),
                timeout=min(heartbeat_seconds, left),
                return_when=asyncio.FIRST_COMPLETED,
            )
            if not following.done():
                if not ended.done() and heartbeat_seconds <= left:
                    yield _COMMENT
                continue
            try:
                sent = following.result()
            except StopAsyncIteration:
                return
            following = None
            yield format_sse_event(id=sent.id, event=sent.event, data_str=sent.data)
    finally:
        await _let_go(ended, following, events)


def _seconds_left(request: Request) -> float:
    """How long the caller's token is good for; in the leeway of clocks that differ, until that ends."""
    principal = call_of(request).principal
    if principal is None or principal.expires_at is None:
        return math.inf
    left = principal.expires_at - time.time()
    return left if left > 0 else left + LEEWAY_SECONDS


async def _let_go(ended: asyncio.Future[Any], following: asyncio.Future[Any] | None, events: Any) -> None:
    ended.cancel()
    if following is not None:
        await end([following], within=LET_GO_SECONDS)
        if not following.done():
            return
        if not following.cancelled():
            following.exception()
    close = getattr(events, "aclose", None)
    if close is not None:
        await close()


async def _last_event_id(last_event_id: Annotated[str | None, Header()] = None) -> int | None:
    if last_event_id is None or last_event_id == "":
        return None
    if not (last_event_id.isascii() and last_event_id.isdigit() and len(last_event_id) < 19):
        raise Problem(
            "invalid-parameter",
            Text(
                "Last-Event-ID is not a number of this stream: connect without it to begin at the present.",
                "Last-Event-ID n'est pas un numéro de ce flux : reconnectez-vous sans lui.",
            ),
            errors=[{"parameter": "Last-Event-ID", "in": "header", "detail": _A_NUMBER}],
        )
    return int(last_event_id)


LastEventId = Annotated[int | None, Depends(_last_event_id)]
"""The sequence number after which the client wants to go on; None for the present."""
