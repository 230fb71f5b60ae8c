"""A fact as a line of a live stream, with what decides who may read it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from pydantic_core import to_json

from contracts.audience import Parties, is_of_money, is_public
from contracts.dispatch.events import VisitFact, VisitRescheduled
from contracts.envelope import Envelope
from contracts.ticket.agreed import VolumeReached
from contracts.ticket.events import TicketFact
from contracts.ticket.sla import SlaFact


class Stream(StrEnum):
    TICKETS = "tickets"
    VISITS = "visits"
    SLA = "sla"


KEPT_DAYS: Mapping[str, int] = {
    Stream.TICKETS: 7,
    Stream.VISITS: 7,
    # 14 days on the topic and 400 beyond: a year and the time in which its last month is contested.
    Stream.SLA: 414,
}
"""For how long a reader can go on where he was."""


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
    target: str | None
    readers: tuple[str, ...]

    def document(self) -> dict[str, Any]:
        return asdict(self)


def line_of_ticket(event: TicketFact, envelope: Envelope) -> Line:
    if isinstance(event, VolumeReached):
        return _line(event, envelope, parties_of_volume(event))
    parties = Parties(
        customer_id=event.customer_id,
        confidential=event.confidential,
        contact_ids=(event.opened_by, event.requester_id, event.on_site_contact_id, *event.watcher_ids),
        site_ids=event.site_ids,
        contract_ids=event.contract_ids,
    )
    return _line(event, envelope, parties)


def parties_of_volume(event: VolumeReached) -> Parties:
    """As of something confidential: whoever shares the ticket's customer or site is not told of money."""
    return Parties(customer_id=event.customer_id, confidential=True, contract_ids=(event.contract_id,))


def line_of_visit(event: VisitFact, envelope: Envelope) -> Line:
    """Of interest to the technicians whom it names, and to the one who loses the visit by it."""
    named = [getattr(event, "technician_id", None), *event.companions]
    if isinstance(event, VisitRescheduled):
        named.append(event.previous_technician_id)
    parties = Parties(
        customer_id=event.customer_id,
        confidential=event.confidential,
        contact_ids=(event.opened_by, event.requester_id, event.on_site_contact_id),
        site_ids=(event.site_id,),
        contract_ids=(event.contract_id,),
        technician_ids=tuple(sorted({id for id in named if id})),
    )
    return _line(event, envelope, parties)


def _line(event: TicketFact | VisitFact, envelope: Envelope, parties: Parties) -> Line:
    return Line(
        type=envelope.type,
        data=structured(event, envelope),
        ticket_id=event.ticket_id,
        customer_id=parties.customer_id,
        site_ids=parties.site_ids,
        contract_ids=tuple(id for id in parties.contract_ids if id),
        technician_ids=tuple(id for id in parties.technician_ids if id),
        target=event.target if isinstance(event, SlaFact) else None,
        readers=tuple(sorted(parties.readers if is_public(event) or is_of_money(event) else parties.firm)),
    )


def structured(event: TicketFact | VisitFact, envelope: Envelope) -> str:
    """The event in the structured content mode of CloudEvents 1.0, on one line."""
    attributes = {
        name.removeprefix("ce_"): value
        for name, value in envelope.headers().items()
        if name != "content-type"
    }
    body = event.model_dump(mode="json", exclude_none=True)
    return to_json({**attributes, "datacontenttype": "application/json", "data": body}).decode()
