"""What tickets' SLA clocks tell: by when visits have to be made."""

from collections.abc import Iterable

from contracts.envelope import Envelope
from contracts.ticket.sla import ClockState, SlaFact
from services.dispatch.domain.clocks import KnownClock
from services.dispatch.usecases.follow_clock import FollowClock, Sooner

PRESSING_PERCENT = 75


def on_sla_fact(event: SlaFact, envelope: Envelope, *, sooner: Sooner | None = None) -> Iterable[FollowClock]:
    if event.aim is None:
        return []
    spent = event.state is ClockState.BREACHED or (event.threshold or 0) >= PRESSING_PERCENT
    clock = KnownClock(
        site_id=event.site_id,
        target=event.target,
        aim=event.aim,
        said=(envelope.epoch, envelope.sequence),
        due_at=event.due_at,
        pressing=spent and event.due_at is not None,
    )
    return [FollowClock(event.ticket_id, clock, sooner)]
