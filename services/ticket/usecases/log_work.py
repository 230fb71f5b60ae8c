from dataclasses import dataclass
from datetime import datetime, timedelta

from contracts.ticket.agreed import WorkLogged
from contracts.values import WorklogKind
from infra.chassis.store.unit import Unit
from services.ticket.domain.refusals import worklog_ends_before_it_begins, worklog_too_long
from services.ticket.domain.ticket import Ticket
from services.ticket.usecases.addressing import TicketCommand
from services.ticket.usecases.entering import enter_work
from services.ticket.usecases.keeping import keep

MOST_HOURS = 24


@dataclass(frozen=True, kw_only=True)
class LogWork(TicketCommand):
    """Tell of time that ``person_id`` (the caller if absent) spent on the ticket, whatever its state.

    It ended when this ``occurred_at``.
    """

    began_at: datetime
    kind: WorklogKind
    billable: bool
    person_id: str | None = None
    text: str | None = None

    def decide(self, unit: Unit) -> Ticket:
        ticket, ended_at = self.addressed(unit)
        check_stretch(self.began_at, ended_at)
        worklog_id = f"{ticket.id}:{ticket.lines + 1}"
        fact = ticket.fact(
            WorkLogged,
            worklog_id=worklog_id,
            person_id=self.person_id or self.viewer.subject,
            began_at=self.began_at,
            ended_at=ended_at,
            kind=self.kind,
            billable=self.billable,
        )
        after = keep(unit, ticket, (ticket, ((ended_at, fact),)), at=ended_at, words=self.text)
        enter_work(
            unit,
            after,
            worklog_id,
            fact.person_id,
            (self.began_at, ended_at),
            self.kind,
            billable=self.billable,
            proof=(worklog_id,),
        )
        return after


def check_stretch(began_at: datetime, ended_at: datetime) -> None:
    """``Refusal`` of a stretch that nobody can have worked."""
    if ended_at <= began_at:
        raise worklog_ends_before_it_begins()
    if ended_at - began_at > timedelta(hours=MOST_HOURS):
        raise worklog_too_long(MOST_HOURS)
