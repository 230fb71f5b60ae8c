"""``/v1/problems``: the causes of incidents, proposed where one comes back, looked for and done away with."""

from datetime import datetime
from typing import Annotated, Any, Self

from fastapi import APIRouter, Depends, Request, Response
from pydantic import Field, model_validator

from contracts.audience import Viewer
from contracts.refusal import NotFound
from contracts.text import InvalidValue
from contracts.values import Id
from infra.chassis.http.auth import allow
from infra.chassis.http.body import Body, said
from infra.chassis.http.etag import Expected, IfMatch, IfMatchRequired, not_modified
from infra.chassis.http.idempotency import Idempotency
from infra.chassis.http.paging import Page, paged
from infra.chassis.http.principal import Principal
from infra.chassis.runtime import Kept, Runtime
from infra.chassis.service import Caused, Run
from infra.chassis.store.idempotency import KeyedBy
from services.ticket.api.answers import answer
from services.ticket.api.bodies import Description, Name, Summary, VerbBody, Words
from services.ticket.api.viewing import viewer_of
from services.ticket.domain.problem import SHOWN_TO_CLIENTS, Problem, ProblemState
from services.ticket.store.problems import Problems
from services.ticket.usecases.prevent import TakeUp
from services.ticket.usecases.problems import (
    ChangeProblem,
    LinkTicket,
    MoveProblem,
    OpenProblem,
    UnlinkTicket,
)
from services.ticket.views.listing import ListView
from services.ticket.views.problem import ProblemView, problem_view

router = APIRouter(prefix="/v1/problems", tags=["problems"])

Reader = Annotated[Principal, allow("problems:read")]
Writer = Annotated[Principal, allow("problems:write")]


class OpenProblemBody(Body):
    """About an ``asset``, or a ``model`` of a ``manufacturer``; without ``customer`` about several."""

    title: Summary
    cause: Words
    owner: Name | None = None
    customer: Id | None = None
    asset: Id | None = None
    manufacturer: Annotated[str, said(200)] | None = None
    model: Annotated[str, said(200)] | None = None
    tickets: Annotated[tuple[Id, ...], Field(max_length=100)] = ()

    @model_validator(mode="after")
    def _is_about_one_thing(self) -> Self:
        if self.asset is not None and self.model is not None:
            raise InvalidValue(
                "name an asset or a model: an asset's model is known",
                "nommez un équipement ou un modèle : celui d'un équipement est connu",
            )
        return self


class ChangeProblemBody(Body):
    """What is left out stays; null removes what may be missing."""

    title: Summary = ""
    cause: Words = ""
    root_cause: Description | None = None
    workaround: Description | None = None
    article_id: Id | None = None
    owner: Name | None = None


class KnownErrorBody(VerbBody):
    """``workaround`` is what helps until the cause is gone."""

    workaround: Description
    root_cause: Description | None = None
    article_id: Id | None = None


class ResolveProblemBody(VerbBody):
    root_cause: Description | None = None


class RejectBody(VerbBody):
    reason: Words


class ProblemListView(ListView):
    items: list[ProblemView]


NOTHING = VerbBody()


class Acting:
    """One command on one problem: runs it and answers with what came of it."""

    def __init__(self, id: str, run: Runtime, cause: Any, key: KeyedBy | None, expected: Expected) -> None:
        self.id, self.run, self.cause, self._key, self._expected = id, run, cause, key, expected

    async def __call__(
        self, principal: Principal, command: Any, occurred_at: datetime | None = None, **given: Any
    ) -> Response:
        viewer = await viewer_of(principal, self.run)
        asked = command(id=self.id, viewer=viewer, occurred_at=occurred_at, expected=self._expected, **given)
        await self.run.do(asked, self.cause, self._key)
        return await self.shown(viewer)

    async def shown(self, viewer: Viewer) -> Response:
        kept = await visible_problem(self.run, self.id, viewer)
        return answer(problem_view(kept.value, viewer, updated_at=kept.updated_at), kept.version)


async def visible_problem(run: Runtime, id: str, viewer: Viewer) -> Kept[Problem]:
    """The problem, or the 404 that is also given for somebody else's."""
    kept = await run.read(Problems, id)
    if kept is None or not _exists_for(kept.value, viewer):
        raise NotFound("problem", id)
    return kept


async def _acting(id: Id, run: Run, cause: Caused, key: Idempotency, expected: IfMatch) -> Acting:
    return Acting(id, run, cause, key, expected)


async def _changing(id: Id, run: Run, cause: Caused, key: Idempotency, expected: IfMatchRequired) -> Acting:
    return Acting(id, run, cause, key, expected)


Act = Annotated[Acting, Depends(_acting)]


@router.post("", status_code=201, response_model=ProblemView)
async def open_problem(
    body: OpenProblemBody, principal: Writer, run: Run, cause: Caused, key: Idempotency
) -> Response:
    viewer = await viewer_of(principal, run)

    def opening(id: str) -> OpenProblem:
        return OpenProblem(
            id=id,
            title=body.title,
            cause=body.cause,
            viewer=viewer,
            owner=body.owner,
            customer_id=body.customer,
            asset_id=body.asset,
            manufacturer=body.manufacturer,
            model=body.model,
            ticket_ids=body.tickets,
        )

    created = await run.create(opening, cause, key)
    kept = await visible_problem(run, created.id, viewer)
    shown = problem_view(kept.value, viewer, updated_at=kept.updated_at)
    return answer(shown, kept.version, status=201, location=f"/v1/problems/{created.id}")


@router.get("", response_model=ProblemListView)
async def list_problems(
    page: Annotated[Page, paged(ProblemState)],
    principal: Reader,
    run: Run,
    customer: Id | None = None,
    asset: Id | None = None,
    ticket: Id | None = None,
    owner: Name | None = None,
) -> Any:
    """Those that exist for the caller, the one changed longest ago first."""
    viewer = await viewer_of(principal, run)
    # Who looks after it is the firm's own business, and so no filter for others.
    named = owner if viewer.of_the_firm else None
    equal: dict[str, Any] = {
        "about.customer_id": customer,
        "about.asset_id": asset,
        "ticket_ids": ticket,
        "owner": named,
    }
    query = page.filter(_among(viewer), **equal)
    found = await run.find(Problems, query, sort=page.sort, limit=page.fetch)

    def shown(kept: Kept[Problem]) -> Any:
        return problem_view(kept.value, viewer, updated_at=kept.updated_at).model_dump(mode="json")

    return page.of(found, shown)


@router.get("/{id}", response_model=ProblemView)
async def read_problem(id: Id, principal: Reader, run: Run, request: Request) -> Response:
    viewer = await viewer_of(principal, run)
    kept = await visible_problem(run, id, viewer)
    if unchanged := not_modified(request, kept.version):
        return unchanged
    return answer(problem_view(kept.value, viewer, updated_at=kept.updated_at), kept.version)


@router.patch("/{id}", response_model=ProblemView)
async def change_problem(
    act: Annotated[Acting, Depends(_changing)], body: ChangeProblemBody, principal: Writer
) -> Response:
    return await act(principal, ChangeProblem, changes=body.model_dump(exclude_unset=True))


@router.post("/{id}/open", response_model=ProblemView)
async def take_up(act: Act, principal: Writer, body: VerbBody = NOTHING) -> Response:
    """Somebody looks for its cause, also where it was not gone after all; prevention is proposed."""
    return await act(principal, TakeUp, body.occurred_at)


@router.post("/{id}/known-error", response_model=ProblemView)
async def know(act: Act, principal: Writer, body: KnownErrorBody) -> Response:
    """Its cause is known, and what helps until it is gone."""
    changes = body.model_dump(exclude={"occurred_at"})
    return await act(principal, MoveProblem, body.occurred_at, verb="known-error", changes=changes)


@router.post("/{id}/resolve", response_model=ProblemView)
async def resolve_problem(act: Act, principal: Writer, body: ResolveProblemBody) -> Response:
    """Its cause is gone."""
    changes = {"root_cause": body.root_cause}
    return await act(principal, MoveProblem, body.occurred_at, verb="resolve", changes=changes)


@router.post("/{id}/close", response_model=ProblemView)
async def close_problem(act: Act, principal: Writer, body: VerbBody = NOTHING) -> Response:
    return await act(principal, MoveProblem, body.occurred_at, verb="close")


@router.post("/{id}/reject", response_model=ProblemView)
async def reject_problem(act: Act, principal: Writer, body: RejectBody) -> Response:
    """The proposal is none: as many tickets again propose another."""
    changes = {"rejected_because": body.reason}
    return await act(principal, MoveProblem, body.occurred_at, verb="reject", changes=changes)


@router.put("/{id}/tickets/{ticket_id}", response_model=ProblemView)
async def link_ticket(act: Act, ticket_id: Id, principal: Writer) -> Response:
    return await act(principal, LinkTicket, ticket_id=ticket_id)


@router.delete("/{id}/tickets/{ticket_id}", response_model=ProblemView)
async def unlink_ticket(act: Act, ticket_id: Id, principal: Writer) -> Response:
    return await act(principal, UnlinkTicket, ticket_id=ticket_id)


def _among(viewer: Viewer) -> dict[str, Any]:
    if viewer.of_the_firm:
        return {}
    return {"about.customer_id": viewer.customer_id, "state": {"$in": sorted(SHOWN_TO_CLIENTS)}}


def _exists_for(problem: Problem, viewer: Viewer) -> bool:
    his = problem.about.customer_id == viewer.customer_id and problem.state in SHOWN_TO_CLIENTS
    return viewer.of_the_firm or his
