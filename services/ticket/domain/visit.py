"""A visit as the ticket knows it: dispatch owns the real one and tells of its progress."""

from dataclasses import dataclass, replace
from datetime import datetime

from contracts.checklists import ChecklistItem
from contracts.ticket.events import VisitNeed
from contracts.values import Outcome, SiteAccess, VisitState, Window
from services.ticket.domain.sla_record import SlaRecord
from services.ticket.domain.work_type import Work

ASSIGNED = frozenset(
    {
        VisitState.PLANNED,
        VisitState.DISPATCHED,
        VisitState.ACKNOWLEDGED,
        VisitState.EN_ROUTE,
        VisitState.ARRIVED,
        VisitState.STARTED,
        VisitState.PAUSED,
    }
)
LIVE = ASSIGNED | {VisitState.WAITING, VisitState.FAILED}
"""States of visits that may still be made; a failed one waits for the dispatcher."""

UNDER_WAY = frozenset({VisitState.EN_ROUTE, VisitState.ARRIVED, VisitState.STARTED, VisitState.PAUSED})


@dataclass(frozen=True)
class Assignment:
    """Who comes and when he is expected to arrive. ``companions`` come with him."""

    technician_id: str
    planned_start: datetime
    planned_end: datetime
    arrival_from: datetime
    arrival_to: datetime
    companions: tuple[str, ...] = ()


@dataclass(frozen=True)
class Visit:
    """``work`` is what was asked for when the visit was; the contract's revision is the one of then.

    ``work_done`` is how the technician's report begins.
    ``asked``: dispatch knows of it; else it waits for work from the desk.
    ``undone``: the client did not accept what came of it and the ticket was reopened.
    ``pauses``: from when to when work rested; the last one may not have ended.
    ``report_version`` is the service report's that holds now, once there is one.
    It begins when those in ``after`` are over; ``same_technician`` makes all of the ticket's that say so.
    """

    id: str
    site_id: str
    work: Work
    contract_id: str | None = None
    contract_revision: int | None = None
    follows: str | None = None
    state: VisitState = VisitState.WAITING
    assignment: Assignment | None = None
    arrived_at: datetime | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    outcome: Outcome | None = None
    work_done: str | None = None
    undone: bool = False
    asked: bool = True
    pauses: tuple[tuple[datetime, datetime | None], ...] = ()
    after: tuple[str, ...] = ()
    same_technician: bool = False
    report_version: int | None = None

    @property
    def technician_id(self) -> str | None:
        return None if self.assignment is None else self.assignment.technician_id

    @property
    def crew(self) -> tuple[str, ...]:
        """Everybody who comes, who leads first."""
        who = self.assignment
        return () if who is None else (who.technician_id, *who.companions)

    @property
    def live(self) -> bool:
        return self.state in LIVE

    @property
    def under_way(self) -> bool:
        return self.state in UNDER_WAY

    @property
    def fixed(self) -> bool:
        return self.outcome is Outcome.FIXED and not self.undone

    def moved(self, state: VisitState) -> "Visit":
        """The visit in ``state``; what is told late of a closed visit does not open it again, and a
        cancelled one lives again only when somebody is on his way."""
        cancelled = self.state is VisitState.CANCELLED and state not in UNDER_WAY
        return self if cancelled or self.state is VisitState.CLOSED else replace(self, state=state)

    def paused(self, at: datetime) -> "Visit":
        """The visit with a pause since then, if none goes on."""
        if self.pauses and self.pauses[-1][1] is None:
            return self
        return replace(self, pauses=(*self.pauses, (at, None)))

    def gone_on(self, at: datetime) -> "Visit":
        """The visit with its pause ended."""
        if not self.pauses or self.pauses[-1][1] is not None:
            return self
        *others, (since, _) = self.pauses
        return replace(self, pauses=(*others, (since, at)))

    def assigned(self, assignment: Assignment, state: VisitState) -> "Visit":
        if self.state is VisitState.CLOSED:
            return self
        return replace(self.moved(state), assignment=assignment)

    def unassigned(self, technician_id: str) -> "Visit":
        """Waiting again, unless another technician has it by now."""
        if self.state not in ASSIGNED or self.technician_id not in (None, technician_id):
            return self
        return replace(self, state=VisitState.WAITING, assignment=None)

    def unservable(self) -> "Visit":
        """Nobody can make it: whoever was expected does not come."""
        if self.state in (VisitState.CLOSED, VisitState.CANCELLED):
            return self
        return replace(self, state=VisitState.FAILED, assignment=None)

    def need(
        self,
        access: SiteAccess | None,
        windows: tuple[Window, ...],
        sla: SlaRecord | None,
        checklist: tuple[ChecklistItem, ...] = (),
    ) -> VisitNeed:
        """What the planner is told of it; no deadlines where no clock runs."""
        return VisitNeed(
            visit_id=self.id,
            site_id=self.site_id,
            contract_id=self.contract_id,
            respond_by=None if sla is None else sla.respond_by(self.site_id),
            restore_by=None if sla is None else sla.restore_by(self.site_id),
            skills=self.work.skills,
            duration_minutes=self.work.duration_minutes,
            parts=self.work.parts,
            access=access,
            preferred_windows=windows,
            follows=self.follows,
            after=self.after,
            same_technician=self.same_technician,
            checklist=checklist,
            technicians=self.work.technicians,
            companion_skills=self.work.companion_skills,
        )
