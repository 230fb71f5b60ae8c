"""A day's timer: the shift is over, and visits of it are not."""

from dataclasses import dataclass, replace

from contracts.dispatch.events import WorkNotReported
from infra.chassis.store.collection import Loads, Ref
from infra.chassis.store.unit import Unit
from services.dispatch.domain.evening import PATIENCE, begun_on, chased, unreported
from services.dispatch.store.days import Days
from services.dispatch.store.technicians import Technicians
from services.dispatch.store.visits import Visits


@dataclass(frozen=True)
class FireDay:
    """Run when ``chase_at`` has come; where his shift has moved meanwhile it is put off."""

    day_id: str

    def loads(self) -> Loads:
        return (Ref(Days, self.day_id),)

    def decide(self, unit: Unit) -> None:
        day = unit.get(Days, self.day_id)
        if day is None or day.chase_at is None or day.chase_at > unit.now:
            return
        technician = unit.get(Technicians, day.technician_id)
        if technician is None:
            unit.save(Days, replace(day, chase_at=None))
            return
        by_now = chased(day, technician)
        if by_now.chase_at is not None and by_now.chase_at > unit.now:
            unit.save(Days, by_now)
            return
        unit.save(Days, replace(day, chase_at=None))
        found = [unit.get(Visits, each) for each in begun_on(day, technician)]
        silent = [each for each in found if each is not None and unreported(each, technician, unit.now)]
        if silent:
            fact = WorkNotReported(
                **silent[-1].whom(),
                technician_id=technician.id,
                shift_ended=(by_now.chase_at or unit.now) - PATIENCE,
                numbers=tuple(dict.fromkeys(each.number for each in silent)),
                summary=silent[-1].need.summary,
            )
            unit.save(Visits, silent[-1], fact)
