"""What a client is told of the report of a visit: that it is there to be read, or to be signed."""

from contracts.dispatch.reports import MadeBecause, ServiceReportMade, ServiceReportReminded, Signing
from contracts.values import Outcome
from services.notify.domain.message import Details, Message, MessageKind, contact

_IN_VAIN = frozenset({Outcome.NO_ACCESS, Outcome.USER_ABSENT})


def report_made(event: ServiceReportMade) -> tuple[Message, ...]:
    """Of a visit in vain he has been told what proves it; what is corrected of that he is told, too."""
    if event.outcome in _IN_VAIN and event.because is MadeBecause.CLOSED:
        return ()
    kind = MessageKind.REPORT_TO_SIGN if event.signing is Signing.AWAITED else MessageKind.SERVICE_REPORT
    return _to_both(kind, event, event.because)


def report_reminder(event: ServiceReportReminded) -> tuple[Message, ...]:
    return _to_both(MessageKind.REPORT_REMINDER, event, None)


def _to_both(
    kind: MessageKind, event: ServiceReportMade | ServiceReportReminded, because: MadeBecause | None
) -> tuple[Message, ...]:
    """Who asked, and who waited on the spot: each has a link of his own."""
    details = Details(
        event.number,
        summary=event.summary,
        site_ids=(event.site_id,),
        technician_id=event.technician_id,
        link_until=event.link_until,
        report_version=event.version,
        because=because,
    )
    people = dict.fromkeys((event.requester_id, event.on_site_contact_id))
    return tuple(
        Message(
            kind,
            contact(id),
            event.customer_id,
            event.ticket_id,
            event.visit_id,
            details,
            event.confidential,
            contract_ids=(event.contract_id,) if event.contract_id else (),
        )
        for id in people
        if id is not None
    )
