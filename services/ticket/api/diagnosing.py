"""``/v1/tickets/{id}/answers``: walk a diagnosis with a ticket that is there already."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel

from contracts.values import Id
from infra.chassis.http.auth import allow
from infra.chassis.http.call import call_of
from infra.chassis.http.principal import Principal
from infra.chassis.runtime import Runtime
from infra.chassis.service import Run
from services.ticket.api.bodies import VerbBody, WalkBody
from services.ticket.api.diagnoses import WalkView, walk_view
from services.ticket.api.finding import visible_ticket
from services.ticket.api.verbs import Do
from services.ticket.api.viewing import viewer_of
from services.ticket.domain.diagnosis_ending import Likely
from services.ticket.domain.diagnosis_walk import named_photos, walk
from services.ticket.store.diagnoses import Diagnoses, DiagnosisRevisions
from services.ticket.store.likely import likeliest
from services.ticket.store.tickets import Tickets
from services.ticket.usecases.answer_questions import AnswerQuestions
from services.ticket.usecases.put_diagnosis import revision_id
from services.ticket.views.ticket import TicketView

router = APIRouter(prefix="/v1/tickets/{id}/answers", tags=["tickets"])


class AnswerBody(WalkBody, VerbBody):
    """``diagnosis`` with the first answer; the others go on with it."""

    diagnosis: Id | None = None


class TicketWalkView(BaseModel):
    """``walk`` is null where none has begun: those that may be are in ``diagnoses``, by id."""

    diagnosis: str | None
    walk: WalkView | None
    diagnoses: list[str]


@router.get("", response_model=TicketWalkView)
async def read_answers(
    id: Id,
    who: Annotated[Principal, allow("tickets:read")],
    run: Run,
    request: Request,
    all_questions: Annotated[bool, Query(description="What is next although the walk ended early")] = False,
) -> TicketWalkView:
    """What was answered, and what is asked next; nothing where the walk ended early, as ``ended_early``
    says, unless ``all_questions`` is true."""
    ticket = (await visible_ticket(run, id, await viewer_of(who, run))).value
    if ticket.diagnosed is None:
        query = {"published.categories": ticket.category}
        found = await run.find(Diagnoses, query, sort=(("_id", 1),), limit=50)
        return TicketWalkView(diagnosis=None, walk=None, diagnoses=[each.value.id for each in found])
    begun = ticket.diagnosed
    kept = await run.read(DiagnosisRevisions, revision_id(begun.diagnosis_id, begun.revision))
    assert kept is not None, "what was asked was published"
    walked = walk(kept.value.tree, begun.given, named_photos(kept.value.tree, begun.given))
    likely = await likeliest(run, begun.diagnosis_id, walked.given)
    early = None if all_questions else begun.early
    shown = walk_view(who, walked, likely, early, call_of(request).language)
    return TicketWalkView(diagnosis=begun.diagnosis_id, walk=shown, diagnoses=[])


@router.post("", response_model=TicketView)
async def give_answers(
    id: Id, do: Do, who: Annotated[Principal, allow("tickets:answer")], run: Run, body: AnswerBody
) -> Response:
    """Answer the next question, or several. At the end the ticket is judged by what the answers say.

    The walk may end early, as with ``POST /v1/diagnoses/{id}/walk``: the ticket's ``diagnosis`` and its
    briefing say so. Who goes on answering goes on; with ``all_questions`` no question is left out.
    """
    likely = None if body.all_questions else await _likely(run, id, body)
    return await do(
        who, AnswerQuestions, body, given=body.given(), diagnosis_id=body.diagnosis, likely=likely
    )


async def _likely(run: Runtime, id: str, body: AnswerBody) -> Likely | None:
    """What ended the tickets that were answered like this one once these answers are added."""
    kept = await run.read(Tickets, id)
    begun = None if kept is None else kept.value.diagnosed
    diagnosis = body.diagnosis or (None if begun is None else begun.diagnosis_id)
    if diagnosis is None:
        return None
    before = begun.given if begun is not None and begun.diagnosis_id == diagnosis else ()
    given = {each.question: each for each in (*before, *body.given())}
    return await likeliest(run, diagnosis, tuple(given.values()))
