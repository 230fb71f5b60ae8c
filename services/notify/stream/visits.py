"""What notify does about the facts of ``dispatch.visits.v1``."""

from collections.abc import Iterable
from typing import Any

from contracts.dispatch.events import (
    AppointmentChosen,
    AppointmentDeclined,
    AppointmentOffered,
    AppointmentReminded,
    DispatchAcknowledged,
    DispatchDeclined,
    DispatcherAsked,
    DispatchFailed,
    DispatchRevoked,
    InterventionClosed,
    InterventionPaused,
    InterventionResumed,
    InterventionStarted,
    SignOfLifeMissed,
    TechnicianArrived,
    TechnicianDispatched,
    TechnicianEnRoute,
    VisitCancelled,
    VisitFact,
    VisitPlanned,
    VisitRescheduled,
    WorkNotReported,
)
from contracts.dispatch.reports import ServiceReportMade, ServiceReportReminded
from contracts.envelope import Envelope
from infra.chassis.store.unit import UseCase
from services.notify.domain.alert import Alarming, is_alarming
from services.notify.domain.delivery import Origin
from services.notify.domain.line import Stream, line_of_visit
from services.notify.domain.timing import USUAL, Timing
from services.notify.domain.unreported import about_the_evening
from services.notify.usecases.alert_dispatchers import AlertDispatchers
from services.notify.usecases.emit_line import EmitLine
from services.notify.usecases.queue_message import QueueMessage
from services.notify.usecases.tell_of_silence import TellOfSilence
from services.notify.usecases.tell_of_visit import TellOfVisit

TOLD: tuple[type[VisitFact], ...] = (
    AppointmentChosen,
    AppointmentOffered,
    AppointmentReminded,
    DispatchAcknowledged,
    DispatchDeclined,
    DispatchFailed,
    DispatchRevoked,
    InterventionClosed,
    ServiceReportMade,
    ServiceReportReminded,
    TechnicianDispatched,
    TechnicianEnRoute,
    VisitCancelled,
    VisitPlanned,
    VisitRescheduled,
)
"""The facts that change what the technician or the requester must know, or need not be told any more."""

SHOWN: tuple[type[VisitFact], ...] = (
    AppointmentDeclined,
    DispatcherAsked,
    InterventionPaused,
    InterventionResumed,
    InterventionStarted,
    SignOfLifeMissed,
    TechnicianArrived,
    WorkNotReported,
)
"""The facts that change nothing for those two."""


def on_visit_fact(event: VisitFact, envelope: Envelope, timing: Timing = USUAL) -> Iterable[UseCase[Any]]:
    yield EmitLine(Stream.VISITS, line_of_visit(event, envelope))
    origin = Origin(envelope.identity, envelope.correlation_id, envelope.traceparent)
    if isinstance(event, TOLD):
        yield TellOfVisit(event, origin, envelope.occurred_at, timing)
    if isinstance(event, SignOfLifeMissed):
        yield TellOfSilence(event, origin, timing)
    if isinstance(event, WorkNotReported):
        yield QueueMessage(origin, about_the_evening(event), timing)
    if isinstance(event, Alarming) and is_alarming(event):
        yield AlertDispatchers(event, origin, timing)
