"""What a dispatcher is told because the machine does not decide it."""

from collections.abc import Iterable

from contracts.dispatch.events import (
    AppointmentDeclined,
    DispatcherAsked,
    DispatchFailed,
    InterventionClosed,
)
from contracts.values import Outcome
from services.notify.domain.message import Details, Message, MessageKind
from services.notify.domain.staff import StaffMember, to_staff

Alarming = DispatchFailed | DispatcherAsked | AppointmentDeclined | InterventionClosed

NAMED = 20
"""Of how many technicians a message says why they cannot go; the visit's page has them all."""


def is_alarming(event: Alarming) -> bool:
    """Whether a dispatcher has to know now."""
    return not isinstance(event, InterventionClosed) or event.outcome is Outcome.UNSAFE


def alerts(event: Alarming, dispatchers: Iterable[StaffMember]) -> tuple[Message, ...]:
    kind, details = _said(event)
    return to_staff(dispatchers, kind, event, details, event.visit_id)


def _said(event: Alarming) -> tuple[MessageKind, Details]:
    number, sites = event.number, (event.site_id,)
    match event:
        case DispatchFailed():
            return MessageKind.DISPATCH_FAILED, Details(
                number,
                summary=event.summary,
                site_ids=sites,
                priority=event.priority,
                ruled_out=event.reasons[:NAMED],
            )
        case DispatcherAsked():
            return MessageKind.DISPATCHER_ASKED, Details(
                number,
                summary=event.summary,
                site_ids=sites,
                technician_id=event.technician_id,
                priority=event.priority,
                reason=event.reason,
            )
        case AppointmentDeclined():
            return MessageKind.APPOINTMENT_DECLINED, Details(
                number, summary=event.summary, site_ids=sites, priority=event.priority, reason=event.reason
            )
        case InterventionClosed():
            return MessageKind.INTERVENTION_UNSAFE, Details(
                number, summary=event.work_done, site_ids=sites, technician_id=event.technician_id
            )
