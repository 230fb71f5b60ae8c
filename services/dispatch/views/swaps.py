"""A swap as the API shows it to the two whom it concerns, and to dispatchers."""

from datetime import datetime

from pydantic import BaseModel, Field

from infra.chassis.runtime import Kept
from services.dispatch.domain.swap import Swap, SwapState


class SwapView(BaseModel):
    """``from`` and ``to`` are those of ``entry_id``; ``reason`` is why it was declined or vetoed."""

    id: str
    state: SwapState
    entry_id: str
    in_return: str | None
    asked_by: str
    asked_of: str
    from_at: datetime = Field(serialization_alias="from")
    to_at: datetime = Field(serialization_alias="to")
    asked_at: datetime
    reason: str | None
    ended_by: str | None
    ended_at: datetime | None
    possible: tuple[str, ...]
    updated_at: datetime


class SwapPage(BaseModel):
    items: tuple[SwapView, ...]
    next: str | None


def swap_view(kept: Kept[Swap]) -> SwapView:
    swap = kept.value
    return SwapView(
        id=swap.id,
        state=swap.state,
        entry_id=swap.entry_id,
        in_return=swap.in_return,
        asked_by=swap.asked_by,
        asked_of=swap.asked_of,
        from_at=swap.from_at,
        to_at=swap.to_at,
        asked_at=swap.asked_at,
        reason=swap.reason,
        ended_by=swap.ended_by,
        ended_at=swap.ended_at,
        possible=swap.possible,
        updated_at=kept.updated_at,
    )
