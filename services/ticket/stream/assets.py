"""``inventory.assets.v1``: a machine's state may ask for work before it breaks."""

from collections.abc import Iterable

from contracts.envelope import Envelope
from contracts.inventory.assets import AssetChanged
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
