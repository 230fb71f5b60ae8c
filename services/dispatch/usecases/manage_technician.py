"""Technicians come, change, and are away."""

from dataclasses import dataclass, replace
from datetime import timedelta

from contracts.dispatch.events import RevocationReason
from contracts.refusal import NotFound, Refusal
from contracts.text import Text
from infra.chassis.store.collection import Loads, Ref
from infra.chassis.store.unit import Unit
from services.dispatch.domain.plan import MOVABLE, Attention
from services.dispatch.domain.technician import Absence, Technician
from services.dispatch.store.days import Days
from services.dispatch.store.technicians import Technicians
from services.dispatch.store.visits import Visits
from services.dispatch.usecases.slots import day_refs, free, slots_between

PLANNED_AHEAD = timedelta(days=60)
"""Nothing is planned further ahead than this, so an absence disturbs nothing beyond."""


@dataclass(frozen=True)
class PutTechnician:
    """Create or replace; absences that are known stay. True when he is new."""

    technician: Technician

    def loads(self) -> Loads:
        return (Ref(Technicians, self.technician.id),)

    def decide(self, unit: Unit) -> bool:
        known = unit.get(Technicians, self.technician.id)
        if known is None:
            unit.put(Technicians, self.technician)
            return True
        changed = replace(self.technician, absences=known.absences)
        if changed.time_zone != known.time_zone:
            _refuse_with_visits(unit, known)
        if changed != known:
            unit.save(Technicians, changed)
        return False


def _refuse_with_visits(unit: Unit, technician: Technician) -> None:
    """His days are dates of his zone: with slots to come they cannot become those of another."""
    days = unit.where(Days, "technician_id", technician.id)
    if any(slot.end_at > unit.now for day in days for slot in day.slots):
        raise Refusal(
            "technician-has-visits",
            Text(
                f"Visits are planned for {technician.id}: give them to others before the time zone changes.",
                f"Des visites sont planifiées pour {technician.id} : "
                "confiez-les à d'autres avant de changer le fuseau horaire.",
            ),
            technician_id=technician.id,
        )


@dataclass(frozen=True)
class AddAbsence:
    """He is away: what was planned then is planned anew; a pinned visit asks for a person."""

    technician_id: str
    absence: Absence

    def loads(self) -> Loads:
        end = min(self.absence.to_at, self.absence.from_at + PLANNED_AHEAD)
        days = day_refs(self.technician_id, self.absence.from_at, end)
        return (Ref(Technicians, self.technician_id), *days)

    def decide(self, unit: Unit) -> str:
        technician = unit.get(Technicians, self.technician_id)
        if technician is None:
            raise NotFound("technician", self.technician_id)
        away = technician.with_absence(self.absence)
        if away is technician:
            return technician.id
        unit.save(Technicians, away)
        start = self.absence.from_at
        end = min(self.absence.to_at, start + PLANNED_AHEAD)
        for slot in slots_between(unit, technician, start, end):
            if slot.start_at >= end or slot.end_at <= start:
                continue
            visit = unit.get(Visits, slot.visit_id)
            if visit is None or visit.state not in MOVABLE or visit.technician_id != technician.id:
                continue
            if visit.pinned:
                unit.save(Visits, replace(visit, attention=Attention.ABSENT))
                continue
            back, facts = visit.taken_back(RevocationReason.ABSENCE)
            free(unit, visit)
            unit.save(Visits, back, *facts)
        return technician.id
