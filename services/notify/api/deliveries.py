"""``/v1/deliveries``: which messages were sent to whom, and which were not."""

from datetime import datetime
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel

from contracts.notify.events import MessageChannel
from contracts.values import Id
from infra.chassis.http.auth import allow
from infra.chassis.http.call import call_of
from infra.chassis.http.etag import etag, not_modified
from infra.chassis.http.paging import Page, paged
from infra.chassis.http.principal import Principal
from infra.chassis.http.problems import not_found
from infra.chassis.runtime import Kept, Runtime
from infra.chassis.service import Run
from infra.chassis.store.collection import Document
from services.notify.api.viewing import DIRECTORY
from services.notify.domain.delivery import CallAnswer, Delivery, DeliveryState
from services.notify.domain.message import MessageKind, RecipientKind
from services.notify.domain.next_step import next_step
from services.notify.domain.quiet import Disturbs
from services.notify.store.deliveries import Deliveries
from services.notify.views.reading import MESSAGE

router = APIRouter(tags=["deliveries"])

Reader = Annotated[Principal, allow("deliveries:read")]


class RecipientView(BaseModel):
    kind: RecipientKind
    id: str


class DeliveryView(BaseModel):
    """A message on its way, about a ticket or a major incident.

    ``failure`` is the last attempt's reason, until one succeeds.

    One with ``settles_at`` is not sent before; a later message may overtake it until then, and an answer an
    SMS or a call. ``disturbs`` is why it came in quiet hours, ``answer`` what came of a call.
    ``next_step`` is what happens to it next or, where nothing does, what somebody has to do.
    """

    id: str
    state: DeliveryState
    channel: MessageChannel
    template: MessageKind
    recipient: RecipientView
    customer_id: str | None
    ticket_id: str | None
    major_id: str | None
    visit_id: str | None
    queued_at: datetime
    settles_at: datetime | None
    sent_at: datetime | None
    attempts: int
    failure: str | None
    retry_at: datetime | None
    disturbs: Disturbs | None
    answer: CallAnswer | None
    next_step: str


class DeliveryList(BaseModel):
    items: list[DeliveryView]
    next: str | None


@router.get("/v1/deliveries", response_model=DeliveryList)
async def list_deliveries(
    page: Annotated[Page, paged(DeliveryState)],
    principal: Reader,
    run: Run,
    request: Request,
    ticket: Id | None = None,
    visit: Id | None = None,
    recipient: Id | None = None,
    template: MessageKind | None = None,
) -> dict[str, Any]:
    """Messages, oldest change first. A customer sees those to his own people."""
    asked = {
        "message.ticket_id": ticket,
        "message.visit_id": visit,
        "message.recipient.id": recipient,
        "message.kind": template,
    }
    named = {name: value for name, value in asked.items() if value}
    query = page.filter({**await _existing_for(principal, run), **named})
    found = await run.find(Deliveries, query, sort=page.sort, limit=page.fetch)
    return page.of(found, partial(_view, language=call_of(request).language))


@router.get("/v1/deliveries/{id}", response_model=DeliveryView)
async def read_delivery(id: Id, principal: Reader, run: Run, request: Request, response: Response) -> Any:
    found = await run.find(Deliveries, {"_id": id, **await _existing_for(principal, run)}, limit=1)
    if not found:
        raise not_found("delivery", id)
    response.headers["ETag"] = etag(found[0].version)
    return not_modified(request, found[0].version) or _view(found[0], call_of(request).language)


async def _existing_for(principal: Principal, run: Runtime) -> Document:
    viewer = await DIRECTORY.viewer(principal, run)
    to_his_own = {} if viewer.of_the_firm else {"message.recipient.kind": "contact"}
    return {**MESSAGE.among(viewer), **to_his_own}


def _view(kept: Kept[Delivery], language: str) -> DeliveryView:
    delivery, message = kept.value, kept.value.message
    return DeliveryView(
        id=delivery.id,
        state=delivery.state,
        channel=delivery.channel,
        template=message.kind,
        recipient=RecipientView(kind=message.recipient.kind, id=message.recipient.id),
        customer_id=message.customer_id,
        ticket_id=message.ticket_id,
        major_id=message.major_id,
        visit_id=message.visit_id,
        queued_at=delivery.queued_at,
        settles_at=delivery.settles_at,
        sent_at=delivery.sent_at,
        attempts=delivery.attempts,
        failure=delivery.failure,
        retry_at=delivery.attempt_at
        if delivery.state is DeliveryState.QUEUED and delivery.attempts
        else None,
        disturbs=delivery.disturbs,
        answer=delivery.answer,
        next_step=next_step(delivery).in_(language),
    )
