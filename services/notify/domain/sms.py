"""When somebody is told by SMS besides the mail, and what of that a change takes back."""

from datetime import datetime, time
from zoneinfo import ZoneInfo

from contracts.dispatch.events import (
    DispatchAcknowledged,
    DispatchDeclined,
    DispatchRevoked,
    TechnicianDispatched,
    VisitFact,
    VisitRescheduled,
)
from contracts.values import Priority
from services.notify.domain.message import Message, MessageKind
from services.notify.domain.preferences import Wish

URGENT = frozenset({Priority.P1, Priority.P2})

DAY_BEGINS, DAY_ENDS = time(8), time(20)
"""At the place: somebody whose hours nobody knows is not disturbed outside for what is not urgent."""

_SENT_WHEN_URGENT = frozenset(
    {
        MessageKind.TECHNICIAN_DISPATCHED,
        MessageKind.TECHNICIAN_RESCHEDULED,
        MessageKind.DISPATCH_FAILED,
        MessageKind.DISPATCHER_ASKED,
    }
)
_IN_DANGER = frozenset(
    {MessageKind.INTERVENTION_UNSAFE, MessageKind.LONE_WORK_ASKED, MessageKind.LONE_WORK_SILENCE}
)
_AT_ANY_HOUR = _IN_DANGER | {MessageKind.LONE_WORK_OVER, MessageKind.TECHNICIAN_EN_ROUTE}
"""Somebody is in danger, or about to be at the door."""


def dispatched_by_sms_at(event: TechnicianDispatched, wish: Wish, now: datetime) -> datetime | None:
    """When a technician who is told to go is told so by SMS too; None: never, he has answered or is late.

    At once if it is urgent; else when half of his time to answer is over, or sooner if he wishes.
    """
    if event.acknowledge_by is not None and event.acknowledge_by <= now:
        return None
    if event.priority in URGENT:
        return now
    at = event.hours_from if wish is Wish.SMS else event.remind_at
    return None if at is None else max(at, now)


def goes_by_sms(message: Message, wish: Wish, now: datetime, zone: ZoneInfo) -> bool:
    """Whether an SMS goes with the mail ``now``; of a dispatch ``dispatched_by_sms_at`` decides."""
    if message.kind is MessageKind.TECHNICIAN_DISPATCHED or wish in (Wish.OFF, Wish.DIGEST):
        return False
    if message.kind is MessageKind.WORK_NOT_REPORTED:
        return True  # his hours have just ended, and a mail is read in the office
    urgent = message.details.priority in URGENT
    if message.kind in _IN_DANGER or (urgent and message.kind in _SENT_WHEN_URGENT):
        return True
    return wish is Wish.SMS and (urgent or message.kind in _AT_ANY_HOUR or by_day(now, zone))


def by_day(now: datetime, zone: ZoneInfo) -> bool:
    return DAY_BEGINS <= now.astimezone(zone).time() < DAY_ENDS


def takes_back_sms(event: VisitFact, technician_id: str | None) -> bool:
    """Whether an SMS to the technician that has not left must not leave any more."""
    if isinstance(event, DispatchAcknowledged | DispatchDeclined | DispatchRevoked):
        return event.technician_id == technician_id
    return not keeps_dispatch(event, technician_id)


def keeps_dispatch(event: VisitFact, technician_id: str | None) -> bool:
    """Whether what the technician was told still stands, but for the minute."""
    return (
        isinstance(event, VisitRescheduled) and event.within_window and event.technician_id == technician_id
    )
