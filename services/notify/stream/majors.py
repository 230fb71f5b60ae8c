"""What notify does about the facts of ``ticket.major-incidents.v1``: who runs one is told."""

from collections.abc import Iterable
from typing import Any

from contracts.envelope import Envelope
from contracts.ticket.majors import MajorIncidentDeclared, MajorIncidentFact, MajorUpdateDue
from infra.chassis.store.unit import UseCase
from services.notify.domain.delivery import Origin
from services.notify.domain.message import Details, Message, MessageKind, staff
from services.notify.domain.timing import USUAL, Timing
from services.notify.usecases.tell_lead import TellLead

TOLD: tuple[type[MajorIncidentFact], ...] = (MajorIncidentDeclared, MajorUpdateDue)


def on_major_fact(
    event: MajorIncidentDeclared | MajorUpdateDue, envelope: Envelope, timing: Timing = USUAL
) -> Iterable[UseCase[Any]]:
    due = isinstance(event, MajorUpdateDue)
    message = Message(
        kind=MessageKind.MAJOR_UPDATE_DUE if due else MessageKind.MAJOR_INCIDENT_DECLARED,
        recipient=staff(event.lead),
        customer_id=None,
        ticket_id=None,
        visit_id=None,
        details=Details(
            number="",
            title=event.title,
            minutes=event.update_minutes,
            due_at=event.due_at if isinstance(event, MajorUpdateDue) else event.update_due_at,
            missed=event.missed if isinstance(event, MajorUpdateDue) else None,
        ),
        major_id=event.major_id,
    )
    yield TellLead(Origin(envelope.identity, envelope.correlation_id, envelope.traceparent), message, timing)
