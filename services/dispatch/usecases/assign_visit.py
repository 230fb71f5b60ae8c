"""A dispatcher gives a visit to a technician by hand, or moves it to another time."""

from dataclasses import dataclass, replace
from datetime import datetime

from contracts.refusal import Refusal
from contracts.text import Text
from infra.chassis.store.collection import Loads, Ref
from infra.chassis.store.unit import Unit
from services.dispatch.domain.ability import ANOTHER_IS_BOUND, lack_beside, lack_of, refused_for
from services.dispatch.domain.day import Slot
from services.dispatch.domain.lawful_exit import Basis, LawfulExit, lawful_exit
from services.dispatch.domain.plan import PLANNED_AHEAD, Plan
from services.dispatch.domain.promise import promise_moved
from services.dispatch.domain.refusals import companion_missing, rest_owed
from services.dispatch.domain.technician import Technician
from services.dispatch.domain.turn import not_its_turn
from services.dispatch.domain.visit import Visit
from services.dispatch.planning.travel import Travel
from services.dispatch.store.technicians import Technicians
from services.dispatch.store.visits import Visits
from services.dispatch.usecases.addressed import addressed, happened_at
from services.dispatch.usecases.binding import bind_others, bound
from services.dispatch.usecases.crewing import Seat, book, count_their_rests, seat
from services.dispatch.usecases.keep_order import turn_in
from services.dispatch.usecases.resting import count_rests, without_its_rest
from services.dispatch.usecases.settling import move
from services.dispatch.usecases.slots import day_refs, free, slots_between, way_there
from services.dispatch.usecases.telling import tell_next, tell_when_due


@dataclass(frozen=True)
class WayOut:
    """On which basis, and why, work is given to somebody in his rest."""

    basis: Basis
    reason: str


@dataclass(frozen=True)
class AssignVisit:
    """By hand: beyond the shift if the dispatcher wants so, never into an absence or a taken slot.

    Into a rest only by a ``way_out``: urgent work, for which the rest is owed once it is done; that is for
    who leads. Without ``companion_ids`` those whom it has stay, where as many are needed.
    """

    visit_id: str
    technician_id: str
    start_at: datetime
    travel: Travel
    occurred_at: datetime | None = None
    way_out: WayOut | None = None
    companion_ids: tuple[str, ...] | None = None

    def loads(self) -> Loads:
        return (
            Ref(Visits, self.visit_id),
            Ref(Technicians, self.technician_id),
            *day_refs(self.technician_id, self.start_at, self.start_at),
        )

    def decide(self, unit: Unit) -> str:
        visit = addressed(unit, self.visit_id, None)
        visit.check("assign")
        visit = bound(unit, visit)
        at = happened_at(unit, self.occurred_at, visit)
        technician = unit.require(Technicians, self.technician_id, as_="technician")
        lack = lack_of(technician, visit, self.start_at + visit.need.duration)
        if lack is not None and lack.rule == ANOTHER_IS_BOUND:
            visit = replace(visit, wishes=replace(visit.wishes, released=True))
            lack = lack_of(technician, visit, self.start_at + visit.need.duration)
        if lack is not None:
            raise refused_for(lack, technician, visit)
        before = visit.technician_id
        companions = self._companions(visit)
        same = before == technician.id and companions == visit.companions
        if same and visit.plan is not None and visit.plan.start_at == self.start_at:
            self._stay(unit, visit, technician, visit.plan)
            return visit.id
        there = without_its_rest(unit, technician, visit, self.travel)
        slot = _slot(unit, visit, there, self.start_at, at, self.travel, rest_suspended=bool(self.way_out))
        way_out = self._lawful_exit(visit, there, slot.start_at, slot.end_at, unit.cause.actor)
        beside = _seated(unit, visit, companions, slot, at, self.travel)
        free(unit, visit)
        freed, visit = visit, promise_moved(visit, slot.start_at)
        planned, facts = visit.planned(technician.id, book(unit, visit, technician, slot, beside))
        planned = planned if way_out is None else planned.with_exit(way_out)
        unit.save(Visits, planned, *facts, at=at)
        told, more = tell_when_due(unit, planned, technician)
        unit.save(Visits, told, *more)
        bind_others(unit, told)
        count_rests(unit, technician.id, self.travel, changed=slot)
        count_their_rests(unit, beside, self.travel)
        for id in (before, *freed.companions):
            if id is not None and not planned.is_made_by(id):
                tell_next(unit, unit.get(Technicians, id))
        return visit.id

    def _companions(self, visit: Visit) -> tuple[str, ...]:
        needed = visit.need.technicians - 1
        chosen = self.companion_ids
        if chosen is None:
            chosen = tuple(id for id in visit.companions if id != self.technician_id) if needed else ()
        if self.technician_id in chosen or len(set(chosen)) < max(needed, len(chosen)):
            raise companion_missing(visit.id, visit.need.technicians)
        return chosen

    def _stay(self, unit: Unit, visit: Visit, technician: Technician, plan: Plan) -> None:
        """It stays where a rest has come over it: somebody has to answer for that, too."""
        way_out = self._lawful_exit(visit, technician, plan.start_at, plan.end_at, unit.cause.actor)
        if way_out is not None and way_out != visit.exit_of(technician.id):
            unit.save(Visits, visit.with_exit(way_out))
            count_rests(unit, technician.id, self.travel)

    def _lawful_exit(
        self, visit: Visit, technician: Technician, start: datetime, end: datetime, author: str
    ) -> LawfulExit | None:
        """What the way out is needed for: nothing, where no rest is touched or a call on call ends it."""
        rest = technician.rest_in(start, end)
        if self.way_out is None or rest is None:
            return None
        if technician.is_available(start, end, urgent=visit.urgent):
            return None
        way_out = self.way_out
        return lawful_exit(technician, rest, way_out.basis, way_out.reason, author, urgent=visit.urgent)


@dataclass(frozen=True)
class RescheduleVisit:
    """Another time, the same technician and companions."""

    visit_id: str
    start_at: datetime
    travel: Travel
    occurred_at: datetime | None = None

    def loads(self) -> Loads:
        return (Ref(Visits, self.visit_id),)

    def decide(self, unit: Unit) -> str:
        visit = addressed(unit, self.visit_id, None)
        visit.check("reschedule")
        at = happened_at(unit, self.occurred_at, visit)
        if visit.plan is not None and visit.plan.start_at == self.start_at:
            return visit.id
        technician = unit.require(Technicians, visit.technician_id or "", as_="technician")
        lack = lack_of(technician, visit, self.start_at + visit.need.duration)
        if lack is not None and lack.rule != ANOTHER_IS_BOUND:
            raise refused_for(lack, technician, visit)
        there = without_its_rest(unit, technician, visit, self.travel)
        slot = _slot(unit, visit, there, self.start_at, at, self.travel)
        beside = _seated(unit, visit, visit.companions, slot, at, self.travel)
        free(unit, visit)
        visit = promise_moved(visit, slot.start_at)
        move(unit, technician, visit, book(unit, visit, technician, slot, beside), at=at)
        count_rests(unit, technician.id, self.travel, changed=slot)
        count_their_rests(unit, beside, self.travel)
        return visit.id


def _seated(
    unit: Unit, visit: Visit, ids: tuple[str, ...], slot: Slot, said_at: datetime, travel: Travel
) -> tuple[Seat, ...]:
    """The companions chosen by hand, each of whom can do what is asked of him, and is neither absent nor in
    a rest then."""
    seats = []
    for id in ids:
        companion = unit.require(Technicians, id, as_="technician")
        lack = lack_beside(companion, visit, slot.end_at)
        if lack is not None:
            raise refused_for(lack, companion, visit.beside)
        his = without_its_rest(unit, companion, visit, travel)
        _slot(unit, visit, his, slot.start_at, said_at, travel)
        seats.append(seat(unit, companion, slot, travel))
    return tuple(seats)


def _slot(
    unit: Unit,
    visit: Visit,
    technician: Technician,
    start: datetime,
    said_at: datetime,
    travel: Travel,
    *,
    rest_suspended: bool = False,
) -> Slot:
    if start < said_at:
        raise Refusal(
            "start-in-the-past",
            Text(
                f"A visit cannot be planned at {start.isoformat()}: it is past. Give a later start.",
                f"Une visite ne peut pas être planifiée à {start.isoformat()} : c'est passé. "
                "Donnez un horaire à venir.",
            ),
        )
    if start > unit.now + PLANNED_AHEAD:
        raise Refusal(
            "start-too-far",
            Text(
                f"{start.isoformat()} is more than {PLANNED_AHEAD.days} days ahead, where nothing is "
                "planned: give an earlier start, or put the ticket on hold until shortly before.",
                f"{start.isoformat()} est à plus de {PLANNED_AHEAD.days} jours, où rien n'est planifié : "
                "donnez un horaire plus proche, ou mettez le ticket en attente jusque peu avant.",
            ),
        )
    turn = turn_in(unit, visit)
    if not turn.allows(start):
        raise not_its_turn(visit, turn)
    end = start + visit.need.duration
    if technician.is_absent(start, end):
        raise Refusal(
            "absent",
            Text(
                f"{technician.id} is absent then: choose another start or another technician.",
                f"{technician.id} est absent à ce moment : choisissez un autre horaire "
                "ou un autre technicien.",
            ),
            technician_id=technician.id,
        )
    rest = technician.rest_in(start, end)
    if (
        rest is not None
        and not rest_suspended
        and not technician.is_available(start, end, urgent=visit.urgent)
    ):
        raise Refusal(rest.rule, rest_owed(technician, rest), technician_id=technician.id)
    slot = Slot(visit.id, start, end, 0, visit.where)
    slots = slots_between(unit, technician, start, end)
    way = way_there(slots, technician, slot, travel)
    return Slot(visit.id, start, end, way.seconds, visit.where, way.source)
