"""``/v1/visits/{id}/what-if``: what giving a visit to somebody at some time would mean."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel

from contracts.refusal import NotFound, Refusal
from contracts.values import Id
from infra.chassis.http.auth import allow
from infra.chassis.http.call import call_of
from infra.chassis.http.parameters import Moment
from infra.chassis.http.principal import Principal
from infra.chassis.service import Caused, Run
from infra.chassis.store.loading import load
from infra.chassis.store.unit import Memory, NotLoaded, Unit, UseCase
from services.dispatch.api.companions import best_then, ids_of, lacks_companions
from services.dispatch.api.ordering import Order
from services.dispatch.api.visit_planning import warnings_of
from services.dispatch.api.visits import seen
from services.dispatch.assigner import Assigner
from services.dispatch.domain.day import Slot, slots_of
from services.dispatch.domain.plan import Plan
from services.dispatch.domain.technician import Technician
from services.dispatch.domain.visit import Visit
from services.dispatch.planning.travel import Travel
from services.dispatch.store.days import Days
from services.dispatch.store.technicians import Technicians
from services.dispatch.store.visits import Visits
from services.dispatch.usecases.assign_visit import AssignVisit, RescheduleVisit
from services.dispatch.views.travel import TravelView, travel_view
from services.dispatch.views.visits import Warned

router = APIRouter(tags=["visits"])


class RefusedView(BaseModel):
    """``rule`` is the type of the problem that the change would be refused with. ``visit_id``: what stands
    in its way."""

    rule: str
    detail: str
    visit_id: str | None


class AlongView(BaseModel):
    """Another visit that would change with it."""

    visit_id: str
    number: str
    technician_id: str | None
    planned_start: datetime | None


class WhatIfView(BaseModel):
    """``refused``: it cannot be done. ``warnings``: it can, and this is against it. ``late_minutes``: past
    the deadline. ``companions``: who would be there beside him."""

    technician_id: str
    planned_start: datetime
    planned_end: datetime | None
    travel: TravelView | None
    late_minutes: int
    companions: tuple[str, ...]
    refused: RefusedView | None
    warnings: tuple[Warned, ...]
    along: tuple[AlongView, ...]


@router.get("/v1/visits/{id}/what-if")
async def what_if(
    id: Id,
    technician_id: Id,
    start: Moment,
    principal: Annotated[Principal, allow("visits:assign")],
    run: Run,
    cause: Caused,
    request: Request,
    response: Response,
) -> WhatIfView:
    """What assigning it, or another time with the same technician, would be answered with. Nothing is
    stored."""
    travel: Travel = request.app.state.travel
    order = Order(run, cause, None, None, response, call_of(request).language, travel)
    before = (await seen(run, id, principal)).value
    companions = None
    if lacks_companions(before, technician_id):
        assigner: Assigner = request.app.state.assigner
        companions = ids_of(best_then(assigner, before, technician_id, start, run.clock.now()))
    case: UseCase[str] = (
        RescheduleVisit(id, start, travel)
        if before.technician_id == technician_id
        else AssignVisit(id, technician_id, start, travel, companion_ids=companions)
    )
    nothing: dict[str, Any] = {
        "planned_end": None,
        "travel": None,
        "late_minutes": 0,
        "companions": (),
        "warnings": (),
    }
    try:
        after = await _decided(order, case, id, technician_id)
    except NotFound:
        raise
    except Refusal as refusal:
        visit_id = refusal.members.get("visit_id")
        refused = RefusedView(rule=refusal.slug, detail=refusal.detail.in_(order.language), visit_id=visit_id)
        return WhatIfView(
            technician_id=technician_id, planned_start=start, refused=refused, along=(), **nothing
        )
    plan = after.plan
    return WhatIfView(
        technician_id=technician_id,
        planned_start=plan.start_at,
        planned_end=plan.end_at,
        travel=travel_view(plan.travel_seconds, plan.travel_source),
        late_minutes=round(after.visit.late_by.total_seconds() / 60),
        refused=None,
        companions=plan.companions,
        warnings=await warnings_of(order, after.visit, plan, after.technician, after.slots),
        along=tuple(
            AlongView(
                visit_id=each.id,
                number=each.number,
                technician_id=each.technician_id,
                planned_start=each.plan.start_at if each.plan else None,
            )
            for each in after.along
        ),
    )


@dataclass(frozen=True)
class _After:
    visit: Visit
    plan: Plan
    technician: Technician
    slots: tuple[Slot, ...]
    along: tuple[Visit, ...]


async def _decided(order: Order, case: UseCase[str], id: str, technician_id: str) -> _After:
    """The use case decided on what is stored now, its changes kept by nobody."""
    memory = Memory()
    wants = case.loads()
    while True:
        await load(order.run.db, memory, wants)
        unit = Unit(memory, now=order.run.clock.now(), cause=order.cause)
        try:
            case.decide(unit)
            return _after(unit, id, technician_id)
        except NotLoaded as missing:
            wants = (missing.want,)


def _after(unit: Unit, id: str, technician_id: str) -> _After:
    visit = unit.require(Visits, id, as_="visit")
    assert visit.plan is not None, "what was not refused is planned"
    days = (unit.get(Days, each) for each in visit.plan.days)
    return _After(
        visit,
        visit.plan,
        unit.require(Technicians, technician_id, as_="technician"),
        slots_of(day for day in days if day is not None and day.technician_id == technician_id),
        tuple(each.value for each in unit.changes if each.kind is Visits and each.value.id != id),
    )
