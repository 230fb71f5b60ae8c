"""``/v1/technicians/{id}/skill-proposals``: what an apprentice has seen often enough."""

from typing import Annotated

from fastapi import APIRouter, Response

from contracts.values import Id
from infra.chassis.http.auth import allow
from infra.chassis.http.body import Body, said
from infra.chassis.http.etag import IfMatch, etag
from infra.chassis.http.idempotency import Idempotency
from infra.chassis.http.paging import Page, paged
from infra.chassis.http.principal import Principal
from infra.chassis.http.problems import not_found
from infra.chassis.runtime import Runtime
from infra.chassis.service import Caused, Run
from services.dispatch.api.conditions import IfUnchanged
from services.dispatch.domain.skill_proposal import ProposalState, proposal_id
from services.dispatch.store.skill_proposals import SkillProposals
from services.dispatch.store.technicians import Technicians
from services.dispatch.usecases.accompany import AnswerSkillProposal
from services.dispatch.views.skill_proposals import (
    SkillProposalPage,
    SkillProposalView,
    skill_proposal_view,
)

router = APIRouter(prefix="/v1/technicians/{id}/skill-proposals", tags=["technicians"])

Seeing = Annotated[Principal, allow("technicians:skills")]


class NotYet(Body):
    """What he has to see first; it is for him to read."""

    reason: Annotated[str, said(400)]


@router.get("")
async def list_skill_proposals(
    id: Id, page: Annotated[Page, paged(ProposalState)], principal: Seeing, run: Run
) -> SkillProposalPage:
    """For the apprentice, his tutor and those who plan."""
    await _his(run, id, principal)
    found = await run.find(SkillProposals, page.filter(technician_id=id), sort=page.sort, limit=page.fetch)
    return SkillProposalPage(**page.of(found, skill_proposal_view))


@router.post("/{skill}/accept")
async def accept_skill_proposal(
    id: Id,
    skill: Id,
    principal: Seeing,
    cause: Caused,
    key: Idempotency,
    expected: IfMatch,
    run: Run,
    response: Response,
) -> SkillProposalView:
    """He has the skill at level 1 from now on: for his tutor to say, or a dispatcher."""
    case = AnswerSkillProposal(id, skill, by=_tutor(principal))
    await run.do(IfUnchanged(case, SkillProposals, proposal_id(id, skill), expected), cause, key)
    return await _answer(run, id, skill, response)


@router.post("/{skill}/decline")
async def decline_skill_proposal(
    id: Id,
    skill: Id,
    body: NotYet,
    principal: Seeing,
    cause: Caused,
    key: Idempotency,
    expected: IfMatch,
    run: Run,
    response: Response,
) -> SkillProposalView:
    """Not yet: it is proposed again when he has gone along as often once more."""
    case = AnswerSkillProposal(id, skill, body.reason, by=_tutor(principal))
    await run.do(IfUnchanged(case, SkillProposals, proposal_id(id, skill), expected), cause, key)
    return await _answer(run, id, skill, response)


def _tutor(principal: Principal) -> str | None:
    return (principal.subject or "") if principal.role == "technician" else None


async def _his(run: Runtime, id: str, principal: Principal) -> None:
    """He exists for this caller: himself, his tutor, or somebody who plans."""
    kept = await run.read(Technicians, id)
    apprenticeship = None if kept is None else kept.value.apprenticeship
    tutor = None if apprenticeship is None else apprenticeship.tutor_id
    if kept is None or (principal.role == "technician" and principal.subject not in (id, tutor)):
        raise not_found("technician", id)


async def _answer(run: Runtime, id: str, skill: str, response: Response) -> SkillProposalView:
    kept = await run.read(SkillProposals, proposal_id(id, skill))
    if kept is None:
        raise not_found("skill proposal", skill)
    response.headers["ETag"] = etag(kept.version)
    return skill_proposal_view(kept)
