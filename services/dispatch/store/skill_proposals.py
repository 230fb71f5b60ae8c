"""What apprentices have seen, and what is proposed of it, as documents."""

from infra.chassis.store.collection import IN_ORDER, Collection, Index
from services.dispatch.domain.skill_proposal import SkillProposal

SkillProposals = Collection(
    "skill_proposals", SkillProposal, indexes=(Index((("technician_id", 1), *IN_ORDER)),)
)
