"""What tickets tell: visits to make, visits not wanted any more, other priorities."""

from collections.abc import Iterable

from contracts.dispatch.events import CancelledBecause
from contracts.envelope import Envelope
from contracts.ticket.events import (
    TicketHeld,
    TicketNoted,
    TicketOpened,
    TicketReprioritised,
    TicketResumed,
    VisitsRequested,
    VisitsWithdrawn,
    WithdrawalReason,
)
from services.dispatch.usecases.correct_visits import CorrectVisits
from services.dispatch.usecases.hold_visits import HoldVisits, ResumeVisits
from services.dispatch.usecases.store_visit import Foresee, StoreVisit
from services.dispatch.usecases.withdraw_visits import Reprioritise, WithdrawVisit

BECAUSE = {
    WithdrawalReason.CANCELLED: CancelledBecause.TICKET_CANCELLED,
    WithdrawalReason.SOLVED_REMOTELY: CancelledBecause.SOLVED_REMOTELY,
    WithdrawalReason.RESOLVED: CancelledBecause.WITHDRAWN,
    WithdrawalReason.TRIAGED: CancelledBecause.WITHDRAWN,
}


def on_ticket_opened(
    event: TicketOpened, envelope: Envelope, *, foresee: Foresee | None = None
) -> Iterable[StoreVisit]:
    return [StoreVisit(event, need, envelope.occurred_at, foresee) for need in event.visits]


def on_visits_requested(
    event: VisitsRequested, envelope: Envelope, *, foresee: Foresee | None = None
) -> Iterable[StoreVisit]:
    return [StoreVisit(event, need, envelope.occurred_at, foresee) for need in event.visits]


def on_visits_withdrawn(event: VisitsWithdrawn, envelope: Envelope) -> Iterable[WithdrawVisit]:
    return [WithdrawVisit(visit_id, BECAUSE[event.reason]) for visit_id in event.visit_ids]


def on_ticket_reprioritised(event: TicketReprioritised, envelope: Envelope) -> Iterable[Reprioritise]:
    return [Reprioritise(event.ticket_id, event.priority)]


def on_ticket_noted(event: TicketNoted, envelope: Envelope) -> Iterable[CorrectVisits]:
    return [] if event.change is None else [CorrectVisits(event, event.change)]


def on_ticket_held(event: TicketHeld, envelope: Envelope) -> Iterable[HoldVisits]:
    return [HoldVisits(event.ticket_id, event.held_sites, event.until)]


def on_ticket_resumed(event: TicketResumed, envelope: Envelope) -> Iterable[ResumeVisits]:
    return [ResumeVisits(event.ticket_id, event.resumed_sites)]
