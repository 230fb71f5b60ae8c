from dataclasses import dataclass
from datetime import datetime

from contracts.audience import Reach
from contracts.refusal import NotFound
from contracts.ticket.agreed import WorkCorrected, WorkLogged
from contracts.values import WorklogKind
from infra.chassis.store.collection import Ref, Where
from infra.chassis.store.unit import Unit
from services.ticket.domain.ledger import TIME
from services.ticket.domain.ticket import Ticket
from services.ticket.store.ledger import Ledger
from services.ticket.store.tickets import Tickets
from services.ticket.store.timeline import Timeline
from services.ticket.usecases.addressing import TicketCommand
from services.ticket.usecases.entering import enter_work
from services.ticket.usecases.keeping import keep
from services.ticket.usecases.log_work import check_stretch


@dataclass(frozen=True, kw_only=True)
class CorrectWork(TicketCommand):
    """Say how time that was logged really was; it ended when this ``occurred_at``. A technician corrects what
    he worked himself."""

    worklog_id: str
    began_at: datetime
    kind: WorklogKind
    billable: bool
    reason: str

    def loads(self) -> tuple[Ref | Where, ...]:
        return (Ref(Tickets, self.ticket_id), Where(Ledger, "source_id", self.worklog_id))

    def decide(self, unit: Unit) -> Ticket:
        ticket, ended_at = self.addressed(unit)
        check_stretch(self.began_at, ended_at)
        person_id = self._whose(unit, ticket)
        correction_id = f"{ticket.id}:{ticket.lines + 1}"
        fact = ticket.fact(
            WorkCorrected,
            worklog_id=self.worklog_id,
            person_id=person_id,
            began_at=self.began_at,
            ended_at=ended_at,
            kind=self.kind,
            billable=self.billable,
        )
        after = keep(unit, ticket, (ticket, ((ended_at, fact),)), at=ended_at, words=self.reason)
        enter_work(
            unit,
            after,
            self.worklog_id,
            person_id,
            (self.began_at, ended_at),
            self.kind,
            billable=self.billable,
            proof=(self.worklog_id, correction_id),
            reason=self.reason,
        )
        return after

    def _whose(self, unit: Unit, ticket: Ticket) -> str:
        """Who worked; what was logged before there was a ledger, the timeline tells."""
        known = unit.where(Ledger, "source_id", self.worklog_id)
        entered = [each for each in known if not each.visit_id and each.kind in TIME]
        if entered and entered[0].ticket_id == ticket.id:
            person_id = entered[0].person_id
        else:
            line = unit.get(Timeline, self.worklog_id)
            if line is None or (line.ticket_id, line.event) != (ticket.id, WorkLogged.TYPE):
                raise NotFound("worklog", self.worklog_id)
            person_id = str((line.details or {})["person_id"])
        if self.viewer.reach is Reach.VISITS and person_id != self.viewer.subject:
            raise NotFound("worklog", self.worklog_id)
        return person_id
