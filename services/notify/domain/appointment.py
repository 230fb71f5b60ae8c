"""What a client is told of an appointment: what he may choose, what he chose, and the day before."""

from contracts.dispatch.events import AppointmentChosen, AppointmentOffered, AppointmentReminded
from services.notify.domain.message import Details, Message, MessageKind, contact

Appointing = AppointmentOffered | AppointmentChosen | AppointmentReminded


def offered(event: AppointmentOffered) -> tuple[Message, ...]:
    """He is asked; only links say who may choose."""
    details = Details(
        event.number,
        summary=event.summary,
        site_ids=(event.site_id,),
        until_at=event.expires_at,
        slots=event.slots,
        link_until=event.link_until,
    )
    return _to_who_opens(MessageKind.APPOINTMENT_OFFERED, event, details)


def confirmed(event: AppointmentChosen) -> tuple[Message, ...]:
    details = Details(
        event.number,
        summary=event.summary,
        site_ids=(event.site_id,),
        arrival_from=event.arrival_from,
        arrival_to=event.arrival_to,
    )
    return _to_who_opens(MessageKind.APPOINTMENT_CONFIRMED, event, details)


def reminder(event: AppointmentReminded) -> tuple[Message, ...]:
    details = Details(
        event.number,
        summary=event.summary,
        site_ids=(event.site_id,),
        technician_id=event.technician_id,
        arrival_from=event.arrival_from,
        arrival_to=event.arrival_to,
        duration_minutes=event.duration_minutes,
    )
    return _to_who_opens(MessageKind.APPOINTMENT_REMINDER, event, details)


def _to_who_opens(kind: MessageKind, event: Appointing, details: Details) -> tuple[Message, ...]:
    """Who waits on the spot; who asked, where nobody is known to."""
    person = event.on_site_contact_id or event.requester_id
    if person is None:
        return ()
    return (
        Message(
            kind,
            contact(person),
            event.customer_id,
            event.ticket_id,
            event.visit_id,
            details,
            event.confidential,
            contract_ids=(event.contract_id,) if event.contract_id else (),
        ),
    )
