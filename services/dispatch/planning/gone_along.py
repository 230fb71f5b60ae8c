"""What apprentices have been along for lately: it counts in their days and weeks, and is in no snapshot."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from contracts.values import VisitState
from services.dispatch.domain.accompanying import LOOKED_AROUND, accompanying
from services.dispatch.domain.day import Slot
from services.dispatch.domain.technician import Technician
from services.dispatch.domain.visit import Visit
from services.dispatch.planning.roster import Roster

REMEMBERED = LOOKED_AROUND + timedelta(days=1)


class GoneAlong:
    """Visits that are over, by id; the days of the roster do not reach as far back."""

    def __init__(self) -> None:
        self._visits: dict[str, Visit] = {}

    def put(self, visit: Visit) -> None:
        """Take in what was stored; what is not over, or was made without an apprentice, changes nothing."""
        if visit.state is VisitState.CLOSED and visit.apprentices:
            self._visits[visit.id] = visit

    def forget(self, now: datetime) -> None:
        """Drop what is too long ago to count."""
        oldest = now - REMEMBERED
        self._visits = {id: each for id, each in self._visits.items() if (each.ended_at or now) > oldest}

    def accompanying(
        self, roster: Roster, visit: Visit, apprentices: Iterable[Technician]
    ) -> tuple[str, ...]:
        """Those who go along on an open visit, by id, as far as is known here."""

        def slots_of(tutor_id: str) -> list[Slot]:
            known = roster.slots(tutor_id)
            ids = {slot.visit_id for slot in known}
            made = (each for each in self._visits.values() if each.is_made_by(tutor_id))
            return [*known, *(slot for each in made if each.id not in ids for slot in _slots(each))]

        def visit_of(visit_id: str) -> Visit | None:
            return roster.visits.get(visit_id) or self._visits.get(visit_id)

        return accompanying(visit, apprentices, slots_of, visit_of)


def _slots(visit: Visit) -> Iterable[Slot]:
    came, plan = visit.arrived_at or visit.started_at or visit.ended_at, visit.plan
    if came is not None and visit.ended_at is not None and plan is not None:
        yield Slot(visit.id, came, visit.ended_at, plan.travel_seconds, visit.where)
