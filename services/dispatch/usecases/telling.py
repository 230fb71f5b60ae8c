"""When a technician is told to go, and how long he has to answer."""

from dataclasses import replace
from datetime import datetime, timedelta

from contracts.values import Priority
from infra.chassis.store.unit import Unit
from services.dispatch.domain.technician import Technician
from services.dispatch.domain.visit import Change, Visit
from services.dispatch.store.visits import Visits
from services.dispatch.usecases.resting import count_rests
from services.dispatch.usecases.slots import first_open

TELL_BEFORE = timedelta(hours=2)

URGENT_OFFER = timedelta(minutes=15)
"""The most that a partner's firm has to answer where it is urgent."""

ACKNOWLEDGE_WITHIN = {
    Priority.P1: timedelta(minutes=3),
    Priority.P2: timedelta(minutes=3),
    Priority.P3: timedelta(minutes=3),
    Priority.P4: timedelta(minutes=5),
    Priority.P5: timedelta(minutes=5),
}


def dispatch(technician: Technician, visit: Visit, at: datetime) -> Change:
    """Tell him ``at`` to go, if the visit is planned."""
    by = acknowledge_by(technician, visit, at)
    on_call = visit.urgent and technician.waits_on_call(at)
    offered = technician.partner is not None
    if visit.lawful_exit is not None:
        remind_at = at + (by - at) / 2
        return visit.dispatched(at, by, hours_from=at, remind_at=remind_at, on_call=on_call, offered=offered)
    return visit.dispatched(
        at,
        by,
        hours_from=technician.worked_until(at, timedelta(0), urgent=visit.urgent),
        remind_at=technician.half_worked(at, by, urgent=visit.urgent),
        on_call=on_call,
        offered=offered,
    )


def acknowledge_by(technician: Technician, visit: Visit, at: datetime) -> datetime:
    """Until when somebody told ``at`` may answer.

    The time runs in his hours only; of what is urgent, on call too; of what ends his rest, by the clock.
    What is planned for another day he need not have seen before the shift in which it is to be made begins;
    but a partner's firm has so long and no longer, so that there is time to ask the next.
    """
    answered = answer_within(technician, visit, at)
    if visit.lawful_exit is not None or technician.partner is not None:
        return answered
    start = visit.plan.start_at if visit.plan is not None else at
    if technician.date_of(start) <= technician.date_of(at):
        return answered
    shift = technician.shift_before(start, since=at)
    return answered if shift is None else max(answered, shift)


def answer_within(technician: Technician, visit: Visit, at: datetime) -> datetime:
    """When the time to answer, from ``at`` on, is over."""
    within = ACKNOWLEDGE_WITHIN[visit.priority]
    if technician.partner is not None:
        within = timedelta(minutes=technician.partner.answer_minutes)
        within = min(within, URGENT_OFFER) if visit.urgent else within
    if visit.lawful_exit is not None:
        return at + within
    return technician.worked_until(at, within, urgent=visit.urgent)


def tell_when_due(unit: Unit, visit: Visit, technician: Technician) -> Change:
    """Dispatch a planned visit at once if it is urgent, near, his next, or offered to a partner's firm; else
    set the time for it.

    Call it when the visit's slot is in its day and the visit itself is saved.
    """
    assert visit.plan is not None
    tell_at = visit.plan.start_at - TELL_BEFORE
    if (
        visit.urgent
        or technician.partner is not None
        or tell_at <= unit.now
        or _is_next(unit, visit, technician)
    ):
        return dispatch(technician, visit, unit.now)
    return replace(visit, plan=replace(visit.plan, tell_at=tell_at)), ()


def tell_next(unit: Unit, technician: Technician | None) -> None:
    """After something is over: his rest is counted anew, and what he has to do next is told now."""
    if technician is not None:
        technician = count_rests(unit, technician.id)
    if technician is None or not technician.is_available(unit.now, unit.now + timedelta(minutes=1)):
        return
    visit = first_open(unit, technician, unit.now)
    if visit is not None and visit.technician_id == technician.id:
        told, facts = dispatch(technician, visit, unit.now)
        if facts:
            unit.save(Visits, told, *facts)


def _is_next(unit: Unit, visit: Visit, technician: Technician) -> bool:
    if not technician.is_available(unit.now, unit.now + timedelta(minutes=1)):
        return False
    first = first_open(unit, technician, unit.now)
    return first is not None and first.id == visit.id
