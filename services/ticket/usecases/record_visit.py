"""Take in what dispatch and the stock tell of a visit. None of it is ever refused."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from contracts.dispatch import events as visits
from contracts.dispatch.reports import ServiceReportMade, ServiceReportReminded
from contracts.envelope import Envelope
from contracts.inventory.events import PartsShort, ReservationFact
from contracts.values import VisitState
from infra.chassis.store.collection import Ref, Where
from infra.chassis.store.unit import Unit
from services.ticket.domain import reacting
from services.ticket.domain.ticket import Step, Ticket
from services.ticket.domain.trying import tried_on_the_spot
from services.ticket.domain.visit import ASSIGNED, Assignment, Visit
from services.ticket.store.articles import Articles
from services.ticket.store.copies import Sites
from services.ticket.store.tickets import Tickets
from services.ticket.usecases.entering import enter_visit, loads_of
from services.ticket.usecases.keeping import keep

_STATES: Mapping[type[visits.VisitFact], VisitState] = {
    visits.VisitPlanned: VisitState.PLANNED,
    visits.VisitRescheduled: VisitState.PLANNED,
    visits.TechnicianDispatched: VisitState.DISPATCHED,
    visits.DispatchAcknowledged: VisitState.ACKNOWLEDGED,
    visits.TechnicianEnRoute: VisitState.EN_ROUTE,
}

Fact = visits.VisitFact | ReservationFact


@dataclass(frozen=True)
class RecordVisitFact:
    """A fact about a visit of this ticket, or about the parts for it."""

    fact: Fact
    envelope: Envelope

    def loads(self) -> tuple[Ref | Where, ...]:
        found = (Ref(Tickets, self.fact.ticket_id),)
        return (*found, *loads_of(self.fact)) if isinstance(self.fact, visits.InterventionClosed) else found

    def decide(self, unit: Unit) -> None:
        ticket = unit.require(Tickets, self.fact.ticket_id, as_="ticket")
        visit = ticket.visit(self.fact.visit_id)
        at = self.envelope.occurred_at
        step = (
            (ticket, ())
            if visit is None
            else reaction(ticket, visit, self.fact, at, partial(_site_name, unit))
        )
        if isinstance(self.fact, visits.InterventionClosed) and visit is not None:
            step = (self._tried(unit, step[0], visit), step[1])
        after = keep(unit, ticket, step, at=at, told=(self.fact, self.envelope))
        if isinstance(self.fact, visits.InterventionClosed) and visit is not None:
            proof = (f"{ticket.id}:{ticket.lines + 1}",)
            enter_visit(unit, after, visit, self.fact, self.envelope.recorded_at, proof)

    def _tried(self, unit: Unit, ticket: Ticket, visit: Visit) -> Ticket:
        """The article that was used counts, once, if there is one of that id."""
        fact = self.fact
        assert isinstance(fact, visits.InterventionClosed)
        if fact.article_id is None or visit.state is VisitState.CLOSED:
            return ticket
        if unit.get(Articles, fact.article_id) is None:
            return ticket
        made = ticket.visit(visit.id)
        return tried_on_the_spot(ticket, fact, undone=made is not None and made.undone)


def _site_name(unit: Unit, site_id: str) -> str:
    site = unit.get(Sites, site_id)
    return site_id if site is None else site.name


def reaction(ticket: Ticket, visit: Visit, fact: Fact, at: datetime, name_of: Callable[[str], str]) -> Step:
    """What the ticket makes of the fact."""
    match fact:
        case visits.VisitPlanned() | visits.VisitRescheduled() | visits.TechnicianDispatched():
            assignment = Assignment(
                fact.technician_id,
                fact.planned_start,
                fact.planned_end,
                fact.arrival_from,
                fact.arrival_to,
                fact.companions,
            )
            holds = isinstance(fact, visits.VisitRescheduled) and fact.within_window
            state = visit.state if holds and visit.state in ASSIGNED else _STATES[type(fact)]
            return reacting.assigned(ticket, visit, assignment, state)
        case visits.DispatchRevoked(reason=visits.RevocationReason.RESCHEDULED):
            return ticket, ()
        case visits.DispatchDeclined() | visits.DispatchRevoked():
            return reacting.unassigned(ticket, visit, fact.technician_id)
        case visits.TechnicianArrived():
            return reacting.arrived(ticket, visit, at)
        case visits.InterventionStarted():
            return reacting.started(ticket, visit, at)
        case visits.InterventionClosed():
            return reacting.closed(ticket, visit, fact, name_of)
        case visits.VisitCancelled():
            return reacting.cancelled(ticket, visit)
        case visits.DispatchFailed():
            return reacting.unservable(ticket, visit)
        case visits.InterventionPaused():
            return reacting.moved(ticket, visit.paused(at), VisitState.PAUSED)
        case visits.InterventionResumed():
            return reacting.moved(ticket, visit.gone_on(at), VisitState.STARTED)
        case visits.AppointmentChosen():
            return reacting.appointed(ticket, visit, at)
        case visits.AppointmentOffered() | visits.AppointmentDeclined() | visits.AppointmentReminded():
            return ticket, ()
        case ServiceReportMade():
            return ticket.with_visit(replace(visit, report_version=fact.version)), ()
        case ServiceReportReminded():
            return ticket, ()
        case PartsShort():
            return reacting.short_of_parts(ticket)
        case visits.VisitFact():
            return reacting.moved(ticket, visit, _STATES[type(fact)])
        case _:
            return ticket, ()
