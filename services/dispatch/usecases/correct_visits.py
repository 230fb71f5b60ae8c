"""Somebody corrected the ticket: its visits say the same."""

from dataclasses import dataclass, replace

from contracts.ticket.events import TicketChange, TicketNoted
from infra.chassis.store.collection import Loads, Where
from infra.chassis.store.unit import Unit
from services.dispatch.store.visits import Visits
from services.dispatch.usecases.follow_wishes import wishes_for


@dataclass(frozen=True)
class CorrectVisits:
    """Whoever may not see the ticket any more does not see its visits either, ended ones included.

    New wishes count for what is yet to be planned; a time that was promised stays.
    """

    noted: TicketNoted
    change: TicketChange

    def loads(self) -> Loads:
        return (Where(Visits, "ticket_id", self.noted.ticket_id),)

    def decide(self, unit: Unit) -> None:
        for visit in unit.where(Visits, "ticket_id", self.noted.ticket_id):
            need = replace(
                visit.need,
                summary=self.noted.summary,
                preferred_windows=self.change.preferred_windows,
                briefing=visit.need.briefing if self.change.answers is None else self.change.answers,
            )
            corrected = replace(
                visit,
                need=need,
                confidential=self.noted.confidential,
                on_site_contact_id=self.noted.on_site_contact_id,
            )
            if corrected.on_site_contact_id != visit.on_site_contact_id:
                spoken = wishes_for(unit, corrected).spoken
                corrected = replace(corrected, wishes=replace(visit.wishes, spoken=spoken))
            if corrected != visit:
                unit.save(Visits, corrected)
