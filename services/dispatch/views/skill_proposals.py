"""What an apprentice has seen, and what is proposed of it, as the API shows it."""

from datetime import datetime

from pydantic import BaseModel

from infra.chassis.runtime import Kept
from services.dispatch.domain.skill_proposal import LEVEL, ProposalState, SkillProposal


class SkillProposalView(BaseModel):
    """``visits`` are those along which he went since it was last declined or lost."""

    technician_id: str
    skill: str
    level: int
    tutor_id: str
    state: ProposalState
    visits: tuple[str, ...]
    proposed_at: datetime | None
    answered_at: datetime | None
    answered_by: str | None
    reason: str | None
    updated_at: datetime


class SkillProposalPage(BaseModel):
    items: tuple[SkillProposalView, ...]
    next: str | None


def skill_proposal_view(kept: Kept[SkillProposal]) -> SkillProposalView:
    one = kept.value
    return SkillProposalView(
        technician_id=one.technician_id,
        skill=one.skill,
        level=LEVEL,
        tutor_id=one.tutor_id,
        state=one.state,
        visits=one.visits,
        proposed_at=one.proposed_at,
        answered_at=one.answered_at,
        answered_by=one.answered_by,
        reason=one.reason,
        updated_at=kept.updated_at,
    )
