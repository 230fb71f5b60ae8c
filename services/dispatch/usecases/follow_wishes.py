"""Whom a customer will (not) have has changed: his visits say so, and nobody goes who may not."""

from dataclasses import dataclass, replace

from contracts.dispatch.events import Attention, RevocationReason
from infra.chassis.store.collection import Loads, Ref
from infra.chassis.store.unit import Unit
from services.dispatch.domain.ability import lack_in
from services.dispatch.domain.plan import MOVABLE, OPEN
from services.dispatch.domain.visit import Visit
from services.dispatch.domain.wishes import Wishes, wishes_of
from services.dispatch.store.copies import Contacts, Customers, Sites
from services.dispatch.store.technicians import Technicians
from services.dispatch.store.visits import Visits
from services.dispatch.usecases.binding import bound
from services.dispatch.usecases.crewing import tell_next_of
from services.dispatch.usecases.giving_up import give_up


def wishes_for(unit: Unit, visit: Visit) -> Wishes:
    """What is wished of who goes there, as far as it is known here; he meets whom the ticket names for the
    site, or else who asked."""
    met = visit.on_site_contact_id or visit.requester_id
    wished = wishes_of(
        unit.get(Customers, visit.customer_id),
        unit.get(Sites, visit.site_id),
        None if met is None else unit.get(Contacts, met),
    )
    binding = bound(unit, visit).wishes.bound_to
    return replace(wished, bound_to=binding, released=visit.wishes.released)


@dataclass(frozen=True)
class FollowWishes:
    """Bind an open visit to what is wished now. Who may not go there any more is told so; who is under way
    or pinned stays, and of what is pinned the dispatcher is asked."""

    visit_id: str

    def loads(self) -> Loads:
        return (Ref(Visits, self.visit_id),)

    def decide(self, unit: Unit) -> Visit | None:
        visit = unit.get(Visits, self.visit_id)
        if visit is None or visit.state not in OPEN:
            return visit
        wishes = wishes_for(unit, visit)
        if wishes == visit.wishes:
            return visit
        changed = replace(visit, wishes=wishes)
        unit.save(Visits, changed)
        if changed.plan is None or changed.state not in MOVABLE:
            return changed
        for id in (changed.technician_id or "", *changed.companions):
            technician = unit.get(Technicians, id)
            if technician is not None and lack_in(technician, changed, changed.plan.end_at) is not None:
                give_up(unit, changed, id, RevocationReason.RESCHEDULED, Attention.UNFIT)
                tell_next_of(unit, changed)
                break
        return unit.get(Visits, visit.id)
