"""A fact as a line of a live stream, with what decides who may read it."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from pydantic_core import to_json

from contracts.audience import is_public
from contracts.dispatch.events import VisitFact, VisitRescheduled
from contracts.envelope import Envelope
from contracts.ticket.events import TicketFact, TicketOpened, VisitsRequested


class Stream(StrEnum):
    TICKETS = "tickets"
    VISITS = "visits"


FIRM = "firm"


def customer(id: str) -> str:
    """Who reads what is not confidential of a whole customer."""
    return f"customer:{id}"


def in_confidence(customer_id: str) -> str:
    """Who reads everything of a customer."""
    return f"confident:{customer_id}"


def site(id: str) -> str:
    return f"site:{id}"


def contact(id: str) -> str:
    return f"contact:{id}"


def technician(id: str) -> str:
    return f"technician:{id}"


@dataclass(frozen=True)
class Line:
    """``data`` is the whole CloudEvent in JSON (structured mode); the rest is there to be selected by.

    ``readers`` names everybody whose business it is: a reader gets the lines that name him.
    """

    type: str
    data: str
    ticket_id: str
    customer_id: str
    site_ids: tuple[str, ...]
    contract_ids: tuple[str, ...]
    technician_ids: tuple[str, ...]
    readers: tuple[str, ...]

    def document(self) -> dict[str, Any]:
        return asdict(self)


def line_of_ticket(event: TicketFact, envelope: Envelope) -> Line:
    contracts: tuple[str, ...] = ()
    if isinstance(event, TicketOpened | VisitsRequested):
        contracts = tuple(sorted({need.contract_id for need in event.visits if need.contract_id}))
    contacts = [event.requester_id]
    if isinstance(event, TicketOpened | VisitsRequested):
        contacts.append(event.on_site_contact_id)
    return Line(
        type=envelope.type,
        data=structured(event, envelope),
        ticket_id=event.ticket_id,
        customer_id=event.customer_id,
        site_ids=event.site_ids,
        contract_ids=contracts,
        technician_ids=(),
        readers=_readers(event, event.site_ids, contacts),
    )


def line_of_visit(event: VisitFact, envelope: Envelope) -> Line:
    """Of interest to the technician whom it names, and to the one who loses the visit by it."""
    named = [getattr(event, "technician_id", None)]
    if isinstance(event, VisitRescheduled):
        named.append(event.previous_technician_id)
    technicians = tuple(sorted({id for id in named if id}))
    contacts = [event.requester_id, event.on_site_contact_id]
    return Line(
        type=envelope.type,
        data=structured(event, envelope),
        ticket_id=event.ticket_id,
        customer_id=event.customer_id,
        site_ids=(event.site_id,),
        contract_ids=(event.contract_id,) if event.contract_id else (),
        technician_ids=technicians,
        readers=(*_readers(event, (event.site_id,), contacts), *map(technician, technicians)),
    )


def _readers(
    event: TicketFact | VisitFact, sites: Iterable[str], contacts: Iterable[str | None]
) -> tuple[str, ...]:
    """What is not public stays in the firm. The people a ticket's contacts are see it even when it is
    confidential; others' sites do not."""
    if not is_public(event):
        return (FIRM,)
    own = [contact(id) for id in contacts if id]
    if event.confidential:
        return (FIRM, in_confidence(event.customer_id), *own)
    whole = (customer(event.customer_id), in_confidence(event.customer_id))
    return (FIRM, *whole, *map(site, sites), *own)


def structured(event: TicketFact | VisitFact, envelope: Envelope) -> str:
    """The event in the structured content mode of CloudEvents 1.0, on one line."""
    attributes = {
        name.removeprefix("ce_"): value
        for name, value in envelope.headers().items()
        if name != "content-type"
    }
    body = event.model_dump(mode="json", exclude_none=True)
    return to_json({**attributes, "datacontenttype": "application/json", "data": body}).decode()
