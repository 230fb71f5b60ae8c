"""A skill that an apprentice has seen often enough is proposed to his tutor, who knows him."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from contracts.refusal import illegal_transition

LEVEL = 1
"""What is proposed: he can do it, and others do better."""


class ProposalState(StrEnum):
    """``counting``: not seen often enough yet. Declined, it is counted anew."""

    COUNTING = "counting"
    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    DECLINED = "declined"


@dataclass(frozen=True)
class SkillProposal:
    """``visits`` are those along which he went since it was last declined or lost; each counts once."""

    id: str
    technician_id: str
    skill: str
    tutor_id: str
    visits: tuple[str, ...] = ()
    state: ProposalState = ProposalState.COUNTING
    proposed_at: datetime | None = None
    answered_at: datetime | None = None
    answered_by: str | None = None
    reason: str | None = None

    def accompanied(self, visit_id: str, needed: int, tutor_id: str, at: datetime) -> "SkillProposal":
        """He has been along once more. Whose skill was taken from him since is counted anew."""
        if self.state is ProposalState.PROPOSED or visit_id in self.visits:
            return self
        known = SkillProposal(self.id, self.technician_id, self.skill, tutor_id)
        known = known if self.state is ProposalState.ACCEPTED else self
        seen = replace(known, visits=(*known.visits, visit_id), tutor_id=tutor_id)
        if len(seen.visits) < needed:
            return seen
        return replace(seen, state=ProposalState.PROPOSED, proposed_at=at)

    def accepted(self, at: datetime, by: str) -> "SkillProposal":
        """Saying so twice changes nothing."""
        return self._answered("accept", ProposalState.ACCEPTED, at, by, None)

    def declined(self, at: datetime, by: str, reason: str) -> "SkillProposal":
        """Not yet: what he goes along for from now on counts anew."""
        if self.state is ProposalState.DECLINED:
            return self
        return replace(self._answered("decline", ProposalState.DECLINED, at, by, reason), visits=())

    def _answered(
        self, verb: str, state: ProposalState, at: datetime, by: str, reason: str | None
    ) -> "SkillProposal":
        if self.state is state:
            return self
        if self.state is not ProposalState.PROPOSED:
            raise illegal_transition("skill proposal", self.state, verb, ())
        return replace(self, state=state, answered_at=at, answered_by=by, reason=reason)


def proposal_id(technician_id: str, skill: str) -> str:
    return f"{technician_id}:{skill}"
