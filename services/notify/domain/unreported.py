"""What a technician is told whose shift is over while nothing is heard of his visits."""

from contracts.dispatch.events import WorkNotReported
from services.notify.domain.message import Details, Message, MessageKind, technician


def about_the_evening(event: WorkNotReported) -> Message:
    return Message(
        MessageKind.WORK_NOT_REPORTED,
        technician(event.technician_id),
        event.customer_id,
        event.ticket_id,
        event.visit_id,
        Details(
            event.number,
            summary=event.summary,
            site_ids=(event.site_id,),
            technician_id=event.technician_id,
            since_at=event.shift_ended,
            numbers=event.numbers,
        ),
        event.confidential,
        contract_ids=(event.contract_id,) if event.contract_id else (),
    )
