"""An apprentice goes along with his tutor, and what he has seen often enough is proposed as his skill."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from contracts.refusal import NotFound
from infra.chassis.store.collection import Loads, Ref
from infra.chassis.store.unit import Unit
from services.dispatch.domain.accompanying import LOOKED_AROUND, accompanying
from services.dispatch.domain.day import Slot
from services.dispatch.domain.plan import MOVABLE
from services.dispatch.domain.skill_proposal import LEVEL, SkillProposal, proposal_id
from services.dispatch.domain.visit import Visit
from services.dispatch.store.skill_proposals import SkillProposals
from services.dispatch.store.technicians import Technicians
from services.dispatch.store.visits import Visits
from services.dispatch.usecases.slots import slots_between


@dataclass(frozen=True)
class FollowTutor:
    """Note who goes along on a planned visit, of those who may; who is under way stays as he is."""

    visit_id: str
    apprentice_ids: tuple[str, ...]

    def loads(self) -> Loads:
        return (Ref(Visits, self.visit_id), *(Ref(Technicians, id) for id in self.apprentice_ids))

    def decide(self, unit: Unit) -> Visit | None:
        visit = unit.get(Visits, self.visit_id)
        if visit is None or visit.state not in MOVABLE:
            return visit
        people = (unit.get(Technicians, id) for id in self.apprentice_ids)
        along = accompanying(
            visit,
            [each for each in people if each is not None],
            lambda tutor_id: _slots(unit, tutor_id, visit),
            lambda id: unit.get(Visits, id),
        )
        if along == visit.apprentices:
            return visit
        changed = replace(visit, apprentices=along)
        unit.save(Visits, changed)
        return changed


def _slots(unit: Unit, tutor_id: str, visit: Visit) -> tuple[Slot, ...]:
    tutor, plan = unit.get(Technicians, tutor_id), visit.plan
    if tutor is None or plan is None:
        return ()
    return slots_between(unit, tutor, plan.start_at - LOOKED_AROUND, plan.end_at + LOOKED_AROUND)


def count_accompanied(unit: Unit, visit: Visit, apprentice_ids: Iterable[str], at: datetime) -> None:
    """Each skill that the visit took and that he does not have counts for him."""
    for id in apprentice_ids:
        apprentice = unit.get(Technicians, id)
        if apprentice is None or apprentice.apprenticeship is None:
            continue
        needed, tutor_id = apprentice.apprenticeship.proposed_after, apprentice.apprenticeship.tutor_id
        for skill in visit.need.skills:
            if skill in apprentice.skills:
                continue
            key = proposal_id(id, skill)
            known = unit.get(SkillProposals, key) or SkillProposal(key, id, skill, tutor_id)
            seen = known.accompanied(visit.id, needed, tutor_id, at)
            if seen != known:
                unit.put(SkillProposals, seen)


@dataclass(frozen=True)
class AnswerSkillProposal:
    """The tutor (``by``; None: a dispatcher) accepts what is proposed, or declines it with a ``reason``."""

    technician_id: str
    skill: str
    reason: str | None = None
    by: str | None = None

    def loads(self) -> Loads:
        return (
            Ref(Technicians, self.technician_id),
            Ref(SkillProposals, proposal_id(self.technician_id, self.skill)),
        )

    def decide(self, unit: Unit) -> str:
        known = unit.get(SkillProposals, proposal_id(self.technician_id, self.skill))
        apprentice = unit.get(Technicians, self.technician_id)
        learns = None if apprentice is None else apprentice.apprenticeship
        if known is None or (self.by is not None and (learns is None or self.by != learns.tutor_id)):
            raise NotFound("skill proposal", self.skill)
        actor = unit.cause.actor
        if self.reason is not None:
            answered = known.declined(unit.now, actor, self.reason)
        else:
            answered = known.accepted(unit.now, actor)
        if answered == known:
            return known.id
        unit.save(SkillProposals, answered)
        technician = unit.require(Technicians, self.technician_id, as_="technician")
        if self.reason is None and self.skill not in technician.skills:
            unit.save(Technicians, replace(technician, skills={**technician.skills, self.skill: LEVEL}))
        return known.id
