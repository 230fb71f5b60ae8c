"""``/v1/rota``: who is on call when, and now."""

from datetime import datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import AfterValidator, Field

from contracts.refusal import NotFound
from contracts.text import InvalidValue
from contracts.values import Id, Language
from infra.chassis.http.auth import allow
from infra.chassis.http.body import Body
from infra.chassis.http.call import call_of
from infra.chassis.http.etag import IfMatch, created_or_replaced, etag, not_modified
from infra.chassis.http.idempotency import Idempotency
from infra.chassis.http.paging import Paged
from infra.chassis.http.parameters import Moment
from infra.chassis.http.principal import Principal
from infra.chassis.http.problems import not_found
from infra.chassis.runtime import Kept, Runtime
from infra.chassis.service import Caused, Run
from services.dispatch.api.agreements import limits_of_people
from services.dispatch.api.conditions import IfUnchanged
from services.dispatch.domain.rota import RotaEntry
from services.dispatch.domain.technician import Technician
from services.dispatch.store.rota import Rota
from services.dispatch.store.technicians import Technicians
from services.dispatch.usecases.manage_rota import PutRotaEntry, WithdrawRotaEntry
from services.dispatch.views.rota import OnCallNow, RotaEntryView, RotaPage, entry_view, on_call_view

router = APIRouter(tags=["rota"])

Reader = Annotated[Principal, allow("rota:read")]
Writer = Annotated[Principal, allow("rota:write")]


RESERVED = ("now", "swaps")


def _not_reserved(id: str) -> str:
    if id in RESERVED:
        raise InvalidValue(
            f"an entry cannot be called {id}, which is another address",
            f"une période ne peut pas s'appeler {id}, qui est une autre adresse",
        )
    return id


EntryId = Annotated[Id, AfterValidator(_not_reserved)]
MOMENT = timedelta(milliseconds=1)


class RotaEntryBody(Body):
    """From ``from`` to ``to`` urgent work goes to him outside his shifts too.

    With ``territory`` others are called elsewhere, if there are any. ``respond_within_minutes`` is how soon
    he has to be there.
    """

    technician_id: Id
    from_at: datetime = Field(alias="from")
    to_at: datetime = Field(alias="to")
    territory: Id | None = None
    respond_within_minutes: int | None = Field(default=None, ge=1, le=24 * 60)


@router.get("/v1/rota/now")
async def on_call_now(
    principal: Reader,
    run: Run,
    territory: Annotated[Id | None, Query(description="On call there, or wherever needed")] = None,
) -> OnCallNow:
    """Who is on call at this moment, and how to reach him."""
    now = run.clock.now()
    query: dict[str, Any] = {"from_at": {"$lte": now}, "to_at": {"$gt": now}, "withdrawn": False}
    if territory is not None:
        query["territory"] = {"$in": [territory, None]}
    entries = await run.find(Rota, query, sort=(("from_at", 1), ("_id", 1)), limit=0)
    people = await _people(run, entries)
    found = [(kept.value, people[kept.value.technician_id]) for kept in entries]
    there = [pair for pair in found if not pair[1].is_absent(now, now + MOMENT)]
    return OnCallNow(items=tuple(on_call_view(*pair) for pair in there))


@router.get("/v1/rota")
async def list_rota(
    page: Paged,
    principal: Reader,
    run: Run,
    request: Request,
    technician: Id | None = None,
    territory: Id | None = None,
    from_: Annotated[Moment | None, Query(alias="from", description="On call then or later")] = None,
    to: Annotated[Moment | None, Query(description="On call before then")] = None,
) -> RotaPage:
    """Entries that overlap the time asked for; without one, all."""
    between: dict[str, Any] = {"withdrawn": False}
    if from_ is not None:
        between["to_at"] = {"$gt": from_}
    if to is not None:
        between["from_at"] = {"$lt": to}
    query = page.filter(between, technician_id=technician, territory=territory)
    found = await run.find(Rota, query, sort=page.sort, limit=page.fetch)
    people = await _people(run, found)
    limits = await limits_of_people(run, people.values())
    language = Language(call_of(request).language)

    def shape(kept: Kept[RotaEntry]) -> RotaEntryView:
        who = kept.value.technician_id
        return entry_view(kept, people[who], limits[who], principal, language)

    return RotaPage(**page.of(found, shape))


@router.put("/v1/rota/{id}", responses={201: {"description": "It is new"}})
async def put_rota_entry(
    id: EntryId,
    body: RotaEntryBody,
    principal: Writer,
    cause: Caused,
    key: Idempotency,
    expected: IfMatch,
    run: Run,
    request: Request,
    response: Response,
) -> RotaEntryView:
    """Put somebody on call; `warnings` name the labour rules that it breaks.

    Once it has begun only its end may be moved, and not into the past: enter another's part as a new entry.
    """
    entry = RotaEntry(
        id,
        body.technician_id,
        body.from_at,
        body.to_at,
        body.territory,
        respond_within_minutes=body.respond_within_minutes,
    )
    done = await run.do(IfUnchanged(PutRotaEntry(entry), Rota, id, expected), cause, key)
    created_or_replaced(response, request.url.path, created=done.result)
    return await _answer(run, id, principal, request, response)


@router.get("/v1/rota/{id}", response_model=RotaEntryView)
async def read_rota_entry(
    id: EntryId, principal: Reader, run: Run, request: Request, response: Response
) -> Any:
    kept = await run.read(Rota, id)
    if kept is None or kept.value.withdrawn:
        raise not_found("rota entry", id)
    return not_modified(request, kept.version) or await _answer(run, id, principal, request, response)


@router.delete("/v1/rota/{id}", status_code=204)
async def withdraw_rota_entry(
    id: EntryId, principal: Writer, cause: Caused, key: Idempotency, expected: IfMatch, run: Run
) -> None:
    """Nobody is on call by it any more; urgent visits planned by it are planned anew.

    What has begun is not withdrawn: give it an earlier `to`.
    """
    await run.do(IfUnchanged(WithdrawRotaEntry(id), Rota, id, expected), cause, key)


async def _answer(
    run: Runtime, id: str, principal: Principal, request: Request, response: Response
) -> RotaEntryView:
    kept = await run.read(Rota, id)
    if kept is None:
        raise NotFound("rota entry", id)
    response.headers["ETag"] = etag(kept.version)
    people = await _people(run, [kept])
    limits = await limits_of_people(run, people.values())
    who = kept.value.technician_id
    return entry_view(kept, people[who], limits[who], principal, Language(call_of(request).language))


async def _people(run: Runtime, entries: list[Kept[RotaEntry]]) -> dict[str, Technician]:
    ids = sorted({kept.value.technician_id for kept in entries})
    found = await run.find(Technicians, {"_id": {"$in": ids}}, limit=0) if ids else ()
    return {kept.value.id: kept.value for kept in found}
