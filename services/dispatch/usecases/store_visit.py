"""The ticket asked for a visit: keep it until somebody can make it."""

from dataclasses import dataclass
from datetime import datetime

from contracts.ticket.events import TicketOpened, VisitNeed, VisitsRequested
from infra.chassis.store.collection import Loads, Ref
from infra.chassis.store.unit import Unit
from services.dispatch.domain.need import Need, place_of
from services.dispatch.domain.plan import Origin
from services.dispatch.domain.visit import Visit
from services.dispatch.store.copies import Sites
from services.dispatch.store.visits import Visits


@dataclass(frozen=True)
class StoreVisit:
    """Storing a visit that is known already changes nothing."""

    asked: TicketOpened | VisitsRequested
    need: VisitNeed
    requested_at: datetime

    def loads(self) -> Loads:
        return (Ref(Visits, self.need.visit_id), Ref(Sites, self.need.site_id))

    def decide(self, unit: Unit) -> None:
        asked, need = self.asked, self.need
        if unit.get(Visits, need.visit_id) is not None:
            return
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
            ),
        )
        unit.add(Visits, visit)
