"""``/v1/tickets/{id}/answers``: walk a diagnosis with a ticket that is there already."""

from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import BaseModel

from contracts.values import Id
from infra.chassis.http.auth import allow
from infra.chassis.http.principal import Principal
from infra.chassis.service import Run
from services.ticket.api.bodies import AnswersBody, VerbBody
from services.ticket.api.diagnoses import WalkView, walk_view
from services.ticket.api.finding import visible_ticket
from services.ticket.api.verbs import Do
from services.ticket.api.viewing import viewer_of
from services.ticket.domain.diagnosis_walk import named_photos, walk
from services.ticket.store.diagnoses import Diagnoses, DiagnosisRevisions
from services.ticket.usecases.answer_questions import AnswerQuestions
from services.ticket.usecases.put_diagnosis import revision_id
from services.ticket.views.ticket import TicketView

router = APIRouter(prefix="/v1/tickets/{id}/answers", tags=["tickets"])


class AnswerBody(AnswersBody, VerbBody):
    """``diagnosis`` with the first answer; the others go on with it."""

    diagnosis: Id | None = None


class TicketWalkView(BaseModel):
    """``walk`` is null where none has begun: those that may be are in ``diagnoses``, by id."""

    diagnosis: str | None
    walk: WalkView | None
    diagnoses: list[str]


@router.get("", response_model=TicketWalkView)
async def read_answers(id: Id, who: Annotated[Principal, allow("tickets:read")], run: Run) -> TicketWalkView:
    """What was answered, and what is asked next."""
    ticket = (await visible_ticket(run, id, await viewer_of(who, run))).value
    if ticket.diagnosed is None:
        query = {"published.categories": ticket.category}
        found = await run.find(Diagnoses, query, sort=(("_id", 1),), limit=50)
        return TicketWalkView(diagnosis=None, walk=None, diagnoses=[each.value.id for each in found])
    begun = ticket.diagnosed
    kept = await run.read(DiagnosisRevisions, revision_id(begun.diagnosis_id, begun.revision))
    assert kept is not None, "what was asked was published"
    walked = walk(kept.value.tree, begun.given, named_photos(kept.value.tree, begun.given))
    shown = await walk_view(run, who, begun.diagnosis_id, walked)
    return TicketWalkView(diagnosis=begun.diagnosis_id, walk=shown, diagnoses=[])


@router.post("", response_model=TicketView)
async def give_answers(
    do: Do, who: Annotated[Principal, allow("tickets:answer")], body: AnswerBody
) -> Response:
    """Answer the next question, or several. At the end the ticket is judged by what the answers say."""
    return await do(who, AnswerQuestions, body, given=body.given(), diagnosis_id=body.diagnosis)
