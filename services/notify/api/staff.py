"""``/v1/staff``: the firm's own people, who are told what needs a person."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, StringConstraints

from contracts.values import Id, Language
from infra.chassis.http.auth import allow
from infra.chassis.http.body import Body, said
from infra.chassis.http.etag import IfMatch, created_or_replaced, etag, not_modified
from infra.chassis.http.idempotency import Idempotency
from infra.chassis.http.paging import Paged
from infra.chassis.http.principal import Principal
from infra.chassis.http.problems import not_found
from infra.chassis.runtime import Kept
from infra.chassis.service import Caused, Run
from services.notify.domain.staff import StaffMember, StaffRole
from services.notify.store.staff import Staff
from services.notify.usecases.put_staff import PutStaffMember

router = APIRouter(tags=["staff"])

Reader = Annotated[Principal, allow("staff:read")]
Writer = Annotated[Principal, allow("staff:write")]


class StaffBody(Body):
    """The id in the path is the subject of his token.

    Dispatchers `on_duty` are asked for what the machine does not decide; while none is said to be, those
    of whom nothing is said.
    """

    name: Annotated[str, said(200)]
    role: StaffRole
    email: Annotated[str, StringConstraints(pattern=r"^[^@\s]+@[^@\s]+$", max_length=254)] | None = None
    phone: Annotated[str, said(40)] | None = None
    language: Language = Language.FR
    on_duty: bool | None = None


class StaffView(BaseModel):
    id: str
    name: str
    role: StaffRole
    email: str | None
    phone: str | None
    language: Language
    on_duty: bool | None
    updated_at: datetime


class StaffPage(BaseModel):
    items: list[StaffView]
    next: str | None


@router.put("/v1/staff/{id}", responses={201: {"model": StaffView, "description": "He is new"}})
async def put_staff_member(
    id: Id,
    body: StaffBody,
    expected: IfMatch,
    key: Idempotency,
    principal: Writer,
    cause: Caused,
    run: Run,
    response: Response,
) -> StaffView:
    member = StaffMember(id, body.name, body.role, body.email, body.phone, body.language, body.on_duty)
    done = await run.do(PutStaffMember(member, expected), cause, key)
    kept = await run.read(Staff, id)
    assert kept is not None
    created_or_replaced(response, f"/v1/staff/{id}", created=done.result)
    response.headers["ETag"] = etag(kept.version)
    return staff_view(kept)


@router.get("/v1/staff/{id}", response_model=StaffView)
async def read_staff_member(id: Id, principal: Reader, run: Run, request: Request, response: Response) -> Any:
    kept = await run.read(Staff, id)
    if kept is None:
        raise not_found("staff member", id)
    response.headers["ETag"] = etag(kept.version)
    return not_modified(request, kept.version) or staff_view(kept)


@router.get("/v1/staff", response_model=StaffPage)
async def list_staff(
    page: Paged, principal: Reader, run: Run, role: StaffRole | None = None, on_duty: bool | None = None
) -> Any:
    query = page.filter(role=role, on_duty=on_duty)
    return page.of(await run.find(Staff, query, sort=page.sort, limit=page.fetch), staff_view)


def staff_view(kept: Kept[StaffMember]) -> StaffView:
    member = kept.value
    return StaffView(
        id=member.id,
        name=member.name,
        role=member.role,
        email=member.email,
        phone=member.phone,
        language=member.language,
        on_duty=member.on_duty,
        updated_at=kept.updated_at,
    )
