"""Technicians come, change, and are away."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from contracts.dispatch.events import Attention, RevocationReason
from contracts.refusal import NotFound, Refusal
from contracts.text import Text
from infra.chassis.store.collection import Loads, Ref
from infra.chassis.store.unit import Unit
from services.dispatch.domain.plan import PLANNED_AHEAD
from services.dispatch.domain.technician import Absence, Technician
from services.dispatch.store.days import Days
from services.dispatch.store.labour import RestDebts
from services.dispatch.store.technicians import Technicians
from services.dispatch.store.visits import Visits
from services.dispatch.usecases.addressed import happened_at
from services.dispatch.usecases.giving_up import give_up, give_up_what_no_longer_fits
from services.dispatch.usecases.resting import count_rests
from services.dispatch.usecases.slots import day_refs, slots_between
from services.dispatch.usecases.telling import tell_next

A_DAY = timedelta(days=1)


@dataclass(frozen=True)
class PutTechnician:
    """Create or replace; absences that are known stay. True when he is new.

    What he could make and cannot make any more is planned anew.
    """

    technician: Technician

    def loads(self) -> Loads:
        return (Ref(Technicians, self.technician.id),)

    def decide(self, unit: Unit) -> bool:
        known = unit.get(Technicians, self.technician.id)
        _check_tutor(unit, self.technician)
        if known is None:
            unit.put(Technicians, self.technician)
            return True
        changed = replace(self.technician, absences=known.absences, on_call=known.on_call, rests=known.rests)
        if changed.time_zone != known.time_zone:
            _refuse_with_visits(unit, known)
        if changed == known:
            return False
        unit.save(Technicians, changed)
        beside = set[str]()
        if _works_by(changed) != _works_by(known):
            beside = give_up_what_no_longer_fits(unit, known, changed)
        if _rests_by(changed) != _rests_by(known):
            count_rests(unit, changed.id)
        _tell(unit, beside)
        return False


def _check_tutor(unit: Unit, technician: Technician) -> None:
    """Somebody who is there, and learns from nobody himself; nor does anybody learn from an apprentice."""
    if technician.apprenticeship is None:
        return
    tutor_id = technician.apprenticeship.tutor_id
    tutor = technician if tutor_id == technician.id else unit.require(Technicians, tutor_id, as_="technician")
    if tutor.apprenticeship is not None:
        raise Refusal(
            "tutor-is-apprentice",
            Text(
                f"{tutor_id} is an apprentice and cannot be a tutor: name somebody else.",
                f"{tutor_id} est apprenti et ne peut pas être tuteur : désignez quelqu'un d'autre.",
            ),
            technician_id=tutor_id,
        )
    taught = unit.where(Technicians, "tutor_id", technician.id)
    if taught:
        raise Refusal(
            "tutor-is-apprentice",
            Text(
                f"{technician.id} is the tutor of {taught[0].id}: give {taught[0].id} another tutor first.",
                f"{technician.id} est le tuteur de {taught[0].id} : donnez d'abord un autre tuteur à "
                f"{taught[0].id}.",
            ),
            technician_id=technician.id,
        )


def _tell(unit: Unit, ids: Iterable[str]) -> None:
    """Those who were to make with him what he does not make are told what they have to do next."""
    for id in sorted(ids):
        tell_next(unit, unit.get(Technicians, id))


def _works_by(technician: Technician) -> tuple[object, ...]:
    """What says which visits he can make."""
    return (
        technician.skills,
        technician.certificates,
        technician.spoken,
        technician.partner,
        technician.apprenticeship,
        technician.shifts,
        technician.holidays,
    )


def _rests_by(technician: Technician) -> tuple[object, ...]:
    """What his rests are counted by; the agreement is his agency's."""
    return (
        technician.regime,
        technician.agency,
        technician.shifts,
        technician.holidays,
        technician.time_zone,
        technician.home,
    )


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
    occurred_at: datetime | None = None

    def loads(self) -> Loads:
        end = min(self.absence.to_at, self.absence.from_at + PLANNED_AHEAD)
        days = day_refs(self.technician_id, self.absence.from_at, end)
        return (Ref(Technicians, self.technician_id), *days)

    def decide(self, unit: Unit) -> str:
        technician = unit.get(Technicians, self.technician_id)
        if technician is None:
            raise NotFound("technician", self.technician_id)
        said_at = happened_at(unit, self.occurred_at)
        absence = replace(self.absence, said_at=said_at, recorded_at=unit.now, author=unit.cause.actor)
        away = technician.with_absence(absence)
        if away is technician:
            return technician.id
        unit.save(Technicians, away)
        start = max(absence.from_at, unit.now - A_DAY)
        end = min(absence.to_at, unit.now + PLANNED_AHEAD + A_DAY)
        beside = set[str]()
        for slot in slots_between(unit, technician, start, end):
            visit = unit.get(Visits, slot.visit_id) if slot.start_at < end and start < slot.end_at else None
            if visit is not None:
                beside.update(give_up(unit, visit, away.id, RevocationReason.ABSENCE, Attention.ABSENT))
        count_rests(unit, away.id)
        _tell(unit, beside)
        return technician.id


@dataclass(frozen=True)
class WithdrawAbsence:
    """It was a mistake, or it is over early: he works then. A rest that it gave back is owed again."""

    technician_id: str
    absence_id: str

    def loads(self) -> Loads:
        return (Ref(Technicians, self.technician_id),)

    def decide(self, unit: Unit) -> str:
        technician = unit.get(Technicians, self.technician_id)
        if technician is None:
            raise NotFound("technician", self.technician_id)
        back = technician.without_absence(self.absence_id)
        unit.save(Technicians, back)
        for debt in unit.where(RestDebts, "technician_id", technician.id):
            if debt.absence_id == self.absence_id:
                unit.save(RestDebts, debt.owed_again())
        count_rests(unit, back.id)
        return technician.id
