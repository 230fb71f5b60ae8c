"""Company agreements are written, and rest that was lost to urgent work is given back."""

from dataclasses import dataclass, replace
from datetime import datetime

from contracts.refusal import NotFound
from infra.chassis.store.collection import Loads, Ref, Where
from infra.chassis.store.unit import Unit
from services.dispatch.domain.agreement import Agreement
from services.dispatch.domain.lawful_exit import COMPENSATORY_REST
from services.dispatch.domain.technician import Absence
from services.dispatch.store.days import Days
from services.dispatch.store.labour import Agreements, RestDebts
from services.dispatch.store.technicians import Technicians
from services.dispatch.usecases.manage_technician import AddAbsence
from services.dispatch.usecases.resting import count_rests


@dataclass(frozen=True)
class PutAgreement:
    """Create or replace. True when it is new.

    The rests of ``people``, those whom it may bind, are counted anew at once, those that run included.
    """

    agreement: Agreement
    people: tuple[str, ...] = ()

    def loads(self) -> Loads:
        return (
            Ref(Agreements, self.agreement.id),
            *(Ref(Technicians, each) for each in self.people),
            *(Where(Days, "technician_id", each) for each in self.people),
        )

    def decide(self, unit: Unit) -> bool:
        self.agreement.check()
        known = unit.get(Agreements, self.agreement.id)
        if known != self.agreement:
            unit.put(Agreements, self.agreement)
            for each in self.people:
                count_rests(unit, each)
        return known is None


@dataclass(frozen=True)
class GiveBackRest:
    """He is absent for the rest that he is owed, and the debt is settled."""

    technician_id: str
    debt_id: str
    from_at: datetime
    to_at: datetime

    def loads(self) -> Loads:
        return (Ref(RestDebts, self.debt_id), Ref(Technicians, self.technician_id))

    def decide(self, unit: Unit) -> str:
        debt = unit.get(RestDebts, self.debt_id)
        technician = unit.get(Technicians, self.technician_id)
        if debt is None or technician is None or debt.technician_id != technician.id:
            raise NotFound("rest owed", self.debt_id)
        absence = Absence(self.from_at, self.to_at, COMPENSATORY_REST)
        technician.with_absence(absence)  # refuses a stretch that is none before it is measured
        worked = technician.available(self.from_at, self.to_at)
        given = debt.given_back((self.from_at, self.to_at), worked, unit.cause.actor, unit.now)
        unit.save(RestDebts, replace(given, absence_id=absence.id))
        AddAbsence(technician.id, absence).decide(unit)
        return debt.id
