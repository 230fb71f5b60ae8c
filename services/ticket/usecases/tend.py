from dataclasses import dataclass

from infra.chassis.store.collection import Ref
from infra.chassis.store.unit import Unit
from services.ticket.domain.falling_due import next_due, tended
from services.ticket.store.tickets import Tickets
from services.ticket.usecases.keeping import keep


@dataclass(frozen=True)
class TendTicket:
    """The timer of a ticket: do what falls due, say what has become of its clocks."""

    ticket_id: str

    def loads(self) -> tuple[Ref, ...]:
        return (Ref(Tickets, self.ticket_id),)

    def decide(self, unit: Unit) -> None:
        ticket = unit.get(Tickets, self.ticket_id)
        if ticket is None or (due := next_due(ticket)) is None or due > unit.now:
            return
        step = tended(ticket, unit.now)
        keep(unit, ticket, step, at=step[1][-1][0] if step[1] else unit.now)
