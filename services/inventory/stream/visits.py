"""What visits that are planned, moved, called off, made and closed mean for parts and for access codes."""

from collections.abc import Iterable
from typing import Any

from contracts.dispatch.events import (
    DispatchFailed,
    DispatchRevoked,
    InterventionClosed,
    RevocationReason,
    TechnicianArrived,
    VisitCancelled,
    VisitFact,
    VisitPlanned,
    VisitRescheduled,
)
from contracts.envelope import Envelope
from contracts.values import Outcome
from infra.chassis.store.unit import UseCase
from services.inventory.domain.reservation import Position
from services.inventory.domain.training import training_of
from services.inventory.usecases.decide_advice import SettleRenewals
from services.inventory.usecases.exchange_machine import ExchangeMachine
from services.inventory.usecases.follow_training import FollowTraining
from services.inventory.usecases.follow_visit import FollowVisit
from services.inventory.usecases.issue_parts import IssueParts
from services.inventory.usecases.release_parts import ReleaseParts
from services.inventory.usecases.reserve_parts import ReserveParts
from services.inventory.usecases.settle_maintenance import KeepAnswers

FOLLOWED_BY_A_PLAN = frozenset({RevocationReason.RESCHEDULED, RevocationReason.REASSIGNED})
"""Revocations whose new plan is the next fact: it decides about the parts, nobody takes them meanwhile."""


def on_visit_planned(event: VisitPlanned, envelope: Envelope) -> Iterable[UseCase[Any]]:
    return (*_follows(event, envelope), *((_reserve(event, envelope),) if event.parts else ()))


def on_visit_rescheduled(event: VisitRescheduled, envelope: Envelope) -> Iterable[UseCase[Any]]:
    return (*_follows(event, envelope), _reserve(event, envelope))


def on_dispatch_revoked(event: DispatchRevoked, envelope: Envelope) -> Iterable[UseCase[Any]]:
    if event.reason in FOLLOWED_BY_A_PLAN:
        return (_follow(event, envelope),)
    awaited = event.reason is RevocationReason.PARTS_SHORT
    return (*_follows(event, envelope), _release(event, envelope, event.technician_id, awaited=awaited))


def on_visit_cancelled(event: VisitCancelled, envelope: Envelope) -> Iterable[UseCase[Any]]:
    return (*_follows(event, envelope), _release(event, envelope))


def on_dispatch_failed(event: DispatchFailed, envelope: Envelope) -> Iterable[UseCase[Any]]:
    return (*_follows(event, envelope), _release(event, envelope, awaited=True))


def on_technician_arrived(event: TechnicianArrived, envelope: Envelope) -> Iterable[FollowVisit]:
    return (_follow(event, envelope),)


def on_intervention_closed(event: InterventionClosed, envelope: Envelope) -> Iterable[UseCase[Any]]:
    return (
        *_follows(event, envelope),
        IssueParts(
            visit_id=event.visit_id,
            ticket_id=event.ticket_id,
            customer_id=event.customer_id,
            technician_id=event.technician_id,
            used=event.parts_used,
            ended_at=event.ended_at,
            actor=envelope.actor,
            position=_position(envelope),
        ),
        *((_exchange(event),) if any(part.serial_out for part in event.parts_used) else ()),
        *((KeepAnswers(event.ticket_id, event.checklist),) if event.checklist else ()),
        *((SettleRenewals(event.ticket_id, event.site_id),) if event.outcome is Outcome.FIXED else ()),
    )


def _exchange(event: InterventionClosed) -> ExchangeMachine:
    return ExchangeMachine(event.ticket_id, event.site_id, event.parts_used)


def _follows(event: VisitFact, envelope: Envelope) -> tuple[UseCase[Any], ...]:
    """The visit, and the training that it is made for."""
    training = training_of(event.ticket_id)
    follow = _follow(event, envelope)
    return (follow,) if training is None else (follow, FollowTraining(training, event, _position(envelope)))


def _follow(event: VisitFact, envelope: Envelope) -> FollowVisit:
    return FollowVisit(event, envelope.occurred_at, _position(envelope))


def _reserve(event: VisitPlanned | VisitRescheduled, envelope: Envelope) -> ReserveParts:
    return ReserveParts(
        visit_id=event.visit_id,
        ticket_id=event.ticket_id,
        customer_id=event.customer_id,
        technician_id=event.technician_id,
        planned_start=event.planned_start,
        parts=event.parts,
        position=_position(envelope),
        site_id=event.site_id,
    )


def _release(
    event: DispatchRevoked | VisitCancelled | DispatchFailed,
    envelope: Envelope,
    technician_id: str | None = None,
    *,
    awaited: bool = False,
) -> ReleaseParts:
    return ReleaseParts(
        visit_id=event.visit_id,
        ticket_id=event.ticket_id,
        customer_id=event.customer_id,
        position=_position(envelope),
        technician_id=technician_id,
        awaited=awaited,
    )


def _position(envelope: Envelope) -> Position:
    return Position(envelope.epoch, envelope.sequence)
