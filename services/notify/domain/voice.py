"""When somebody is called by telephone, and what is done where nobody answers."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from contracts.dispatch.events import TechnicianDispatched
from services.notify.domain.delivery import CallAnswer, Delivery
from services.notify.domain.sms import URGENT, by_day

CALLS = 2
"""A telephone that is silent lets a second call through that soon follows the first."""

AGAIN_AFTER = timedelta(seconds=30)
ANSWERED_WITHIN = timedelta(minutes=5)
"""After the time to answer, or the call where there is none, a call counts no more."""

KEYS = {"1": CallAnswer.ACCEPTED, "2": CallAnswer.DECLINED}


def is_called(event: TechnicianDispatched, now: datetime, zone: ZoneInfo) -> bool:
    """Urgent work wakes whoever is on call, or is told by night: a message alone wakes nobody."""
    if event.acknowledge_by is not None and event.acknowledge_by <= now:
        return False
    return event.priority in URGENT and (event.on_call or not by_day(now, zone))


def called_again_at(call: Delivery, answer: CallAnswer, now: datetime) -> datetime | None:
    """When he is called once more; None: the dispatch goes its way, to the next when his time is over."""
    if answer in KEYS.values() or call.call >= CALLS:
        return None
    at, by = now + AGAIN_AFTER, call.message.details.acknowledge_by
    return None if by is not None and by <= at else at


def answerable_until(call: Delivery) -> datetime:
    """Until when an answer to it is taken; what it can still do is decided by whose visit it is."""
    by = call.message.details.acknowledge_by
    return max(call.queued_at, by or call.queued_at) + ANSWERED_WITHIN
