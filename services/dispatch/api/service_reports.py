"""``/v1/visits/{id}/report``: the service report of a closed visit, for whom the visit concerns."""

import asyncio
from typing import Annotated, Self

from fastapi import APIRouter, Query, Request, Response
from pydantic import StringConstraints, model_validator

from contracts.text import InvalidValue
from contracts.values import Detail, Id
from infra.chassis.http.auth import allow
from infra.chassis.http.body import Body, said
from infra.chassis.http.idempotency import Idempotency
from infra.chassis.http.principal import Principal
from infra.chassis.http.problems import not_found
from infra.chassis.runtime import Runtime
from infra.chassis.service import Caused, Run
from services.dispatch.api.visits import seen
from services.dispatch.domain.service_report import Correction, ReportVersion, ServiceReport, version_id
from services.dispatch.store.service_reports import ReportVersions, ServiceReports
from services.dispatch.usecases.make_report import CorrectReport
from services.dispatch.views.report_pdf import as_pdf
from services.dispatch.views.service_reports import ServiceReportView, service_report_view

router = APIRouter(tags=["visits"])

PDF = "application/pdf"
MOST_VERSIONS = 100

Reader = Annotated[Principal, allow("reports:read")]
WhichVersion = Annotated[int | None, Query(ge=1, description="The one that holds when absent")]
Words = Annotated[str, StringConstraints(max_length=10_000)]


class CorrectionBody(Body):
    """What is not given stays as it is. ``reason`` is printed on the new version."""

    reason: Annotated[str, said(500)]
    found: Words | None = None
    work_done: Words | None = None
    cause: Detail | None = None
    remaining: Words | None = None

    @model_validator(mode="after")
    def _corrects_something(self) -> Self:
        if (self.found, self.work_done, self.cause, self.remaining) == (None,) * 4:
            raise InvalidValue(
                "give what is corrected: found, work_done, cause or remaining",
                "donnez ce qui est corrigé : found, work_done, cause ou remaining",
            )
        return self


@router.get(
    "/v1/visits/{id}/report",
    response_class=Response,
    responses={200: {"content": {PDF: {}}, "description": "A tagged PDF/A-3 in the client's language"}},
)
async def read_report(
    id: Id, principal: Reader, run: Run, request: Request, version: WhichVersion = None
) -> Response:
    """What the client gets. Its content, which the printed hash is over, is attached to it."""
    kept = await _version(run, id, principal, version)
    return await pdf_of(kept, request)


@router.get(
    "/v1/visits/{id}/report.json",
    response_class=Response,
    responses={200: {"content": {"application/json": {}}, "description": "What the printed hash is over"}},
)
async def read_content(id: Id, principal: Reader, run: Run, version: WhichVersion = None) -> Response:
    """Byte for byte what the printed SHA-256 is over; it is the ETag, too."""
    kept = await _version(run, id, principal, version)
    headers = {"ETag": f'"{kept.digest}"', "Cache-Control": "private, no-cache"}
    return Response(kept.content, headers=headers, media_type="application/json")


@router.get("/v1/visits/{id}/reports")
async def read_versions(id: Id, principal: Reader, run: Run) -> ServiceReportView:
    """How the report stands, its versions, and who has followed a link to it."""
    known = await _known(run, id, principal)
    found = await run.find(ReportVersions, {"visit_id": id}, sort=(("n", 1),), limit=MOST_VERSIONS)
    return service_report_view(known, tuple(each.value for each in found), principal)


@router.post("/v1/visits/{id}/correct-report")
async def correct_report(
    id: Id,
    body: CorrectionBody,
    principal: Annotated[Principal, allow("reports:correct")],
    run: Run,
    cause: Caused,
    key: Idempotency,
) -> ServiceReportView:
    """Another version, which names the one before; links to that one lead nowhere any more. Where it was
    signed or refused, the client is asked anew."""
    await _known(run, id, principal)
    correction = Correction(
        by=principal.actor,
        reason=body.reason,
        found=body.found,
        work_done=body.work_done,
        cause=body.cause,
        remaining=body.remaining,
    )
    await run.do(CorrectReport(id, correction), cause, key)
    return await read_versions(id, principal, run)


async def pdf_of(version: ReportVersion, request: Request) -> Response:
    """The version as a file, which a browser shows."""
    tag = f'"{version.digest}-pdf"'
    headers = {"ETag": tag, "Cache-Control": "private, no-cache", "X-Robots-Tag": "noindex"}
    if tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    headers["Content-Disposition"] = f'inline; filename="{version.visit_id}-v{version.n}.pdf"'
    content = await asyncio.to_thread(as_pdf, version.content, version.digest)
    return Response(content, headers=headers, media_type=PDF)


async def _known(run: Runtime, id: str, principal: Principal) -> ServiceReport:
    await seen(run, id, principal)
    known = await run.read(ServiceReports, id)
    if known is None or known.value.n == 0:
        raise not_found("report", id)
    return known.value


async def _version(run: Runtime, id: str, principal: Principal, n: int | None) -> ReportVersion:
    known = await _known(run, id, principal)
    kept = await run.read(ReportVersions, version_id(id, n or known.n))
    if kept is None:
        raise not_found("report", id)
    return kept.value
