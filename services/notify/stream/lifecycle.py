"""What notify does about the facts of ``ticket.lifecycle.v1``."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from contracts.envelope import Envelope
from contracts.ticket.events import (
    AttachmentAdded,
    AttachmentRemoved,
    ClientReminded,
    TicketCancelled,
    TicketClosed,
    TicketFact,
    TicketHeld,
    TicketNoted,
    TicketOpened,
    TicketReopened,
    TicketReprioritised,
    TicketRequalified,
    TicketResolved,
    TicketRestored,
    TicketResumed,
    TicketTaken,
    TicketTriaged,
    VisitsRequested,
    VisitsWithdrawn,
    WorkLogged,
    WorkStarted,
)
from infra.chassis.store.unit import UseCase
from services.notify.domain.delivery import Origin
from services.notify.domain.line import Stream, line_of_ticket
from services.notify.domain.message import Details, Message, MessageKind, contact
from services.notify.domain.timing import USUAL, Timing
from services.notify.usecases.emit_line import EmitLine
from services.notify.usecases.queue_message import QueueMessage

TOLD: Mapping[type[TicketFact], MessageKind] = MappingProxyType(
    {
        TicketOpened: MessageKind.TICKET_RECEIVED,
        ClientReminded: MessageKind.CLIENT_REMINDED,
        TicketResolved: MessageKind.TICKET_RESOLVED,
        TicketClosed: MessageKind.TICKET_CLOSED,
        TicketCancelled: MessageKind.TICKET_CANCELLED,
    }
)
"""The facts that who asked (or waits on the spot) and who follows the ticket are told of by mail."""

SHOWN: tuple[type[TicketFact], ...] = (
    AttachmentAdded,
    AttachmentRemoved,
    TicketHeld,
    TicketNoted,
    TicketReopened,
    TicketReprioritised,
    TicketRequalified,
    TicketRestored,
    TicketResumed,
    TicketTaken,
    WorkLogged,
    TicketTriaged,
    VisitsRequested,
    VisitsWithdrawn,
    WorkStarted,
)
"""The facts that only the live stream shows."""


def _until(event: TicketFact) -> datetime | None:
    """When silence means something, of an event after which it does."""
    match event:
        case ClientReminded():
            return event.resolves_at
        case TicketResolved():
            return event.closes_at
        case _:
            return None


def on_ticket_fact(event: TicketFact, envelope: Envelope, timing: Timing = USUAL) -> Iterable[UseCase[Any]]:
    yield EmitLine(Stream.TICKETS, line_of_ticket(event, envelope))
    kind, asker = TOLD.get(type(event)), event.requester_id or event.on_site_contact_id
    if kind is None:
        return
    for person in dict.fromkeys((asker, *event.watcher_ids)):
        if person is not None:
            yield QueueMessage(
                Origin(envelope.identity, envelope.correlation_id, envelope.traceparent),
                _message(event, kind, person),
                timing,
            )


def _message(event: TicketFact, kind: MessageKind, person: str) -> Message:
    return Message(
        kind=kind,
        recipient=contact(person),
        customer_id=event.customer_id,
        ticket_id=event.ticket_id,
        visit_id=None,
        details=Details(
            event.number,
            summary=event.summary,
            site_ids=event.site_ids,
            priority=event.priority if isinstance(event, TicketOpened) else None,
            reason=event.reason if isinstance(event, TicketCancelled) else None,
            until_at=_until(event),
            in_reply_to=event.in_reply_to
            if isinstance(event, TicketOpened) and person == event.requester_id
            else None,
        ),
        confidential=event.confidential,
        contract_ids=event.contract_ids,
    )
