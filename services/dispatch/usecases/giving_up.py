"""Visits that their technician cannot make after all are planned anew."""

from contracts.dispatch.events import Attention, RevocationReason
from infra.chassis.store.unit import Unit
from services.dispatch.domain.ability import lack_in
from services.dispatch.domain.day import slots_of
from services.dispatch.domain.plan import MOVABLE
from services.dispatch.domain.technician import Technician
from services.dispatch.domain.visit import Visit
from services.dispatch.store.days import Days
from services.dispatch.store.visits import Visits
from services.dispatch.usecases.binding import bind_others, bound
from services.dispatch.usecases.slots import free


def give_up(
    unit: Unit, visit: Visit, technician_id: str, reason: RevocationReason, asking: Attention
) -> tuple[str, ...]:
    """Plan it anew if nobody has left for it; a pinned visit stays and asks for a person.

    Those who had it beside him come back: they have time now, and are to be told of what they do next.
    """
    if visit.state not in MOVABLE or not visit.is_made_by(technician_id):
        return ()
    if visit.pinned:
        asked, facts = visit.asking(asking)
        unit.save(Visits, asked, *facts)
        return ()
    back, facts = visit.taken_back(reason)
    free(unit, visit)
    unit.save(Visits, back, *facts)
    if (released := bound(unit, back)) != back:
        unit.save(Visits, released)
    bind_others(unit, back)
    return tuple(id for id in (visit.technician_id or "", *visit.companions) if id != technician_id)


def give_up_what_no_longer_fits(unit: Unit, known: Technician, changed: Technician) -> set[str]:
    """Give up what he could make before he changed and cannot any more; as ``give_up``."""
    beside = set[str]()
    days = unit.where(Days, "technician_id", known.id)
    for slot in slots_of(day for day in days if day.slots and day.slots[-1].end_at > unit.now):
        visit = unit.get(Visits, slot.visit_id)
        if visit is None:
            continue
        worked = known.is_available(slot.start_at, slot.end_at, urgent=visit.urgent)
        works = changed.is_available(slot.start_at, slot.end_at, urgent=visit.urgent)
        if lack_in(changed, visit, slot.end_at) is not None or (worked and not works):
            beside.update(give_up(unit, visit, changed.id, RevocationReason.RESCHEDULED, Attention.UNFIT))
    return beside
