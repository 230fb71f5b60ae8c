"""Who makes one visit of a request makes the others, where that is asked for."""

from infra.chassis.store.unit import Unit
from services.dispatch.domain.binding import with_binding
from services.dispatch.domain.plan import UNPLANNED
from services.dispatch.domain.visit import Visit
from services.dispatch.store.visits import Visits


def bound(unit: Unit, visit: Visit) -> Visit:
    """The visit bound to whoever has, or made, the others of its request by what is stored of them."""
    if not visit.need.same_technician:
        return visit
    return with_binding(visit, unit.where(Visits, "ticket_id", visit.ticket_id))


def bind_others(unit: Unit, visit: Visit) -> None:
    """Call it when a visit that has just been given to somebody is saved: what is yet to plan follows."""
    if not visit.need.same_technician or visit.wishes.released:
        return
    for other in unit.where(Visits, "ticket_id", visit.ticket_id):
        if other.id != visit.id and other.state in UNPLANNED and (binding := bound(unit, other)) != other:
            unit.save(Visits, binding)
