"""``GET /v1/technicians/{id}/hours/{YYYY-MM}``: hours and allowances of a month, JSON and `.xlsx`."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from contracts.values import Id
from infra.chassis.http.auth import allow
from infra.chassis.http.call import call_of
from infra.chassis.http.principal import Principal
from infra.chassis.http.problems import not_found
from infra.chassis.runtime import Runtime
from infra.chassis.service import Run
from infra.chassis.workbook import XLSX
from services.dispatch.api.agreements import limits_of_people
from services.dispatch.domain.hours import LOOKED_BACK, Made, hours_of, month_of
from services.dispatch.domain.local_days import A_DAY
from services.dispatch.store.labour import RestDebts
from services.dispatch.store.reports import Reports
from services.dispatch.store.rota import Rota
from services.dispatch.store.technicians import Technicians
from services.dispatch.views.hours import HoursView, as_xlsx, hours_view

router = APIRouter(prefix="/v1/technicians/{id}/hours", tags=["technicians"])

Reader = Annotated[Principal, allow("technicians:hours")]
Month = Annotated[
    str, Path(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$", description="YYYY-MM, by the technician's clocks")
]


@router.get(
    "/{month}.xlsx",
    response_class=Response,
    responses={200: {"content": {XLSX: {}}, "description": "Figures, work and periods on call"}},
)
async def export_hours(id: Id, month: Month, principal: Reader, run: Run, request: Request) -> Response:
    """The same as a workbook for the payroll."""
    view = await _month(run, id, month, principal)
    content = await asyncio.to_thread(as_xlsx, view, call_of(request).language)
    headers = {"Content-Disposition": f'attachment; filename="hours-{id}-{month}.xlsx"'}
    return Response(content, media_type=XLSX, headers=headers)


@router.get("/{month}")
async def read_hours(id: Id, month: Month, principal: Reader, run: Run) -> HoursView:
    """What he worked and waited on call in a month, with the visits behind. A technician sees his own."""
    return await _month(run, id, month, principal)


async def _month(run: Runtime, id: str, month: str, principal: Principal) -> HoursView:
    principal.require_own(id, "technician", id)
    kept = await run.read(Technicians, id)
    if kept is None:
        raise not_found("technician", id)
    technician = kept.value
    start, end = month_of(month, technician.time_zone)
    since = start - LOOKED_BACK
    reports = await run.find(
        Reports,
        {
            "$or": [{"technician_id": id}, {"companions": id}, {"apprentices": id}],
            "ended_at": {"$gt": since, "$lt": end + A_DAY},
        },
        limit=0,
    )
    visits = []
    for report in (each.value for each in reports):
        came = min(at for at in (report.arrived_at, report.started_at, report.ended_at) if at is not None)
        visits.append(Made(report.id, came, report.ended_at))
    on_call = {"technician_id": id, "to_at": {"$gt": since}, "from_at": {"$lt": end}, "withdrawn": False}
    entries = [each.value for each in await run.find(Rota, on_call, limit=0)]
    debts = [each.value for each in await run.find(RestDebts, {"technician_id": id}, limit=0)]
    limits = (await limits_of_people(run, [technician]))[id]
    hours = hours_of(technician, month, visits, entries, debts, limits, run.clock.now())
    return hours_view(technician, month, hours)
