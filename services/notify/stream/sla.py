"""What notify does about the facts of ``ticket.sla.v1``."""

from collections.abc import Iterable
from typing import Any

from contracts.envelope import Envelope
from contracts.ticket.sla import SlaFact
from infra.chassis.store.unit import UseCase
from services.notify.domain.clock_notice import Telling
from services.notify.domain.delivery import Origin
from services.notify.domain.line import Stream, line_of_ticket
from services.notify.domain.timing import USUAL, Timing
from services.notify.usecases.emit_line import EmitLine
from services.notify.usecases.tell_managers import TellManagers


def on_sla_fact(event: SlaFact, envelope: Envelope, timing: Timing = USUAL) -> Iterable[UseCase[Any]]:
    yield EmitLine(Stream.SLA, line_of_ticket(event, envelope))
    if isinstance(event, Telling):
        origin = Origin(envelope.identity, envelope.correlation_id, envelope.traceparent)
        yield TellManagers(event, origin, timing)
