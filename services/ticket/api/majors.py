"""``/v1/major-incidents``: one fault that concerns many, run by one who tells all of them how it goes."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from pydantic import Field

from contracts.audience import Reach, Viewer
from contracts.refusal import NotFound
from contracts.ticket.events import Wording
from contracts.values import Id
from infra.chassis.http.auth import allow
from infra.chassis.http.body import Body
from infra.chassis.http.call import call_of
from infra.chassis.http.etag import Expected, IfMatch, IfMatchRequired, not_modified
from infra.chassis.http.idempotency import Idempotency
from infra.chassis.http.paging import Page, paged
from infra.chassis.http.principal import Principal
from infra.chassis.runtime import Kept, Runtime
from infra.chassis.service import Caused, Run
from infra.chassis.store.collection import by_index
from infra.chassis.store.idempotency import KeyedBy
from services.ticket.api.answers import answer
from services.ticket.api.article_body import ParagraphBody, TitleBody, WordsBody
from services.ticket.api.bodies import Description, Name, VerbBody, Words
from services.ticket.api.viewing import viewer_of
from services.ticket.domain.major import Major, MajorState
from services.ticket.store.majors import Majors
from services.ticket.store.tickets import Tickets
from services.ticket.usecases.majors import (
    AttachTicket,
    ChangeMajor,
    DeclareMajor,
    DetachTicket,
    MoveMajor,
    PostMessage,
    ResolveMajor,
    Said,
)
from services.ticket.views.listing import ListView
from services.ticket.views.major import MajorView, ResolvedMajorView, major_view
from services.ticket.views.ticket import together_view
from services.ticket.views.visibility import TICKET

router = APIRouter(prefix="/v1/major-incidents", tags=["major incidents"])

Reader = Annotated[Principal, allow("majors:read")]
Writer = Annotated[Principal, allow("majors:write")]
Ids = Annotated[tuple[Id, ...], Field(max_length=200)]
Rhythm = Annotated[int, Field(ge=5, le=7 * 24 * 60)]


class DeclareBody(Body):
    """``ticket``: what it is declared from. ``lead`` is the subject of who runs it, the caller if absent.

    Besides what is named here, whatever the attached tickets are about is affected.
    """

    title: TitleBody
    lead: Name | None = None
    update_minutes: Rhythm = 60
    customers: Ids = ()
    sites: Ids = ()
    categories: Ids = ()
    ticket: Id | None = None
    occurred_at: datetime | None = None


class ChangeBody(Body):
    """What is left out stays; a list that is given replaces the one before."""

    title: TitleBody | None = None
    lead: Name | None = None
    update_minutes: Rhythm | None = None
    customers: Ids | None = None
    sites: Ids | None = None
    categories: Ids | None = None


class ResolveMajorBody(VerbBody):
    work_done: Description
    cause: Words | None = None
    article_id: Id | None = None


class MessageBody(VerbBody):
    """``text`` goes to several clients: it names nobody."""

    text: ParagraphBody


class MajorListView(ListView):
    items: list[MajorView]


NOTHING = VerbBody()


def _wording(words: WordsBody) -> Wording:
    return Wording.model_validate(words.model_dump())


async def _one(
    id: Id, run: Run, cause: Caused, key: Idempotency, expected: IfMatch, request: Request
) -> "Acting":
    return Acting(id, run, cause, key, expected, request)


class Acting:
    """One command on one major incident: runs it and answers with what came of it."""

    def __init__(
        self,
        id: str,
        run: Runtime,
        cause: Any,
        key: KeyedBy | None,
        expected: Expected,
        request: Request,
    ) -> None:
        self._id, self._run, self._cause, self._key = id, run, cause, key
        self._expected, self._request = expected, request

    async def __call__(
        self, principal: Principal, command: Any, occurred_at: datetime | None = None, **given: Any
    ) -> Response:
        viewer = await viewer_of(principal, self._run)
        asked = command(id=self._id, viewer=viewer, occurred_at=occurred_at, expected=self._expected, **given)
        done = await self._run.do(asked, self._cause, self._key)
        kept = await self._run.read(Majors, self._id)
        if kept is None:
            raise NotFound("major-incident", self._id)
        shown = await _shown(self._run, viewer, [kept])
        if isinstance(done.result, dict):
            together = together_view(done.result, call_of(self._request).language)
            return answer(ResolvedMajorView(**dict(shown[0]), together=together), kept.version)
        return answer(shown[0], kept.version)


Act = Annotated[Acting, Depends(_one)]


@router.post("", status_code=201, response_model=MajorView)
async def declare(
    body: DeclareBody, principal: Writer, run: Run, cause: Caused, key: Idempotency
) -> Response:
    """Declare one, from a ticket or from nothing."""
    viewer = await viewer_of(principal, run)

    def declaring(id: str) -> DeclareMajor:
        return DeclareMajor(
            id=id,
            title=_wording(body.title),
            lead=body.lead or viewer.subject,
            update_minutes=body.update_minutes,
            said=Said(customers=body.customers, sites=body.sites, categories=body.categories),
            viewer=viewer,
            ticket_id=body.ticket,
            occurred_at=body.occurred_at,
        )

    created = await run.create(declaring, cause, key)
    kept = await run.read(Majors, created.id)
    if kept is None:
        raise NotFound("major-incident", created.id)
    [shown] = await _shown(run, viewer, [kept])
    return answer(shown, kept.version, status=201, location=f"/v1/major-incidents/{created.id}")


@router.get("", response_model=MajorListView)
async def list_majors(
    page: Annotated[Page, paged(MajorState)], principal: Reader, run: Run, customer: Id | None = None
) -> Any:
    """Those that concern the caller, the one changed longest ago first."""
    viewer = await viewer_of(principal, run)
    query = page.filter(_among(viewer, customer))
    found = await run.find(Majors, query, sort=page.sort, limit=page.fetch)
    views = {view.id: view for view in await _shown(run, viewer, found)}
    return page.of(found, lambda kept: views[kept.value.id].model_dump(mode="json"))


@router.get("/{id}", response_model=MajorView)
async def read_major(id: Id, principal: Reader, run: Run, request: Request) -> Response:
    viewer = await viewer_of(principal, run)
    kept = await run.read(Majors, id)
    if kept is None or not _concerns(kept.value, viewer):
        raise NotFound("major-incident", id)
    if unchanged := not_modified(request, kept.version) if viewer.of_the_firm else None:
        return unchanged
    [shown] = await _shown(run, viewer, [kept])
    return answer(shown, kept.version)


@router.patch("/{id}", response_model=MajorView)
async def change_major(
    id: Id,
    body: ChangeBody,
    principal: Writer,
    run: Run,
    cause: Caused,
    key: Idempotency,
    expected: IfMatchRequired,
    request: Request,
) -> Response:
    act = Acting(id, run, cause, key, expected, request)
    return await act(
        principal,
        ChangeMajor,
        title=None if body.title is None else _wording(body.title),
        lead=body.lead,
        update_minutes=body.update_minutes,
        customers=body.customers,
        sites=body.sites,
        categories=body.categories,
    )


def _verb(name: str, what: str) -> None:
    async def do_it(act: Act, principal: Writer, body: VerbBody = NOTHING) -> Response:
        return await act(principal, MoveMajor, body.occurred_at, verb=name)

    router.post(f"/{{id}}/{name}", response_model=MajorView, name=f"{name}_major", description=what)(do_it)


_verb("investigate", "Somebody looks for the cause; also where a workaround did not hold.")
_verb("mitigate", "A workaround holds.")
_verb("close", "Nothing is left to be done about it.")


@router.post("/{id}/resolve", response_model=ResolvedMajorView)
async def resolve_major(act: Act, principal: Writer, body: ResolveMajorBody) -> Response:
    """It is over, and with it the attached tickets, but for those that `together` says why they are left."""
    more = {"cause": body.cause, "article_id": body.article_id}
    return await act(principal, ResolveMajor, body.occurred_at, work_done=body.work_done, **more)


@router.post("/{id}/messages", response_model=MajorView)
async def post_message(act: Act, principal: Writer, body: MessageBody) -> Response:
    """Tell the requester and the followers of every attached ticket, each person once."""
    return await act(principal, PostMessage, body.occurred_at, text=_wording(body.text))


@router.put("/{id}/tickets/{ticket_id}", response_model=MajorView)
async def attach_ticket(act: Act, ticket_id: Id, principal: Writer) -> Response:
    return await act(principal, AttachTicket, ticket_id=ticket_id)


@router.delete("/{id}/tickets/{ticket_id}", response_model=MajorView)
async def detach_ticket(act: Act, ticket_id: Id, principal: Writer) -> Response:
    return await act(principal, DetachTicket, ticket_id=ticket_id)


def _among(viewer: Viewer, customer: str | None) -> dict[str, Any]:
    if viewer.of_the_firm:
        return {} if customer is None else {"concerns": customer}
    if customer not in (None, viewer.customer_id):
        # Whom else it concerns is told to nobody of the customer's side, not by what a filter finds either.
        return {"_id": {"$in": []}}
    return {"concerns" if viewer.confidential else "openly": viewer.customer_id}


def _concerns(major: Major, viewer: Viewer) -> bool:
    if viewer.of_the_firm:
        return True
    return viewer.customer_id in major.customer_ids(confidential=viewer.confidential)


async def _shown(run: Runtime, viewer: Viewer, found: Sequence[Kept[Major]]) -> list[MajorView]:
    tickets = (
        {kept.value.id: kept.value.ticket_ids for kept in found}
        if viewer.reach is Reach.FIRM
        else await _tickets(run, viewer, [kept.value.id for kept in found])
    )
    return [
        major_view(kept.value, viewer, tickets.get(kept.value.id, ()), updated_at=kept.updated_at)
        for kept in found
    ]


async def _tickets(run: Runtime, viewer: Viewer, ids: Sequence[str]) -> Mapping[str, Sequence[str]]:
    """The attached tickets that exist for the viewer, by major incident."""
    found: dict[str, list[str]] = {}
    if not ids:
        return found
    mine = {"major_id": {"$in": list(ids), "$type": "string"}, "$and": [TICKET.among(viewer)]}
    documents = run.collection(Tickets.name).find(by_index(Tickets, mine), {"major_id": 1})
    for document in await documents.sort("_id", 1).to_list(None):
        found.setdefault(document["major_id"], []).append(document["_id"])
    return found
