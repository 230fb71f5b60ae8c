"""The van cannot give what the visit needs: somebody else whose van can, or a person decides."""

from dataclasses import dataclass

from contracts.dispatch.events import Attention, RevocationReason
from infra.chassis.store.collection import Loads, Ref
from infra.chassis.store.unit import Unit
from services.dispatch.domain.plan import MOVABLE
from services.dispatch.planning.roster import PART_MISSING
from services.dispatch.store.visits import Visits
from services.dispatch.usecases.crewing import tell_next_of
from services.dispatch.usecases.slots import free


@dataclass(frozen=True)
class ReplanForParts:
    """``technician_id`` lacks parts for the visit. A visit that moved on meanwhile is left alone."""

    visit_id: str
    technician_id: str

    def loads(self) -> Loads:
        return (Ref(Visits, self.visit_id),)

    def decide(self, unit: Unit) -> None:
        visit = unit.get(Visits, self.visit_id)
        if visit is None or visit.technician_id != self.technician_id or visit.state not in MOVABLE:
            return
        if visit.pinned:
            asked, facts = visit.asking(Attention.PARTS_SHORT)
            unit.save(Visits, asked, *facts)
            return
        back, facts = visit.taken_back(RevocationReason.PARTS_SHORT, rule=PART_MISSING)
        free(unit, visit)
        unit.save(Visits, back, *facts)
        tell_next_of(unit, visit)
