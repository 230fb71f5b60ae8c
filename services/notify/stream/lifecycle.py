"""What notify does about the facts of ``ticket.lifecycle.v1``."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from contracts.envelope import Envelope
from contracts.ticket.agreed import (
    CoverageCorrected,
    QuoteApproved,
    QuoteRefused,
    QuoteSent,
    TimeExcluded,
    VolumeReached,
    WorkCorrected,
    WorkLogged,
)
from contracts.ticket.events import (
    AttachmentAdded,
    AttachmentRemoved,
    ClientReminded,
    MajorIncidentUpdated,
    SatisfactionGiven,
    TicketCancelled,
    TicketClosed,
    TicketFact,
    TicketHeld,
    TicketLinked,
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
    WorkStarted,
)
from contracts.ticket.repairs import RepairProgressed, RepairStage
from infra.chassis.store.unit import UseCase
from services.notify.domain.delivery import Origin
from services.notify.domain.line import Stream, line_of_ticket
from services.notify.domain.message import Details, Message, MessageKind, contact
from services.notify.domain.timing import USUAL, Timing
from services.notify.usecases.emit_line import EmitLine
from services.notify.usecases.queue_message import QueueMessage
from services.notify.usecases.tell_of_low_mark import TellOfLowMark
from services.notify.usecases.tell_of_volume import TellOfVolume

TOLD: Mapping[type[TicketFact], MessageKind] = MappingProxyType(
    {
        TicketOpened: MessageKind.TICKET_RECEIVED,
        ClientReminded: MessageKind.CLIENT_REMINDED,
        MajorIncidentUpdated: MessageKind.MAJOR_INCIDENT_UPDATED,
        QuoteSent: MessageKind.QUOTE_SENT,
        RepairProgressed: MessageKind.REPAIR_PROGRESSED,
        TicketResolved: MessageKind.TICKET_RESOLVED,
        TicketClosed: MessageKind.TICKET_CLOSED,
        TicketCancelled: MessageKind.TICKET_CANCELLED,
    }
)
"""The facts that who asked (or waits on the spot) and who follows the ticket are told of by mail."""

SHOWN: tuple[type[TicketFact], ...] = (
    SatisfactionGiven,
    AttachmentAdded,
    AttachmentRemoved,
    TimeExcluded,
    CoverageCorrected,
    QuoteApproved,
    QuoteRefused,
    TicketHeld,
    TicketLinked,
    TicketNoted,
    TicketReopened,
    TicketReprioritised,
    TicketRequalified,
    TicketRestored,
    TicketResumed,
    TicketTaken,
    WorkLogged,
    WorkCorrected,
    VolumeReached,
    TicketTriaged,
    VisitsRequested,
    VisitsWithdrawn,
    WorkStarted,
)
"""The facts that who asked is not told of: the live stream shows them, and of a volume managers are told."""


TOLD_OF_REPAIRS = frozenset(
    {RepairStage.RECEIVED, RepairStage.READY, RepairStage.RETURNED, RepairStage.DISPOSED}
)
"""At these stages the client does something, or wants to know; a quote has a message of its own."""

RATED_WITHIN = timedelta(days=60)


def _until(event: TicketFact) -> datetime | None:
    """By when the client is to answer, where silence means something then."""
    match event:
        case ClientReminded():
            return event.resolves_at
        case TicketResolved():
            return event.closes_at
        case QuoteSent():
            return event.valid_until
        case _:
            return None


def on_ticket_fact(event: TicketFact, envelope: Envelope, timing: Timing = USUAL) -> Iterable[UseCase[Any]]:
    yield EmitLine(Stream.TICKETS, line_of_ticket(event, envelope))
    origin = Origin(envelope.identity, envelope.correlation_id, envelope.traceparent)
    if isinstance(event, SatisfactionGiven) and event.low:
        yield TellOfLowMark(event, origin, timing)
    if isinstance(event, VolumeReached):
        yield TellOfVolume(event, origin, timing)
    kind, asker = TOLD.get(type(event)), event.requester_id or event.on_site_contact_id
    if kind is None or (isinstance(event, RepairProgressed) and event.stage not in TOLD_OF_REPAIRS):
        return
    for person in _told(event):
        if person is not None:
            yield QueueMessage(
                origin,
                _message(event, kind, person, envelope.occurred_at if person == asker else None),
                timing,
            )


def _promised(repair: RepairProgressed | None) -> str | None:
    """A day that is promised is told while the machine is here."""
    if repair is None or repair.promised_on is None or repair.stage is not RepairStage.RECEIVED:
        return None
    return repair.promised_on.isoformat()


def _told(event: TicketFact) -> Iterable[str | None]:
    """Who is told: of a major incident those whom no other ticket of it tells."""
    if isinstance(event, MajorIncidentUpdated):
        return event.told
    return dict.fromkeys((event.requester_id or event.on_site_contact_id, *event.watcher_ids))


def _message(event: TicketFact, kind: MessageKind, person: str, asked_at: datetime | None) -> Message:
    """``asked_at``: he is asked how it went, by links that are good from then on for so long."""
    asked = event if isinstance(event, TicketResolved) and asked_at is not None else None
    repair = event if isinstance(event, RepairProgressed) else None
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
            rated=() if asked is None else (asked.closed_visits or ("",)),
            rated_until=None if asked is None or asked_at is None else asked_at + RATED_WITHIN,
            title=event.title if isinstance(event, MajorIncidentUpdated) else None,
            text=event.text if isinstance(event, MajorIncidentUpdated) else None,
            amount=event.total if isinstance(event, QuoteSent) else None,
            currency=event.currency if isinstance(event, QuoteSent) else None,
            because=None if repair is None else repair.stage.value,
            machine=None if repair is None else repair.asset_name,
            receipt=None if repair is None else repair.repair_number,
            until_day=_promised(repair),
            loan_out=repair is not None and repair.loan_out,
            in_reply_to=event.in_reply_to
            if isinstance(event, TicketOpened) and person == event.requester_id
            else None,
        ),
        confidential=event.confidential,
        contract_ids=event.contract_ids,
        major_id=event.major_id if isinstance(event, MajorIncidentUpdated) else None,
    )
