"""``POST /v1/visits/{id}/<verb>``: what a dispatcher decides."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from contracts.refusal import Refusal, UnknownReference
from contracts.text import Text
from contracts.values import Id
from infra.chassis.http.auth import allow
from infra.chassis.http.body import Body, said
from infra.chassis.http.etag import check_version
from infra.chassis.http.principal import Principal
from infra.chassis.http.problems import not_ready
from services.dispatch.api.candidates import READING_THE_PLAN
from services.dispatch.api.companions import best_then, ids_of, lacks_companions
from services.dispatch.api.ordering import Order, Ordered
from services.dispatch.api.visits import seen
from services.dispatch.assigner import Assigner, read_stock
from services.dispatch.domain.day import Slot, slots_of
from services.dispatch.domain.lawful_exit import Basis
from services.dispatch.domain.plan import Plan
from services.dispatch.domain.technician import Technician
from services.dispatch.domain.turn import not_its_turn
from services.dispatch.domain.visit import Visit
from services.dispatch.planning.objections import objections
from services.dispatch.planning.van_stock import VanStock
from services.dispatch.store.appointments import Appointments
from services.dispatch.store.days import Days
from services.dispatch.store.technicians import Technicians
from services.dispatch.store.visits import Visits
from services.dispatch.usecases.assign_visit import AssignVisit, RescheduleVisit, WayOut
from services.dispatch.usecases.pin_visit import PinVisit
from services.dispatch.usecases.unassign_visit import UnassignVisit
from services.dispatch.views.visits import FirmVisitView, VisitView, Warned


class Deciding(Body):
    """``occurred_at``: when it was decided, if not now."""

    occurred_at: datetime | None = None


class WayOutBody(Body):
    """Urgent work in somebody's rest (D3131-1, L3132-4): the rest is owed to him once it is done."""

    basis: Basis
    reason: Annotated[str, said(400)]


class Assigning(Deciding):
    """Without ``start``: the best time that the technician has. ``override`` lets it fall into a rest.

    Where it takes two, ``technician_id`` leads and ``companions`` go with him; without them whoever goes
    with him now stays, or else the best who is free then.
    """

    technician_id: Id
    start: datetime | None = None
    override: WayOutBody | None = None
    companions: Annotated[tuple[Id, ...], Field(max_length=3)] | None = None


class Rescheduling(Deciding):
    start: datetime


NOTHING = Deciding()


def planning_router(assigner: Assigner) -> APIRouter:
    """The dispatcher's verbs; a time that he leaves open comes from the assigner's snapshot."""
    router = APIRouter(tags=["visits"])

    @router.post("/v1/visits/{id}/assign")
    async def assign(
        id: Id, body: Assigning, principal: Annotated[Principal, allow("visits:assign")], order: Ordered
    ) -> FirmVisitView | VisitView:
        """Give the visit to a technician."""
        start, companions = body.start, body.companions
        if start is None or companions is None:
            start, companions = await _completed(order, id, body, principal)
        way_out = WayOut(body.override.basis, body.override.reason) if body.override else None
        case = AssignVisit(id, body.technician_id, start, order.travel, body.occurred_at, way_out, companions)
        return await _with_warnings(order, await order.carry_out(id, case, principal))

    async def _completed(
        order: Ordered, id: str, body: Assigning, principal: Principal
    ) -> tuple[datetime, tuple[str, ...] | None]:
        """What he leaves open of when and with whom."""
        kept = await seen(order.run, id, principal)
        visit, technician_id, now = kept.value, body.technician_id, order.run.clock.now()
        lacking = body.companions is None and lacks_companions(visit, technician_id)
        if body.start is not None:
            chosen = best_then(assigner, visit, technician_id, body.start, now) if lacking else None
            return body.start, ids_of(chosen) if lacking else body.companions
        check_version(kept.version, order.expected)
        visit.check("assign")
        his = visit.plan if visit.technician_id == technician_id else None
        if his is not None and his.start_at >= now and not lacking:
            return his.start_at, body.companions
        if not assigner.loaded.is_set():
            raise not_ready(READING_THE_PLAN)
        if technician_id not in assigner.roster.technicians:
            raise UnknownReference("technician", technician_id)
        turn = assigner.roster.requests.turn(visit, now)
        if turn.waits_for:
            raise not_its_turn(visit, turn)
        named, asked = body.companions, visit
        if named is None and not lacking:
            named = tuple(id for id in visit.companions if id != technician_id)
        if named is not None and len(named) != 1:
            asked = replace(visit, need=replace(visit.need, technicians=1))
        found = assigner.roster.candidates(asked, now, only=technician_id, beside=named)
        if not found:
            raise Refusal(
                "no-time",
                Text(
                    f"{technician_id} has no free time that is long enough within "
                    "two weeks: give a start, or choose one of the candidates.",
                    f"{technician_id} n'a pas de créneau libre assez long d'ici deux semaines : "
                    "donnez un horaire, ou choisissez un des candidats.",
                ),
                technician_id=technician_id,
            )
        return found[0].start_at, ids_of(found[0]) if lacking else body.companions

    @router.post("/v1/visits/{id}/reschedule")
    async def reschedule(
        id: Id,
        body: Rescheduling,
        principal: Annotated[Principal, allow("visits:reschedule")],
        order: Ordered,
    ) -> FirmVisitView | VisitView:
        """Another time with the same technician."""
        case = RescheduleVisit(id, body.start, order.travel, body.occurred_at)
        return await _with_warnings(order, await order.carry_out(id, case, principal))

    @router.post("/v1/visits/{id}/unassign")
    async def unassign(
        id: Id,
        principal: Annotated[Principal, allow("visits:assign")],
        order: Ordered,
        body: Deciding = NOTHING,
    ) -> FirmVisitView | VisitView:
        """Take it back from its technician: it waits again, and the machine plans it anew."""
        return await order.carry_out(id, UnassignVisit(id, body.occurred_at), principal)

    @router.post("/v1/visits/{id}/pin")
    async def pin(
        id: Id, principal: Annotated[Principal, allow("visits:pin")], order: Ordered, body: Deciding = NOTHING
    ) -> FirmVisitView | VisitView:
        """Keep the machine from moving it."""
        return await order.carry_out(id, PinVisit(id, True, body.occurred_at), principal)

    @router.post("/v1/visits/{id}/unpin")
    async def unpin(
        id: Id, principal: Annotated[Principal, allow("visits:pin")], order: Ordered, body: Deciding = NOTHING
    ) -> FirmVisitView | VisitView:
        """Let the machine move it again."""
        return await order.carry_out(id, PinVisit(id, False, body.occurred_at), principal)

    return router


async def _with_warnings(order: Ordered, shown: FirmVisitView | VisitView) -> FirmVisitView | VisitView:
    """The visit with what speaks against the time that was chosen by hand."""
    kept = await order.run.read(Visits, shown.id)
    if kept is None or kept.value.plan is None or not isinstance(shown, FirmVisitView):
        return shown
    visit, plan = kept.value, kept.value.plan
    days = await order.run.find(Days, {"_id": {"$in": list(plan.days)}}, limit=0)
    found: dict[Warned, None] = {}
    for id in (visit.technician_id or "", *plan.companions):
        technician = await order.run.read(Technicians, id)
        if technician is not None:
            slots = slots_of(day.value for day in days if day.value.technician_id == id)
            asked = visit.as_asked_of(id)
            found |= dict.fromkeys(await warnings_of(order, asked, plan, technician.value, slots))
    return shown.model_copy(update={"warnings": tuple(found)})


async def warnings_of(
    order: Order, visit: Visit, plan: Plan, technician: Technician, slots: Iterable[Slot]
) -> tuple[Warned, ...]:
    """What speaks against the plan; ``slots`` are those of the technician's days."""
    stock = VanStock()
    await read_stock(order.run, stock, visit)
    appointment = await order.run.read(Appointments, visit.id)
    chosen = appointment.value.chosen if appointment is not None else None
    found = objections(visit, plan, technician, slots, stock, order.travel, chosen=chosen)
    return tuple(Warned(rule=each.rule, detail=each.text.in_(order.language)) for each in found)
