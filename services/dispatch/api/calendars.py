"""``/v1/calendars/{secret}.ics``: a technician's days in the calendar program that he has."""

import hashlib
import secrets
from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request, Response
from pydantic import BaseModel

from contracts.refusal import NotFound
from contracts.values import Id, VisitState
from infra.chassis.http.auth import allow
from infra.chassis.http.principal import Principal
from infra.chassis.http.problems import not_found
from infra.chassis.service import Caused, Run
from services.dispatch.store.calendar_addresses import CalendarAddresses
from services.dispatch.store.copies import Sites
from services.dispatch.store.rota import Rota
from services.dispatch.store.technicians import Technicians
from services.dispatch.store.visits import Visits
from services.dispatch.usecases.give_calendar import GiveCalendar, WithdrawCalendar
from services.dispatch.views.calendar_feed import calendar_feed

router = APIRouter(tags=["technicians"])
BEFORE, AFTER = timedelta(days=30), timedelta(days=90)
MOST = 2_000
ICS = "text/calendar; charset=utf-8"
SHOWN = sorted(set(VisitState) - {VisitState.WAITING, VisitState.FAILED})

Owner = Annotated[Principal, allow("technicians:calendar")]
Secret = Annotated[str, Path(min_length=1, max_length=100)]


class CalendarAddressView(BaseModel):
    """``url`` is shown this once: whoever has it reads the calendar."""

    url: str


@router.post("/v1/technicians/{id}/calendar", status_code=201)
async def give(id: Id, principal: Owner, run: Run, cause: Caused, request: Request) -> CalendarAddressView:
    """A new secret address; the one before leads nowhere any more."""
    principal.require_own(id, "technician", id)
    secret = secrets.token_urlsafe(24)
    await run.do(GiveCalendar(id, _digest(secret)), cause)
    return CalendarAddressView(url=f"{request.app.state.public_url}/v1/calendars/{secret}.ics")


@router.delete("/v1/technicians/{id}/calendar", status_code=204)
async def withdraw(id: Id, principal: Owner, run: Run, cause: Caused) -> Response:
    """Nobody reads it any more."""
    principal.require_own(id, "technician", id)
    if not (await run.do(WithdrawCalendar(id), cause)).result:
        raise not_found("calendar", id)
    return Response(status_code=204)


@router.get(
    "/v1/calendars/{secret}.ics",
    response_class=Response,
    openapi_extra={"security": []},
    responses={200: {"content": {"text/calendar": {}}, "description": "iCalendar, with an ETag"}},
)
async def read(secret: Secret, run: Run, request: Request) -> Response:
    """The last 30 days and the next 90: visits, cancelled ones too, and on-call duty. No login: the address
    is the right."""
    found = await run.find(CalendarAddresses, {"digest": _digest(secret)}, limit=1)
    technician = await run.read(Technicians, found[0].value.id) if found else None
    if technician is None:
        raise NotFound("calendar", "…")
    his: dict[str, Any] = {"technician_id": technician.value.id}
    now = run.clock.now()
    since, until = now - BEFORE, now + AFTER
    visits = await run.find(
        Visits,
        {
            "$or": [
                his,
                {"plan.companions": technician.value.id},
                {"apprentices": technician.value.id},
            ],
            "state": {"$in": SHOWN},
            "plan.start_at": {"$gte": since, "$lt": until},
        },
        limit=MOST,
    )
    rota = await run.find(Rota, {**his, "to_at": {"$gte": since}, "from_at": {"$lt": until}}, limit=MOST)
    named = sorted({kept.value.site_id for kept in visits})
    places = await run.find(Sites, {"_id": {"$in": named}}, limit=0)
    sites = {kept.value.site_id: kept.value for kept in places}
    content = calendar_feed(technician.value, visits, rota, sites, request.app.state.public_url)
    headers = {
        "ETag": f'"{hashlib.sha256(content).hexdigest()[:32]}"',
        "Cache-Control": "private, max-age=300",
        "X-Robots-Tag": "noindex",
    }
    if headers["ETag"] in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(content, media_type=ICS, headers=headers)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
