"""``/v1/visits/{id}/offer-slots``: arrival windows for the client to choose from, and what he chose."""

from datetime import datetime
from typing import Annotated, Self

from fastapi import APIRouter
from pydantic import Field, model_validator

from contracts.refusal import NotFound, Refusal
from contracts.text import InvalidValue, Text
from contracts.values import Id, Window
from infra.chassis.http.auth import allow
from infra.chassis.http.body import Body
from infra.chassis.http.principal import Principal
from infra.chassis.http.problems import not_ready
from infra.chassis.runtime import Runtime
from infra.chassis.service import Run
from services.dispatch.api.candidates import READING_THE_PLAN
from services.dispatch.api.conditions import IfUnchanged
from services.dispatch.api.ordering import Ordered
from services.dispatch.api.visits import Reader, seen
from services.dispatch.assigner import Assigner
from services.dispatch.domain.appointment import (
    Appointment,
    check_choosable,
    is_in_vain,
    no_slot_free,
    to_be_made_again,
)
from services.dispatch.domain.visit import Visit
from services.dispatch.planning.offering import MOST_OFFERED, windows_to_offer
from services.dispatch.store.appointments import Appointments
from services.dispatch.store.visits import Visits
from services.dispatch.usecases.make_appointment import FindWindows, OfferSlots
from services.dispatch.views.appointments import AppointmentView, appointment_view


class OfferBody(Body):
    """Between when (default: the next seven days), and how many at most."""

    from_at: datetime | None = Field(default=None, alias="from")
    to_at: datetime | None = Field(default=None, alias="to")
    count: int = Field(default=MOST_OFFERED, ge=1, le=MOST_OFFERED)

    @model_validator(mode="after")
    def _ends_later(self) -> Self:
        if self.from_at is not None and self.to_at is not None and self.to_at <= self.from_at:
            raise InvalidValue("`to` has to be later than `from`", "`to` doit être postérieur à `from`")
        return self


ANY_TIME = OfferBody()


def offers_router(assigner: Assigner) -> APIRouter:
    """Windows come from the assigner's snapshot."""
    router = APIRouter(tags=["visits"])

    @router.post("/v1/visits/{id}/offer-slots")
    async def offer_slots(
        id: Id,
        principal: Annotated[Principal, allow("visits:offer-slots")],
        order: Ordered,
        body: OfferBody = ANY_TIME,
    ) -> AppointmentView:
        """Who waits on the spot, or else who asked, is mailed the windows that cost the plan least, and a
        link by which he chooses. Until he has, the visit stays as it is planned."""
        visit = (await seen(order.run, id, principal)).value
        kept = await order.run.read(Appointments, id)
        appointment = kept.value if kept is not None else None
        check_choosable(visit, appointment)
        if visit.urgent and not principal.of_the_firm:
            raise Refusal(
                "urgent-visit",
                Text(
                    f"This visit is a {visit.priority}: somebody comes as soon as he can. Call us if nobody "
                    "is there.",
                    f"Cette visite est une {visit.priority} : quelqu'un vient dès que possible. Appelez-nous "
                    "si personne n'est sur place.",
                ),
                priority=visit.priority,
            )
        windows = await fresh_windows(
            assigner, order.run, visit, appointment, begins=body.from_at, ends=body.to_at, count=body.count
        )
        if not windows:
            raise no_slot_free()
        case = IfUnchanged(OfferSlots(id, windows), Visits, id, order.expected)
        await order.run.do(case, order.cause, order.key)
        return await _shown(order.run, id)

    @router.get("/v1/visits/{id}/appointment")
    async def read_appointment(id: Id, principal: Reader, run: Run) -> AppointmentView:
        """What the client was offered, and what he chose."""
        await seen(run, id, principal)
        return await _shown(run, id)

    return router


async def fresh_windows(
    assigner: Assigner,
    run: Runtime,
    visit: Visit,
    appointment: Appointment | None,
    *,
    begins: datetime | None = None,
    ends: datetime | None = None,
    count: int = MOST_OFFERED,
) -> tuple[Window, ...]:
    """The windows that cost the plan least now. 503 while the plan is being read."""
    if not assigner.loaded.is_set():
        raise not_ready(READING_THE_PLAN)
    if is_in_vain(visit, appointment):
        visit = to_be_made_again(visit)
    await assigner.know_stock(run, visit)
    now = run.clock.now()
    return windows_to_offer(assigner.roster, visit, now, begins=begins, ends=ends, count=count)


def find_windows(assigner: Assigner) -> FindWindows:
    """What a timer offers: by the assigner's snapshot, once that is there."""

    def find(visit: Visit, now: datetime) -> tuple[Window, ...] | None:
        return windows_to_offer(assigner.roster, visit, now) if assigner.loaded.is_set() else None

    return find


async def _shown(run: Runtime, id: str) -> AppointmentView:
    kept = await run.read(Appointments, id)
    if kept is None:
        raise NotFound("appointment", id)
    return appointment_view(kept)
