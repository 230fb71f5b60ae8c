"""The client says with a mark how it went, by a link that he was sent."""

from dataclasses import dataclass

from contracts.refusal import NotFound
from infra.chassis.store.collection import Loads, Ref
from infra.chassis.store.unit import Unit
from services.ticket.domain.satisfaction import Satisfaction, rated
from services.ticket.store.satisfactions import Satisfactions
from services.ticket.store.tickets import Tickets
from services.ticket.usecases.keeping import keep


@dataclass(frozen=True)
class RateVisit:
    """``visit_id`` None: what was solved from the desk. Who has the link may."""

    ticket_id: str
    visit_id: str | None
    mark: int
    comment: str | None = None

    @property
    def id(self) -> str:
        return self.visit_id or self.ticket_id

    def loads(self) -> Loads:
        return (Ref(Tickets, self.ticket_id), Ref(Satisfactions, self.id))

    def decide(self, unit: Unit) -> Satisfaction:
        ticket = unit.get(Tickets, self.ticket_id)
        if ticket is None:
            raise NotFound("ticket", self.ticket_id)
        before = unit.get(Satisfactions, self.id)
        given, step = rated(ticket, self.visit_id, before, self.mark, self.comment, unit.now)
        if step[1]:
            unit.put(Satisfactions, given)
            keep(unit, ticket, step, at=unit.now, words=self.comment)
        return given
