"""Each request's visits that are not done, of which some may come after others."""

from collections import defaultdict
from datetime import datetime

from services.dispatch.domain.binding import bound_to
from services.dispatch.domain.plan import MOVABLE, OPEN, UNPLANNED
from services.dispatch.domain.turn import Turn, ahead_of, is_undone, turn_of
from services.dispatch.domain.visit import Visit


class Requests:
    """Part of the snapshot."""

    def __init__(self) -> None:
        self._visits: dict[str, dict[str, Visit]] = defaultdict(dict)

    def put(self, visit: Visit) -> None:
        """Take in a stored visit; what is done is forgotten."""
        request = self._visits[visit.ticket_id]
        if visit.state in OPEN or is_undone(visit):
            request[visit.id] = visit
        else:
            request.pop(visit.id, None)
        if not any(each.state in OPEN for each in request.values()):
            del self._visits[visit.ticket_id]

    def of(self, visit: Visit) -> list[Visit]:
        """The visits of its request that are not done."""
        return list(self._visits.get(visit.ticket_id, {}).values())

    def turn(self, visit: Visit, now: datetime) -> Turn:
        """When it is the visit's turn, as far as can be told here."""
        return turn_of(visit, self.of(visit), now)

    def is_ordered(self, visit: Visit) -> bool:
        """Whether any visit of the request comes after another."""
        return any(each.need.after for each in (visit, *self.of(visit)))

    def leads(self, visit: Visit) -> bool:
        """Whether another visit comes after this one, or after one whose work it goes on with."""
        request = self.of(visit)
        later = (each for each in request if each.need.after)
        return any(visit.id == ahead.id for each in later for ahead in ahead_of(each, request))

    def bound_to(self, visit: Visit) -> str | None:
        """Who makes the request's visits, as far as those tell that are not done."""
        return bound_to(visit, self.of(visit))

    def is_unbound(self, visit: Visit) -> bool:
        """Whether one technician is to make this and others, and nobody has any of them yet."""
        return visit.need.same_technician and visit.wishes.bound_to is None and len(self.of(visit)) > 1

    def waiting(self) -> set[str]:
        """The tickets of visits that are not planned and come after others."""
        visits = (visit for request in self._visits.values() for visit in request.values())
        return {visit.ticket_id for visit in visits if visit.need.after and visit.state in UNPLANNED}

    def broken(self, now: datetime) -> list[Visit]:
        """Visits that are planned before their turn, and of which nobody has been asked yet."""
        return [
            visit
            for request in list(self._visits.values())
            for visit in request.values()
            if visit.need.after
            and visit.state in MOVABLE
            and not (visit.pinned and visit.attention is not None)
            and visit.plan is not None
            and not self.turn(visit, now).allows(visit.plan.start_at)
        ]
