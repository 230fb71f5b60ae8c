"""``/v1/work-types``: categories of requests and what work they take."""

from typing import Annotated, Any

from fastapi import APIRouter, Request, Response
from pydantic import Field

from contracts.refusal import NotFound
from contracts.values import CrewSize, Id, Language, Level, PartNeed, Quantity, TicketKind
from infra.chassis.http.auth import allow
from infra.chassis.http.body import Body
from infra.chassis.http.etag import IfMatch, not_modified
from infra.chassis.http.idempotency import Idempotency
from infra.chassis.http.paging import Paged
from infra.chassis.http.principal import Principal
from infra.chassis.service import Caused, Run
from services.ticket.api.answers import answer, put_answer
from services.ticket.api.bodies import Name, Words
from services.ticket.domain.work_type import Work, WorkType
from services.ticket.store.work_types import WorkTypes
from services.ticket.usecases.put_work_type import PutWorkType
from services.ticket.views.listing import WorkTypeListView
from services.ticket.views.work_type import WorkTypeView, work_type_view

router = APIRouter(prefix="/v1/work-types", tags=["work types"])


class NamesBody(Body):
    fr: Name
    en: Name


class PartBody(Body):
    sku: Id
    quantity: Annotated[Quantity, Field(le=10_000)]


class WorkTypeBody(Body):
    """``duration_minutes`` is the time on the spot, without travel; ``remote``: tried from the desk first.

    Where it takes two ``technicians`` at once the second needs the ``companion_skills``.
    """

    name: NamesBody
    kind: TicketKind
    skills: Annotated[dict[Id, Level], Field(max_length=50)]
    duration_minutes: Annotated[int, Field(ge=1, le=24 * 60)]
    parts: Annotated[tuple[PartBody, ...], Field(max_length=50)] = ()
    remote: bool = False
    technicians: CrewSize = 1
    companion_skills: Annotated[dict[Id, Level], Field(max_length=50)] = Field(default_factory=dict)
    safety: Words | None = None


@router.put(
    "/{id}", response_model=WorkTypeView, responses={201: {"model": WorkTypeView, "description": "It is new"}}
)
async def put_work_type(
    id: Id,
    body: WorkTypeBody,
    principal: Annotated[Principal, allow("work-types:write")],
    run: Run,
    cause: Caused,
    key: Idempotency,
    expected: IfMatch,
) -> Response:
    parts = tuple(PartNeed(sku=part.sku, quantity=part.quantity) for part in body.parts)
    work_type = WorkType(
        id=id,
        name={Language.FR: body.name.fr, Language.EN: body.name.en},
        kind=body.kind,
        work=Work(
            body.skills, body.duration_minutes, parts, body.remote, body.technicians, body.companion_skills
        ),
        safety=body.safety,
    )
    done = await run.do(PutWorkType(work_type, expected), cause, key)
    return await put_answer(run, WorkTypes, id, work_type_view, f"/v1/work-types/{id}", created=done.result)


@router.get("", response_model=WorkTypeListView)
async def list_work_types(
    page: Paged,
    principal: Annotated[Principal, allow("work-types:read")],
    run: Run,
    kind: TicketKind | None = None,
) -> Any:
    found = await run.find(WorkTypes, page.filter(kind=kind), sort=page.sort, limit=page.fetch)
    return page.of(found, lambda kept: work_type_view(kept).model_dump(mode="json"))


@router.get("/{id}", response_model=WorkTypeView)
async def read_work_type(
    id: Id, principal: Annotated[Principal, allow("work-types:read")], run: Run, request: Request
) -> Response:
    kept = await run.read(WorkTypes, id)
    if kept is None:
        raise NotFound("work-type", id)
    return not_modified(request, kept.version) or answer(work_type_view(kept), kept.version)
