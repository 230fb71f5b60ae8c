"""What a contract's managers have been told of an SLA clock, so that each thing is told once."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from contracts.ticket.sla import SlaAtRisk, SlaBreached, SlaCorrected
from services.notify.domain.message import Details, Message, MessageKind
from services.notify.domain.staff import StaffMember, to_staff

Telling = SlaAtRisk | SlaBreached | SlaCorrected

TOLD_AT = (75, 90)
"""Percent of what is allowed; at half time nothing has to be done yet."""


@dataclass(frozen=True)
class ClockNotice:
    """``warned``: of which percentages under which priority; ``breached``: they take it for breached."""

    id: str
    warned: tuple[str, ...] = ()
    breached: bool = False

    def learn(self, event: Telling, now: datetime) -> tuple["ClockNotice", MessageKind | None]:
        """What the event changes in what they must know."""
        match event:
            case SlaAtRisk() if event.threshold in TOLD_AT and not _overtaken(event, now):
                # Under another priority the same target allows another time, and so is another promise.
                warning = f"{event.priority}/{event.threshold}"
                if warning not in self.warned:
                    return replace(self, warned=(*self.warned, warning)), MessageKind.SLA_AT_RISK
            case SlaBreached() | SlaCorrected() if event.breached_at is not None and not self.breached:
                return replace(self, breached=True), MessageKind.SLA_BREACHED
            case SlaCorrected() if self.breached and event.breached_at is None:
                return replace(self, breached=False), MessageKind.SLA_CORRECTED
        return self, None


def notice_id(event: Telling) -> str:
    """One for each clock."""
    return f"{event.ticket_id}/{event.site_id}/{event.target}"


def _overtaken(event: SlaAtRisk, now: datetime) -> bool:
    """Said after the fact: whether the promise was kept is known by now, and told instead."""
    return event.due_at is not None and event.due_at <= now


def to_managers(kind: MessageKind, event: Telling, managers: Iterable[StaffMember]) -> tuple[Message, ...]:
    details = Details(
        event.number,
        summary=event.summary,
        site_ids=(event.site_id,),
        priority=event.priority,
        target=event.target,
        due_at=event.due_at,
        met_at=event.met_at,
        percent=event.threshold if kind is MessageKind.SLA_AT_RISK else None,
    )
    return to_staff(managers, kind, event, details, None)
