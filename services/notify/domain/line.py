"""A fact as a line of a live stream, with what decides who may read it."""

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from pydantic_core import to_json

from contracts.dispatch.events import VisitFact, VisitRescheduled
from contracts.envelope import Envelope
from contracts.ticket.events import TicketFact, TicketNoted, TicketOpened, VisitsRequested


class Stream(StrEnum):
    TICKETS = "tickets"
    VISITS = "visits"


class Audience(StrEnum):
    """Whom a line is fit for, beyond being about him."""

    FIRM = "firm"
    CUSTOMER = "customer"
    CONFIDENT = "confident"


@dataclass(frozen=True)
class Line:
    """``data`` is the whole CloudEvent in JSON (structured mode); the rest is there to be selected by."""

    type: str
    data: str
    ticket_id: str
    customer_id: str
    site_ids: tuple[str, ...]
    contract_ids: tuple[str, ...]
    technician_ids: tuple[str, ...]
    requester_id: str | None
    audience: tuple[Audience, ...]

    def document(self) -> dict[str, Any]:
        return asdict(self)


def line_of_ticket(event: TicketFact, envelope: Envelope) -> Line:
    contracts: tuple[str, ...] = ()
    if isinstance(event, TicketOpened | VisitsRequested):
        contracts = tuple(sorted({need.contract_id for need in event.visits if need.contract_id}))
    private = isinstance(event, TicketNoted) and not event.public
    return Line(
        type=envelope.type,
        data=structured(event, envelope),
        ticket_id=event.ticket_id,
        customer_id=event.customer_id,
        site_ids=event.site_ids,
        contract_ids=contracts,
        technician_ids=(),
        requester_id=event.requester_id,
        audience=(Audience.FIRM,) if private else _audience(event.confidential),
    )


def line_of_visit(event: VisitFact, envelope: Envelope) -> Line:
    """Of interest to the technician whom it names, and to the one who loses the visit by it."""
    named = [getattr(event, "technician_id", None)]
    if isinstance(event, VisitRescheduled):
        named.append(event.previous_technician_id)
    return Line(
        type=envelope.type,
        data=structured(event, envelope),
        ticket_id=event.ticket_id,
        customer_id=event.customer_id,
        site_ids=(event.site_id,),
        contract_ids=(event.contract_id,) if event.contract_id else (),
        technician_ids=tuple(sorted({id for id in named if id})),
        requester_id=event.requester_id,
        audience=_audience(event.confidential),
    )


def _audience(confidential: bool) -> tuple[Audience, ...]:
    if confidential:
        return (Audience.FIRM, Audience.CONFIDENT)
    return (Audience.FIRM, Audience.CONFIDENT, Audience.CUSTOMER)


def structured(event: TicketFact | VisitFact, envelope: Envelope) -> str:
    """The event in the structured content mode of CloudEvents 1.0, on one line."""
    attributes = {
        name.removeprefix("ce_"): value
        for name, value in envelope.headers().items()
        if name != "content-type"
    }
    body = event.model_dump(mode="json", exclude_none=True)
    return to_json({**attributes, "datacontenttype": "application/json", "data": body}).decode()
