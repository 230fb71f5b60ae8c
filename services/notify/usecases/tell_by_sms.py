"""Tell a technician by SMS that he is to go, and no more than he has to know by it."""

from collections.abc import Iterable
from dataclasses import replace

from contracts.dispatch.events import (
    DispatchRevoked,
    RevocationReason,
    TechnicianDispatched,
    VisitFact,
    VisitRescheduled,
)
from contracts.notify.events import MessageChannel
from infra.chassis.store.unit import Unit
from services.notify.domain.delivery import Delivery, DeliveryState, Origin, delivery_id
from services.notify.domain.message import Message, MessageKind, RecipientKind
from services.notify.domain.notice import Notice
from services.notify.domain.sms import URGENT, by_day, dispatched_by_sms_at, keeps_dispatch, takes_back_sms
from services.notify.store.deliveries import Deliveries
from services.notify.usecases.queue_message import preferences_of, queue_sms, zone_of


def tell_by_sms(
    unit: Unit, event: VisitFact, origin: Origin, known: Notice, messages: Iterable[Message]
) -> str | None:
    """The id of the last SMS about the visit to the technician in charge. ``messages`` are mailed anyway.

    An SMS and a call want an answer, which who leads gives for his companions.
    """
    beside = {*known.companions, *event.companions} - {known.technician_id}
    last = unit.get(Deliveries, known.sms) if known.sms is not None else None
    if last is not None and last.can_be_withdrawn and last.origin != origin:
        if keeps_dispatch(event, known.technician_id) and isinstance(event, VisitRescheduled):
            last = _said_anew(unit, event, origin, last)
        elif takes_back_sms(event, known.technician_id):
            unit.save(Deliveries, last.overtaken())
            last = None
    for message in messages:
        if message.recipient.kind is RecipientKind.TECHNICIAN and message.recipient.id not in beside:
            last = _sms_about(unit, event, origin, message, last)
    return last.id if last is not None else None


def _sms_about(
    unit: Unit, event: VisitFact, origin: Origin, message: Message, last: Delivery | None
) -> Delivery | None:
    if isinstance(event, TechnicianDispatched) and message.kind is MessageKind.TECHNICIAN_DISPATCHED:
        wish = preferences_of(unit, message.recipient).wish(message.kind)
        at = dispatched_by_sms_at(event, wish, unit.now)
        return None if at is None else queue_sms(unit, origin, message, at)
    if message.kind is MessageKind.TECHNICIAN_REVOKED:
        if last is not None and _may_say_so(unit, event, last):
            queue_sms(unit, origin, message, unit.now)
        return None
    return unit.get(Deliveries, delivery_id(origin.event, message, MessageChannel.SMS)) or last


def _may_say_so(unit: Unit, event: VisitFact, last: Delivery) -> bool:
    """Whether who was told by SMS to go is told by SMS not to. His time to answer ends in his hours."""
    if last.state not in (DeliveryState.SENDING, DeliveryState.SENT):
        return False
    if isinstance(event, DispatchRevoked) and event.reason is RevocationReason.NO_ANSWER:
        return True
    return last.message.details.priority in URGENT or by_day(unit.now, zone_of(unit, last.message))


def _said_anew(unit: Unit, event: VisitRescheduled, origin: Origin, last: Delivery) -> Delivery:
    """What has not left yet names the new minute, and leaves when it would have."""
    details = replace(last.message.details, start_at=event.planned_start)
    anew = replace(last.message, details=details)
    sms = queue_sms(unit, origin, anew, last.settles_at or unit.now)
    unit.save(Deliveries, last.overtaken())
    return sms or last
