"""The visits of each request of which something is open: some come after others, or are one technician's."""

from collections import defaultdict
from datetime import datetime

from services.dispatch.domain.binding import bound_to
from services.dispatch.domain.plan import MOVABLE, OPEN, UNPLANNED
from services.dispatch.domain.turn import Turn, ahead_of, turn_of
from services.dispatch.domain.visit import Visit


class Requests:
    """Part of the snapshot."""

    def __init__(self) -> None:
        self._visits: dict[str, dict[str, Visit]] = defaultdict(dict)

    def put(self, visit: Visit) -> None:
        """Take in a stored visit; a request is forgotten when all of it is over."""
        request = self._visits[visit.ticket_id]
        request[visit.id] = visit
        if not any(each.state in OPEN for each in request.values()):
            del self._visits[visit.ticket_id]

    def of(self, visit: Visit) -> list[Visit]:
        """The visits of its request, as far as they are known here: some that are over may be missing."""
        return list(self._visits.get(visit.ticket_id, {}).values())

    def together_with(self, visit: Visit) -> list[Visit]:
        """Those that are to be made by whoever makes this one, where nobody has any of them yet."""
        if not visit.need.same_technician or visit.wishes.bound_to is not None:
            return []
        return [each for each in self.of(visit) if each.id != visit.id and each.state in OPEN]

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
        """Who has, or made, the others of its request, as far as they are known here."""
        return bound_to(visit, self.of(visit))

    def waiting(self) -> set[str]:
        """The tickets of visits that are not planned, and come after others or are bound to them."""
        visits = (visit for request in self._visits.values() for visit in request.values())
        unplanned = (visit for visit in visits if visit.state in UNPLANNED)
        return {visit.ticket_id for visit in unplanned if visit.need.after or visit.need.same_technician}

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
