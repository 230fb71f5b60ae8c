"""A technician answers: he has seen it, or he will not go."""

from dataclasses import dataclass
from datetime import datetime

from contracts.refusal import Refusal
from infra.chassis.store.collection import Loads, Ref
from infra.chassis.store.unit import Unit
from services.dispatch.domain.ability import lack_of, refused_for
from services.dispatch.domain.plan import MOVABLE
from services.dispatch.store.technicians import Technicians
from services.dispatch.store.visits import Visits
from services.dispatch.usecases.addressed import addressed, happened_at
from services.dispatch.usecases.crewing import tell_next_of
from services.dispatch.usecases.slots import free


@dataclass(frozen=True)
class AcknowledgeDispatch:
    """``by`` is the technician who says so, None when a dispatcher does on his behalf."""

    visit_id: str
    by: str | None = None
    occurred_at: datetime | None = None

    def loads(self) -> Loads:
        return (Ref(Visits, self.visit_id),)

    def decide(self, unit: Unit) -> str:
        visit = addressed(unit, self.visit_id, self.by)
        at = happened_at(unit, self.occurred_at, visit)
        changed, facts = visit.acknowledged(at)
        if changed != visit:
            unit.save(Visits, changed, *facts, at=at)
        return visit.id


@dataclass(frozen=True)
class DeclineDispatch:
    """The slot is free again, and the visit goes to somebody else. Declining twice changes nothing.

    ``by`` may be a companion.
    """

    visit_id: str
    reason: str
    by: str | None = None
    occurred_at: datetime | None = None

    def loads(self) -> Loads:
        return (Ref(Visits, self.visit_id),)

    def decide(self, unit: Unit) -> str:
        known = unit.get(Visits, self.visit_id)
        if (
            known is not None
            and not known.is_made_by(self.by or "")
            and any(
                each.technician_id == self.by and each.rule == "declined-before" for each in known.refused_by
            )
        ):
            return known.id
        visit = addressed(unit, self.visit_id, self.by, beside=True)
        at = happened_at(unit, self.occurred_at, visit)
        changed, facts = visit.declined(self.reason, self.by if self.by in visit.companions else None)
        unit.save(Visits, changed, *facts, at=at)
        free(unit, visit)
        tell_next_of(unit, visit)
        return visit.id


BY_TELEPHONE = "by telephone / par téléphone"


@dataclass(frozen=True)
class TakeAnswer:
    """What a technician typed on his telephone. What was settled otherwise meanwhile stays."""

    visit_id: str
    technician_id: str
    accepted: bool
    at: datetime

    def loads(self) -> Loads:
        return (Ref(Visits, self.visit_id),)

    def decide(self, unit: Unit) -> None:
        at = min(self.at, unit.now)
        accepting = AcknowledgeDispatch(self.visit_id, self.technician_id, at)
        declining = DeclineDispatch(self.visit_id, BY_TELEPHONE, self.technician_id, at)
        try:
            (accepting if self.accepted else declining).decide(unit)
        except Refusal:
            return


@dataclass(frozen=True)
class AnswerOffer:
    """A partner's firm accepts a visit for its technician, or declines it for a ``reason``.

    It cannot accept what he may not make by then, because its papers have expired, say.
    """

    visit_id: str
    technician_id: str
    reason: str | None = None

    def loads(self) -> Loads:
        return (Ref(Visits, self.visit_id), Ref(Technicians, self.technician_id))

    def decide(self, unit: Unit) -> str:
        if self.reason is not None:
            return DeclineDispatch(self.visit_id, self.reason, self.technician_id).decide(unit)
        visit = addressed(unit, self.visit_id, self.technician_id)
        technician = unit.require(Technicians, self.technician_id, as_="technician")
        if visit.plan is not None and visit.state in MOVABLE:
            lack = lack_of(technician, visit, visit.plan.end_at)
            if lack is not None:
                raise refused_for(lack, technician, visit)
        return AcknowledgeDispatch(self.visit_id, self.technician_id).decide(unit)
