"""``ticket.lifecycle.v1``: what is resolved was done, what is cancelled was not; faults count as failures.

Answers to quotes are those to renewals and to repairs.
"""

from collections.abc import Iterable
from typing import Any

from contracts.envelope import Envelope
from contracts.ticket.agreed import QuoteApproved, QuoteRefused
from contracts.ticket.events import TicketCancelled, TicketResolved
from contracts.values import TicketKind
from infra.chassis.store.unit import UseCase
from services.inventory.domain.failure import Failure
from services.inventory.domain.training import training_of
from services.inventory.usecases.answer_repair import AnswerRepair, DropQuotedRepair
from services.inventory.usecases.count_failures import CountFailure
from services.inventory.usecases.decide_advice import FreeRenewals, SettleRenewals
from services.inventory.usecases.follow_training import SettleTraining
from services.inventory.usecases.settle_maintenance import SettleMaintenance


def on_ticket_resolved(event: TicketResolved, envelope: Envelope) -> Iterable[UseCase[Any]]:
    settled: tuple[UseCase[Any], ...] = (
        SettleMaintenance(event.ticket_id, envelope.occurred_at, done=True),
        SettleRenewals(event.ticket_id),
        *_settles_training(event.ticket_id, envelope, held=True),
    )
    if event.kind is not TicketKind.INCIDENT or event.asset_id is None:
        return settled
    failure = Failure(
        event.ticket_id,
        event.customer_id,
        event.asset_id,
        event.declared_at or envelope.occurred_at,
        None if event.confidential else event.cause,
    )
    return (*settled, CountFailure(failure))


def on_ticket_cancelled(event: TicketCancelled, envelope: Envelope) -> Iterable[UseCase[Any]]:
    return (
        SettleMaintenance(event.ticket_id, envelope.occurred_at, done=False),
        FreeRenewals(event.ticket_id),
        DropQuotedRepair(event.ticket_id, envelope.actor),
        *_settles_training(event.ticket_id, envelope, held=False),
    )


def _settles_training(ticket_id: str, envelope: Envelope, *, held: bool) -> tuple[SettleTraining, ...]:
    training = training_of(ticket_id)
    return () if training is None else (SettleTraining(training, envelope.occurred_at, held),)


def on_quote_approved(event: QuoteApproved, envelope: Envelope) -> Iterable[UseCase[Any]]:
    return (AnswerRepair(event.ticket_id, event.total, envelope.actor, approved=True),)


def on_quote_refused(event: QuoteRefused, envelope: Envelope) -> Iterable[UseCase[Any]]:
    """What was to be renewed may be quoted anew; what was to be repaired is given back as it is."""
    return (
        FreeRenewals(event.ticket_id),
        AnswerRepair(event.ticket_id, event.total, envelope.actor, approved=False),
    )
