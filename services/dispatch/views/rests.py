"""Rest that is owed to a technician, as the API shows it."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field

from infra.chassis.runtime import Kept
from services.dispatch.domain.lawful_exit import Basis, RestDebt


class RestDebtView(BaseModel):
    """``from`` and ``to``: the rest that he was not given. ``id`` is the visit's for which he gave it up."""

    id: str
    technician_id: str
    rule: str
    basis: Basis
    reason: str
    author: str
    from_at: datetime = Field(serialization_alias="from")
    to_at: datetime = Field(serialization_alias="to")
    owed_minutes: int
    state: Literal["owed", "scheduled", "given-back"]
    given_from: datetime | None
    given_to: datetime | None
    given_by: str | None
    absence_id: str | None
    updated_at: datetime


class RestDebtPage(BaseModel):
    items: tuple[RestDebtView, ...]
    next: str | None


def debt_view(kept: Kept[RestDebt], now: datetime) -> RestDebtView:
    debt = kept.value
    return RestDebtView(
        id=debt.id,
        technician_id=debt.technician_id,
        rule=debt.rule,
        basis=debt.basis,
        reason=debt.reason,
        author=debt.author,
        from_at=debt.from_at,
        to_at=debt.to_at,
        owed_minutes=int(debt.owed.total_seconds() // 60),
        state="owed" if debt.given_to_at is None else "scheduled" if debt.given_to_at > now else "given-back",
        given_from=debt.given_from_at,
        given_to=debt.given_to_at,
        given_by=debt.given_by,
        absence_id=debt.absence_id,
        updated_at=kept.updated_at,
    )
