"""How satisfied the client is with a visit, or with what was solved from the desk: a mark from 1 to 5."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from contracts.refusal import Refusal, UnknownReference
from contracts.text import Text
from contracts.ticket.events import SatisfactionGiven
from contracts.values import VisitState
from services.ticket.domain.attention import Attention
from services.ticket.domain.ticket import Step, Ticket

LOW = 2
"""Up to here somebody has to call the client."""
CHANGED_WITHIN = timedelta(days=14)


@dataclass(frozen=True)
class Satisfaction:
    """The id is the visit's, or the ticket's where it was solved without one."""

    id: str
    ticket_id: str
    customer_id: str
    mark: int
    comment: str | None
    given_at: datetime
    changed_at: datetime
    visit_id: str | None = None
    site_id: str | None = None
    contract_id: str | None = None
    technician_id: str | None = None


def rated(
    ticket: Ticket,
    visit_id: str | None,
    before: Satisfaction | None,
    mark: int,
    comment: str | None,
    at: datetime,
) -> tuple[Satisfaction, Step]:
    """A mark, or another one; a step without facts where it says what was said already."""
    visit = None if visit_id is None else ticket.visit(visit_id)
    if visit_id is not None and (visit is None or visit.state is not VisitState.CLOSED):
        raise UnknownReference("visit", visit_id)
    if before is not None and (before.mark, before.comment) == (mark, comment):
        return before, (ticket, ())
    if before is not None and at > before.given_at + CHANGED_WITHIN:
        raise Refusal(
            "mark-final",
            Text(
                f"A mark can be changed for {CHANGED_WITHIN.days} days: tell the hotline what you think now.",
                f"Une note se change pendant {CHANGED_WITHIN.days} jours : dites votre avis à la hotline.",
            ),
        )
    given = Satisfaction(
        id=visit_id or ticket.id,
        ticket_id=ticket.id,
        customer_id=ticket.customer_id,
        mark=mark,
        comment=comment,
        given_at=at,
        changed_at=at,
        visit_id=visit_id,
        site_id=None if visit is None else visit.site_id,
        contract_id=next(iter(ticket.contract_ids), None) if visit is None else visit.contract_id,
        technician_id=None if visit is None else visit.technician_id,
    )
    if before is not None:
        given = replace(given, given_at=before.given_at)
    low = mark <= LOW
    if before is not None and before.mark == mark:
        return given, (ticket, ())
    after = ticket.needing(Attention.LOW_MARK) if low else ticket.without(Attention.LOW_MARK)
    fact = after.fact(
        SatisfactionGiven,
        visit_id=visit_id,
        contract_id=given.contract_id,
        mark=mark,
        low=low and (before is None or before.mark > LOW),
    )
    return given, (after, ((at, fact),))
