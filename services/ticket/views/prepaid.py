from datetime import date

from pydantic import BaseModel

from services.ticket.domain.billing import Billing
from services.ticket.domain.consumption import Volume
from services.ticket.domain.contract import Contract


class PrepaidView(BaseModel):
    """What a prepaid contract has left."""

    contract_id: str
    included_minutes: int
    balance_minutes: int
    expiry: date | None


def prepaid_view(contract: Contract, billing: Billing, volume: Volume | None) -> PrepaidView:
    included = billing.included or 0
    used = 0 if volume is None else volume.used_minutes
    return PrepaidView(
        contract_id=contract.id,
        included_minutes=included,
        balance_minutes=max(0, included - used),
        expiry=billing.expiry,
    )
