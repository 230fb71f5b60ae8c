from dataclasses import dataclass

from infra.chassis.store.collection import Ref
from infra.chassis.store.unit import Unit
from services.ticket.store.tickets import Tickets
from services.ticket.usecases.keeping import keep


@dataclass(frozen=True)
class TendTicket:
    """The timer of a ticket: end the holds whose ``until`` has come, say what has become of its clocks."""

    ticket_id: str

    def loads(self) -> tuple[Ref, ...]:
        return (Ref(Tickets, self.ticket_id),)

    def decide(self, unit: Unit) -> None:
        ticket = unit.get(Tickets, self.ticket_id)
        if ticket is None or ticket.next_due is None or ticket.next_due > unit.now:
            return
        after, happened = ticket.holds_ended(unit.now)
        keep(unit, ticket, (after, happened), at=happened[-1][0] if happened else unit.now)
