"""``ticket.lifecycle.v1``: what is resolved was done, and a machine's fault counts as its failure."""

from collections.abc import Iterable
from typing import Any

from contracts.envelope import Envelope
from contracts.ticket.events import TicketCancelled, TicketResolved
from infra.chassis.store.unit import UseCase
from services.inventory.usecases.settle_maintenance import SettleMaintenance


def on_ticket_resolved(event: TicketResolved, envelope: Envelope) -> Iterable[UseCase[Any]]:
    return (SettleMaintenance(event.ticket_id, envelope.occurred_at, done=True),)


def on_ticket_cancelled(event: TicketCancelled, envelope: Envelope) -> Iterable[UseCase[Any]]:
    return (SettleMaintenance(event.ticket_id, envelope.occurred_at, done=False),)
