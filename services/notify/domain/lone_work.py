"""Whom a silence concerns: first the technician who works alone, then whoever can send somebody."""

from collections.abc import Iterable

from contracts.dispatch.events import SignOfLifeMissed, SilenceTold
from services.notify.domain.message import Details, Message, MessageKind, technician
from services.notify.domain.staff import StaffMember, to_staff

_KINDS = {
    SilenceTold.TECHNICIAN: MessageKind.LONE_WORK_ASKED,
    SilenceTold.DISPATCHER: MessageKind.LONE_WORK_SILENCE,
    SilenceTold.OVER: MessageKind.LONE_WORK_OVER,
}


def about_silence(event: SignOfLifeMissed, dispatchers: Iterable[StaffMember]) -> tuple[Message, ...]:
    """What is said, to whom; ``dispatchers`` are those on duty."""
    details = Details(
        event.number,
        summary=event.summary,
        site_ids=(event.site_id,),
        technician_id=event.technician_id,
        priority=event.priority,
        since_at=event.last_sign,
    )
    kind = _KINDS[event.told]
    if event.told is not SilenceTold.TECHNICIAN:
        return to_staff(dispatchers, kind, event, details, event.visit_id)
    return (
        Message(
            kind,
            technician(event.technician_id),
            event.customer_id,
            event.ticket_id,
            event.visit_id,
            details,
            event.confidential,
            contract_ids=(event.contract_id,) if event.contract_id else (),
        ),
    )
