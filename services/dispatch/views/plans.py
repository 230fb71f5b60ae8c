"""Days planned anew, as the API shows them."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field

from infra.chassis.runtime import Kept
from services.dispatch.domain.replan import Booking, Replan, Why
from services.dispatch.views.travel import TravelView, travel_view


class BookingView(BaseModel):
    technician_id: str
    start: datetime
    end: datetime
    travel: TravelView


class ReplannedView(BaseModel):
    """``before`` null: nobody had it. ``after`` null: nobody would, today."""

    visit_id: str
    number: str
    before: BookingView | None
    after: BookingView | None


class GainedView(BaseModel):
    """In minutes of travel: on the road, by what is sooner or less late, by who makes it, and what it costs
    to tell people of changes (negative)."""

    travel: float
    time: float
    fit: float
    disruption: float
    total: float


class AwayView(BaseModel):
    technician_id: str
    from_at: datetime = Field(serialization_alias="from")
    to_at: datetime = Field(serialization_alias="to")
    kind: str


class PlanView(BaseModel):
    """``why``: looked for in the background, to make room for ``visit_id``, or asked for by somebody.
    ``away`` is recorded with it when it is applied."""

    id: str
    state: Literal["proposed", "applied"]
    why: Why
    visit_id: str | None
    away: AwayView | None
    changes: tuple[ReplannedView, ...]
    gained: GainedView
    proposed_at: datetime
    proposed_by: str
    applied_at: datetime | None
    applied_by: str | None
    updated_at: datetime


class PlanPage(BaseModel):
    items: tuple[PlanView, ...]
    next: str | None


def plan_view(kept: Kept[Replan]) -> PlanView:
    replan, gained = kept.value, kept.value.gained
    away = replan.away
    return PlanView(
        id=replan.id,
        state=replan.state.value,
        why=replan.why,
        visit_id=replan.visit_id,
        away=None
        if away is None
        else AwayView(
            technician_id=away.technician_id, from_at=away.from_at, to_at=away.to_at, kind=away.kind
        ),
        changes=tuple(
            ReplannedView(
                visit_id=each.visit_id,
                number=each.number,
                before=_booking(each.before),
                after=_booking(each.after),
            )
            for each in replan.changes
        ),
        gained=GainedView(
            travel=round(gained.travel, 1),
            time=round(gained.time, 1),
            fit=round(gained.fit, 1),
            disruption=round(gained.disruption, 1),
            total=round(gained.total, 1),
        ),
        proposed_at=replan.proposed_at,
        proposed_by=replan.proposed_by,
        applied_at=replan.applied_at,
        applied_by=replan.applied_by,
        updated_at=kept.updated_at,
    )


def _booking(booking: Booking | None) -> BookingView | None:
    if booking is None:
        return None
    return BookingView(
        technician_id=booking.technician_id,
        start=booking.start_at,
        end=booking.end_at,
        travel=travel_view(booking.travel_seconds, booking.travel_source),
    )
