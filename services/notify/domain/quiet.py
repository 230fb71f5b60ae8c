"""The hours in which somebody is left alone, and what reaches him in them all the same, and why."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from contracts.values import Priority
from services.notify.domain.message import Message, MessageKind

URGENT = frozenset({Priority.P1, Priority.P2})

_TO_DO = frozenset(
    {
        MessageKind.TECHNICIAN_DISPATCHED,
        MessageKind.TECHNICIAN_RESCHEDULED,
        MessageKind.TECHNICIAN_REVOKED,
        MessageKind.DISPATCH_FAILED,
        MessageKind.DISPATCHER_ASKED,
    }
)
_DANGER = frozenset(
    {
        MessageKind.INTERVENTION_UNSAFE,
        MessageKind.LONE_WORK_ASKED,
        MessageKind.LONE_WORK_SILENCE,
        MessageKind.LONE_WORK_OVER,
    }
)
_MAJOR = frozenset({MessageKind.MAJOR_INCIDENT_DECLARED, MessageKind.MAJOR_UPDATE_DUE})


class Disturbs(StrEnum):
    """Why a message did not wait for the end of somebody's quiet hours; he reads it in the message."""

    URGENT = "urgent"
    DANGER = "danger"
    MAJOR = "major"
    ON_DUTY = "on-duty"
    ANSWER_DUE = "answer-due"
    STARTS_SOON = "starts-soon"
    AT_THE_DOOR = "at-the-door"


@dataclass(frozen=True)
class QuietHours:
    """Each day from ``begins`` to ``ends`` (``22:00``), over midnight where it ends earlier, in his zone."""

    begins: str
    ends: str
    zone: str

    def until(self, at: datetime) -> datetime | None:
        """When the quiet hours that ``at`` lies in are over; None outside of them."""
        local = at.astimezone(ZoneInfo(self.zone))
        begins, ends, clock = time.fromisoformat(self.begins), time.fromisoformat(self.ends), local.time()
        quiet = begins <= clock < ends if begins < ends else clock >= begins or clock < ends
        if not quiet:
            return None
        day = local.date() if clock < ends else local.date() + timedelta(days=1)
        return datetime.combine(day, ends, local.tzinfo).astimezone(UTC)


def disturbs(message: Message, until: datetime, *, on_duty: bool = False) -> Disturbs | None:
    """Why it is told before ``until``; None: it waits. ``on_duty``: its reader is paid to be disturbed."""
    details = message.details
    if message.kind in _DANGER:
        return Disturbs.DANGER
    if message.kind in _MAJOR:
        return Disturbs.MAJOR
    if message.kind in _TO_DO and details.priority in URGENT:
        return Disturbs.URGENT
    if on_duty:
        return Disturbs.ON_DUTY
    answer_by = details.acknowledge_by or (
        details.until_at if message.kind is MessageKind.APPOINTMENT_OFFERED else None
    )
    if answer_by is not None and answer_by <= until:
        return Disturbs.ANSWER_DUE
    if message.kind is MessageKind.TECHNICIAN_EN_ROUTE:
        return Disturbs.AT_THE_DOOR
    starts = details.start_at or details.arrival_from
    if message.kind is not MessageKind.VISIT_IN_VAIN and starts is not None and starts <= until:
        return Disturbs.STARTS_SOON
    return None
