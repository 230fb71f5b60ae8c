"""The ticket asked for a visit: keep it until somebody can make it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from contracts.ticket.events import TicketOpened, VisitNeed, VisitsRequested
from infra.chassis.store.collection import Loads, Ref
from infra.chassis.store.unit import Unit
from services.dispatch.domain.clocks import TicketClocks
from services.dispatch.domain.need import Need, place_of
from services.dispatch.domain.plan import Origin
from services.dispatch.domain.visit import Visit
from services.dispatch.store.appointments import Appointments
from services.dispatch.store.clocks import Clocks
from services.dispatch.store.copies import Contacts, Customers, Sites
from services.dispatch.store.visits import Visits
from services.dispatch.usecases.follow_wishes import wishes_for
from services.dispatch.usecases.make_appointment import made_in_vain
from services.dispatch.usecases.plan_visit import PlanVisit

Foresee = Callable[[Visit, datetime], PlanVisit | None]
"""Who is to make an urgent visit; None leaves it waiting. The same answer for as long as it is not stored."""


@dataclass(frozen=True)
class StoreVisit:
    """Storing a visit that is known already changes nothing.

    What ``foresee`` plans is part of the same write: urgent work is dispatched one transaction sooner.
    """

    asked: TicketOpened | VisitsRequested
    need: VisitNeed
    requested_at: datetime
    foresee: Foresee | None = None

    def loads(self) -> Loads:
        followed = self.need.follows
        return (
            Ref(Visits, self.need.visit_id),
            Ref(Sites, self.need.site_id),
            Ref(Customers, self.asked.customer_id),
            Ref(Clocks, self.asked.ticket_id),
            *(() if followed is None else (Ref(Appointments, followed),)),
            *(Ref(Contacts, id) for id in (self.asked.on_site_contact_id or self.asked.requester_id,) if id),
        )

    def loads_more(self, unit: Unit) -> Loads:
        plan = None if unit.get(Visits, self.need.visit_id) else self._plan(self._visit(unit), unit.now)
        return () if plan is None else plan.loads()

    def decide(self, unit: Unit) -> None:
        if unit.get(Visits, self.need.visit_id) is not None:
            return
        visit = self._visit(unit)
        unit.add(Visits, visit)
        before = made_in_vain(unit, visit.need.follows)
        if before is not None:
            unit.add(Appointments, before.of_next(visit))
            unit.save(Appointments, replace(before, next_visit_id=visit.id))
        unit.put(Clocks, self._clocks(unit).with_visit(visit.id))
        plan = self._plan(visit, unit.now)
        if plan is not None:
            plan.decide(unit)

    def _plan(self, visit: Visit, now: datetime) -> PlanVisit | None:
        return None if self.foresee is None else self.foresee(visit, now)

    def _clocks(self, unit: Unit) -> TicketClocks:
        return unit.get(Clocks, self.asked.ticket_id) or TicketClocks(self.asked.ticket_id)

    def _visit(self, unit: Unit) -> Visit:
        asked, need = self.asked, self.need
        site = unit.require(Sites, need.site_id, as_="site")
        visit = Visit(
            id=need.visit_id,
            ticket_id=asked.ticket_id,
            number=asked.number,
            customer_id=asked.customer_id,
            site_id=need.site_id,
            contract_id=need.contract_id,
            requester_id=asked.requester_id,
            on_site_contact_id=asked.on_site_contact_id,
            confidential=asked.confidential,
            opened_by=asked.opened_by,
            priority=asked.priority,
            requested_at=self.requested_at,
            origin=Origin(unit.cause.correlation_id, unit.cause.causation_id, unit.cause.traceparent),
            place=place_of(site),
            need=Need(
                kind=asked.kind,
                category=asked.category,
                summary=asked.summary,
                duration_minutes=need.duration_minutes,
                skills=need.skills,
                parts=need.parts,
                access=need.access or site.access,
                briefing=asked.answers,
                preferred_windows=need.preferred_windows,
                respond_by_at=need.respond_by,
                restore_by_at=need.restore_by,
                remote=need.remote,
                follows=need.follows,
                after=need.after,
                same_technician=need.same_technician,
                asset_id=asked.asset_id,
                checklist=need.checklist,
                technicians=need.technicians,
                companion_skills=need.companion_skills,
            ),
        )
        before = made_in_vain(unit, need.follows)
        return replace(
            visit,
            need=self._clocks(unit).bind(visit.need, visit.site_id),
            promised=None if before is None else before.chosen,
            wishes=wishes_for(unit, visit),
        )
