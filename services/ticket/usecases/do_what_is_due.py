from dataclasses import dataclass

from infra.chassis.store.collection import Ref
from infra.chassis.store.unit import Unit
from services.ticket.domain.ticket import TAIL_MOVES_AT
from services.ticket.store.tickets import Tickets
from services.ticket.usecases.keeping import keep, move_tail


@dataclass(frozen=True)
class DoWhatIsDue:
    """The timer of a ticket: end the holds whose ``until`` has come, move a long tail out."""

    ticket_id: str

    def loads(self) -> tuple[Ref, ...]:
        return (Ref(Tickets, self.ticket_id),)

    def decide(self, unit: Unit) -> None:
        ticket = unit.get(Tickets, self.ticket_id)
        if ticket is None or ticket.next_due is None or ticket.next_due > unit.now:
            return
        after, happened = ticket.holds_ended(unit.now)
        if happened:
            after = keep(unit, ticket, (after, happened), at=happened[-1][0])
        if len(after.tail) >= TAIL_MOVES_AT:
            unit.save(Tickets, after.without_tail())
            move_tail(unit, after)
