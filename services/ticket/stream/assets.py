"""``inventory.assets.v1``: a machine's state, or a plan, may ask for work before something breaks."""

from collections.abc import Iterable

from contracts.envelope import Envelope
from contracts.inventory.assets import AssetChanged, MaintenanceDue, TrainingAsked
from contracts.values import TicketKind
from services.ticket.domain.asked_work import AskedWork
from services.ticket.usecases.ask_work import KeepAskedWork


def on_asset_changed(fact: AssetChanged, envelope: Envelope) -> Iterable[KeepAskedWork]:
    """What is changed alone asks for nothing."""
    return tuple(
        KeepAskedWork(
            AskedWork(
                id=asked.ticket_id,
                customer_id=fact.customer_id,
                site_id=fact.site_id,
                asset_id=fact.asset_id,
                rule=asked.rule,
                category=asked.category,
                summary=asked.summary,
                detail=asked.detail,
                asked_at=envelope.occurred_at,
                try_at=envelope.occurred_at,
            )
        )
        for asked in fact.asks
    )


def on_maintenance_due(fact: MaintenanceDue, envelope: Envelope) -> Iterable[KeepAskedWork]:
    return (
        KeepAskedWork(
            AskedWork(
                id=fact.ticket_id,
                customer_id=fact.customer_id,
                site_id=fact.site_id,
                asset_id=fact.asset_ids[0] if len(fact.asset_ids) == 1 else None,
                rule=f"plan.{fact.plan_id}",
                category=fact.category,
                summary=fact.summary,
                detail=fact.detail,
                asked_at=envelope.occurred_at,
                try_at=envelope.occurred_at,
                urgency=fact.urgency,
                window=fact.window,
                checklist=fact.checklist,
                follows_id=fact.follows_ticket_id,
            )
        ),
    )


def on_training_asked(fact: TrainingAsked, envelope: Envelope) -> Iterable[KeepAskedWork]:
    return (
        KeepAskedWork(
            AskedWork(
                id=fact.ticket_id,
                customer_id=fact.customer_id,
                site_id=fact.site_id,
                asset_id=None,
                rule="training",
                category=fact.category,
                summary=fact.summary,
                detail=fact.detail,
                asked_at=envelope.occurred_at,
                try_at=envelope.occurred_at,
                window=fact.window,
                checklist=fact.checklist,
                kind=TicketKind.TRAINING,
            )
        ),
    )
