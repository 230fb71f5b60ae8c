"""Known repairs of a ticket that is there: those that may be it, and what became of one that was tried."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from contracts.values import Id
from infra.chassis.http.auth import allow
from infra.chassis.http.principal import Principal
from infra.chassis.runtime import Runtime
from infra.chassis.service import Run
from services.ticket.api.articles import FoundListView, Known, matches_view, model_of
from services.ticket.api.bodies import VerbBody
from services.ticket.api.finding import visible_ticket
from services.ticket.api.verbs import Do
from services.ticket.api.viewing import viewer_of
from services.ticket.domain.diagnosis_walk import named_photos, walk
from services.ticket.domain.ticket import Ticket
from services.ticket.lookup.searching import Sought, texts
from services.ticket.store.diagnoses import DiagnosisRevisions
from services.ticket.usecases.put_diagnosis import revision_id
from services.ticket.usecases.try_article import TryArticle
from services.ticket.views.ticket import TicketView

router = APIRouter(prefix="/v1/tickets/{id}", tags=["tickets"])


class TriedBody(VerbBody):
    """``worked``: that fixed it. By the client it closes the ticket; else the technician is told."""

    article_id: Id
    worked: bool


@router.get("/suggestions", response_model=FoundListView)
async def suggestions(
    id: Id,
    who: Annotated[Principal, allow("tickets:read")],
    run: Run,
    known: Known,
    limit: Annotated[int, Query(ge=1, le=20)] = 3,
) -> FoundListView:
    """The likeliest known repairs that nobody tried in vain; to the client those that a user can do."""
    viewer = await viewer_of(who, run)
    ticket = (await visible_ticket(run, id, viewer)).value
    sought = Sought(
        text=f"{ticket.summary}\n{ticket.description}",
        answers=texts([(each.question, each.answer) for each in ticket.answers]),
        category=ticket.category,
        model=await model_of(run, viewer, ticket.asset_id, None) if viewer.of_the_firm else None,
        named=await _named(run, ticket),
        himself=not viewer.of_the_firm,
    )
    in_vain = {each.article_id for each in ticket.tried if not each.worked}
    found = (await known()).search(sought, limit + len(in_vain))
    return await matches_view(run, viewer, [each for each in found if each.id not in in_vain][:limit])


async def _named(run: Runtime, ticket: Ticket) -> tuple[str, ...]:
    """The articles that its answers point at."""
    begun = ticket.diagnosed
    if begun is None:
        return ()
    kept = await run.read(DiagnosisRevisions, revision_id(begun.diagnosis_id, begun.revision))
    if kept is None:
        return ()
    return walk(kept.value.tree, begun.given, named_photos(kept.value.tree, begun.given)).fills.articles


@router.post("/tried", response_model=TicketView)
async def tried(do: Do, who: Annotated[Principal, allow("tickets:try")], body: TriedBody) -> Response:
    """That fixed it, or it did not help."""
    return await do(who, TryArticle, body, article_id=body.article_id, worked=body.worked)
