"""``/v1/streams``: what happens, as it happens; to each caller what is his business."""

import json
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict
from starlette.responses import Response

from contracts.catalogue import CATALOGUE
from contracts.text import Text
from infra.chassis.events.sequence import Gap, Line, Selection
from infra.chassis.events.tail import Tail
from infra.chassis.http.auth import allow
from infra.chassis.http.parameters import wrong_parameter
from infra.chassis.http.principal import Principal
from infra.chassis.http.sse import LastEventId, SentEvent, event_stream
from infra.chassis.runtime import Runtime
from infra.chassis.service import Run
from services.notify.api.viewing import DIRECTORY
from services.notify.domain.line import Stream
from services.notify.views.live import LiveStreams
from services.notify.views.reading import selection_for

_ANSWER: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "`id` is the event's number, `event` its CloudEvents type, `data` the CloudEvent in "
        "JSON. `gap` `{from, to}` names numbers that cannot be given any more.",
        "content": {"text/event-stream": {"schema": {"type": "string"}}},
    }
}


class Filters(BaseModel):
    """What a reader asks for of what is his; a parameter given several times means any of its values."""

    model_config = ConfigDict(extra="forbid")

    customer: list[str] = []
    site: list[str] = []
    contract: list[str] = []
    ticket: list[str] = []
    technician: list[str] = []
    target: list[str] = []
    type: list[str] = []

    def by_field(self) -> dict[str, list[str]]:
        return {
            "customer_id": self.customer,
            "site_ids": self.site,
            "contract_ids": self.contract,
            "ticket_id": self.ticket,
            "technician_ids": self.technician,
            "target": self.target,
            "type": self.type,
        }


_SAYS = {
    Stream.TICKETS: "Facts about tickets as CloudEvents; ``Last-Event-ID`` goes on where a reader was.",
    Stream.VISITS: "Facts about visits as CloudEvents; a technician gets exactly his own.",
    Stream.SLA: "Facts about SLA clocks as CloudEvents; a contract manager gets those of his contracts.",
}

_TOPICS = {
    Stream.TICKETS: "ticket.lifecycle.v1",
    Stream.VISITS: "dispatch.visits.v1",
    Stream.SLA: "ticket.sla.v1",
}


def streams_router(live: LiveStreams) -> APIRouter:
    """The routes over this process's streams."""
    router = APIRouter(tags=["streams"])
    for stream, says in _SAYS.items():
        router.get(
            f"/v1/streams/{stream}",
            response_class=Response,
            responses=_ANSWER,
            name=stream.value,
            description=says,
        )(_following(live, stream))
    return router


def _following(live: LiveStreams, stream: Stream) -> Callable[..., Awaitable[Response]]:
    async def follow(
        request: Request,
        principal: Annotated[Principal, allow(f"streams:{stream}")],
        after: LastEventId,
        asked: Annotated[Filters, Query()],
        run: Run,
    ) -> Response:
        _check_types(stream, asked.type)
        selection = await _selection(run, principal, asked)
        return event_stream(request, _sent(live[stream], after, selection))

    return follow


def _check_types(stream: Stream, asked: list[str]) -> None:
    """A misspelled type would otherwise be waited for in silence."""
    known = sorted(model.TYPE for model in CATALOGUE.topic_named(_TOPICS[stream]).events)
    if not set(asked) <= set(known):
        names = ", ".join(known)
        possible = Text(f"this stream has {names}", f"ce flux comporte {names}")
        raise wrong_parameter(("type", possible))


async def _selection(run: Runtime, principal: Principal, asked: Filters) -> Selection:
    return selection_for(await DIRECTORY.viewer(principal, run), asked.by_field())


async def _sent(tail: Tail, after: int | None, selection: Selection) -> AsyncGenerator[SentEvent, None]:
    async with aclosing(tail.follow(after, selection)) as found:
        async for each in found:
            yield _event(each)


def _event(found: Line | Gap) -> SentEvent:
    if isinstance(found, Gap):
        missed = json.dumps({"from": found.first, "to": found.last})
        return SentEvent(id=str(found.resume), event="gap", data=missed)
    return SentEvent(id=str(found.number), event=found.document["type"], data=found.document["data"])
