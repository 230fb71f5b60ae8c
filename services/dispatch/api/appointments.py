"""``/v1/appointments/{token}``: a client chooses when somebody comes, by a link without a login."""

from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response

from contracts.dispatch.events import NoSlot
from contracts.refusal import Refusal
from contracts.text import Text
from contracts.values import Id
from infra.chassis.http.body import Body
from infra.chassis.http.call import call_of
from infra.chassis.http.linked import sent, wants_page
from infra.chassis.http.problems import Problem, not_ready
from infra.chassis.http.signed import what_is_signed
from infra.chassis.runtime import Runtime
from infra.chassis.service import Caused, Run
from infra.chassis.store.unit import Cause
from services.dispatch.api.candidates import READING_THE_PLAN
from services.dispatch.api.offers import fresh_windows
from services.dispatch.assigner import Assigner
from services.dispatch.domain.appointment import (
    Appointment,
    agreed,
    check_choosable,
    has_it,
    is_in_vain,
    slot_gone,
    to_be_made_again,
)
from services.dispatch.domain.visit import Visit
from services.dispatch.store.appointments import Appointments
from services.dispatch.store.copies import Contacts, Sites
from services.dispatch.store.visits import Visits
from services.dispatch.usecases.make_appointment import ChooseSlot, Chosen, DeclineSlots, OfferSlots
from services.dispatch.views.appointments import (
    PAGE_HEADERS,
    AppointmentPageView,
    PageOf,
    appointment_page,
    chosen_view,
    slot_views,
)

PATH = "/v1/appointments/{token}"
STREAMED = {PATH: 16 * 1024}
"""A page's own form comes as forms do, a program's choice as JSON."""

NONE = "none"
TRIES = 3
"""What other replicas have stored since is learned of in between."""

Token = Annotated[str, Path(min_length=1, max_length=400)]
_NO_LOGIN: dict[str, Any] = {"security": []}
_BODY = {
    **_NO_LOGIN,
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["slot"],
                    "additionalProperties": False,
                    "properties": {
                        "slot": {"type": "string", "description": f"one of the slots, or `{NONE}`"}
                    },
                }
            }
        },
    },
}


class ChoiceBody(Body):
    slot: Id


def appointments_router(assigner: Assigner) -> APIRouter:
    """Whether a slot is still free is asked of the assigner's snapshot."""
    router = APIRouter(tags=["appointments"])

    @router.get(PATH, response_model=AppointmentPageView, openapi_extra=_NO_LOGIN)
    async def read_slots(
        token: Token, run: Run, request: Request, slot: Annotated[Id | None, Query()] = None
    ) -> Response:
        """What may be chosen, as a page for whoever followed the link. Nothing is recorded."""
        visit, appointment = await _asked(request, run, token)
        return await _answer(request, run, visit, appointment, asked=slot)

    @router.post(PATH, response_model=AppointmentPageView, openapi_extra=_BODY)
    async def choose_slot(token: Token, run: Run, cause: Caused, request: Request) -> Response:
        """A slot, which may be changed as long as one is left; or that none suits."""
        visit, appointment = await _asked(request, run, token)
        choice, cause = await sent(request, ChoiceBody), replace(cause, actor="link")
        taken = False
        try:
            check_choosable(visit, appointment)
            if choice.slot == NONE:
                await run.do(DeclineSlots(visit.id), cause)
            else:
                taken = not await _chosen(run, visit, appointment, choice.slot, cause)
        except Refusal as refusal:
            if refusal.slug not in ("appointment-over", "on-hold") or not wants_page(request):
                raise
        if taken:
            await _offer_others(run, visit, appointment, cause)
            if not wants_page(request):
                raise slot_gone()
        visit, appointment = await _asked(request, run, token)
        return await _answer(request, run, visit, appointment, taken=taken)

    async def _chosen(
        run: Runtime, visit: Visit, appointment: Appointment, slot_id: str, cause: Cause
    ) -> bool:
        """Whether the slot is his now; else it is not free any more."""
        if not assigner.loaded.is_set():
            raise not_ready(READING_THE_PLAN)
        await assigner.know_stock(run, visit)
        for _ in range(TRIES):
            now = run.clock.now()
            try:
                window = appointment.slot(slot_id, now).window
            except Refusal:
                return False
            ours = to_be_made_again(visit) if is_in_vain(visit, appointment) else visit
            best = assigner.roster.best(replace(ours, promised=window), now)
            if best is None:
                return has_it(visit, appointment, window)
            case = ChooseSlot(visit.id, slot_id, best, assigner.roster.travel)
            if (await run.do(case, cause)).result is Chosen.DONE:
                return True
            await assigner.replanner.learn_of(run, best.technician_id)
        return False

    async def _offer_others(run: Runtime, visit: Visit, appointment: Appointment, cause: Cause) -> None:
        windows = await fresh_windows(assigner, run, visit, appointment)
        other = OfferSlots(visit.id, windows) if windows else DeclineSlots(visit.id, NoSlot.FREE)
        await run.do(other, cause)

    return router


async def _asked(request: Request, run: Runtime, token: str) -> tuple[Visit, Appointment]:
    """The visit that the link is about, or the one that is made instead of it."""
    said_in_it = what_is_signed(request.app.state.link_key, token, run.clock.now())
    kind, _, visit_id = (said_in_it or "").partition("/")
    kept = await run.read(Appointments, visit_id) if kind == "appointment" else None
    while kept is not None and kept.value.next_visit_id is not None:
        kept = await run.read(Appointments, kept.value.next_visit_id)
    visit = await run.read(Visits, kept.value.id) if kept is not None else None
    if kept is None or visit is None or not kept.value.is_open(run.clock.now()):
        raise Problem(
            "no-such-link",
            Text(
                "This link is none of ours, or has expired: follow the one in our last mail, or call us.",
                "Ce lien n'est pas des nôtres, ou a expiré : suivez celui de notre dernier message, ou "
                "appelez-nous.",
            ),
        )
    return visit.value, kept.value


async def _answer(
    request: Request,
    run: Runtime,
    visit: Visit,
    appointment: Appointment,
    *,
    asked: str | None = None,
    taken: bool = False,
) -> Response:
    possible = True
    try:
        check_choosable(visit, appointment)
    except Refusal:
        possible = False
    now = run.clock.now()
    slots = slot_views(tuple(each for each in appointment.slots if each.window.from_at > now))
    chosen = chosen_view(agreed(visit, appointment))
    if not wants_page(request):
        view = AppointmentPageView(
            number=visit.number,
            state=appointment.state,
            slots=slots,
            asked=asked,
            chosen=chosen,
            possible=possible,
        )
        return Response(view.model_dump_json(), headers=PAGE_HEADERS, media_type="application/json")
    site = await run.read(Sites, visit.site_id)
    page = PageOf(
        number=visit.number,
        site="" if site is None else site.value.name,
        time_zone=visit.place.time_zone,
        language=await _language(request, run, visit),
        asked=asked,
        taken=taken,
        possible=possible,
        slots=slots,
        chosen=chosen,
        state=appointment.state,
    )
    status = 409 if taken else 200
    return Response(appointment_page(page), status, headers=PAGE_HEADERS, media_type="text/html")


async def _language(request: Request, run: Runtime, visit: Visit) -> str:
    """The reader's; where his browser says none, that of the contact who was asked."""
    asked = visit.on_site_contact_id or visit.requester_id
    if request.headers.get("accept-language") is None and asked is not None:
        contact = await run.read(Contacts, asked)
        if contact is not None:
            return str(contact.value.language)
    return call_of(request).language
