"""A few technicians and what they have left of their day, as a problem that the solvers know."""

import math
from array import array
from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np

from contracts.calendars import Interval, intersect
from contracts.values import Point, Priority, VisitState
from services.dispatch.domain.ability import asked_for
from services.dispatch.domain.replan import Booking, booking_of
from services.dispatch.domain.visit import Visit
from services.dispatch.planning.dayahead.problem import Problem, Window
from services.dispatch.planning.dayahead.route import travel_of
from services.dispatch.planning.insertion import latest_start
from services.dispatch.planning.roster import Roster
from services.dispatch.planning.today.member import MINUTE, Member
from services.dispatch.planning.travel import unit_vector

WEIGHT = {Priority.P1: 100, Priority.P2: 30, Priority.P3: 8, Priority.P4: 2, Priority.P5: 2}
A_DAY = timedelta(days=1)
KEPT_WEIGHT = 200
"""Of what people have been told or promised, or a dispatcher has pinned."""


@dataclass(frozen=True)
class Block:
    """``problem`` counts in seconds from ``since``; its nth technician is the nth member, its nth visit the
    nth of ``visits``. ``routes`` is what is planned; what is in none of them need not be made today.
    ``before`` is who really had each visit when this was made.
    """

    now: datetime
    since: int
    members: tuple[Member, ...]
    visits: tuple[Visit, ...]
    problem: Problem
    routes: tuple[tuple[int, ...], ...]
    before: Mapping[str, Booking | None]

    def starts_at(self, visit: int, seconds: int) -> datetime:
        """The instant that a start stands for: where it stays the planned one, to the millisecond."""
        plan = self.visits[visit].plan
        if plan is not None and self.planned(visit) == seconds:
            return plan.start_at
        return datetime.fromtimestamp(self.since + seconds, UTC)

    def planned(self, visit: int) -> int:
        """When a booked visit starts as planned, in seconds of the problem, rounded up."""
        plan = self.visits[visit].plan
        assert plan is not None
        return math.ceil(plan.start_at.timestamp()) - self.since

    @property
    def optional(self) -> tuple[Visit, ...]:
        """The visits that need not be made today."""
        return self.visits[sum(map(len, self.routes)) :]

    def is_kept(self, visit: int) -> bool:
        """Whether it has to be made today, by whom it is planned for."""
        return self.problem.weight[visit] == KEPT_WEIGHT

    @property
    def known(self) -> frozenset[int]:
        """Every visit."""
        return frozenset(self.problem.visits)

    @property
    def booked(self) -> frozenset[int]:
        """The visits that are planned in the members' days."""
        return frozenset(visit for route in self.routes for visit in route)


def block_of(
    roster: Roster,
    members: Sequence[Member],
    others: Collection[Visit],
    now: datetime,
    *,
    loose: bool = False,
) -> Block | None:
    """The members' days with ``others``, which they might make, too.

    Who has been told, and what is pinned or promised, stay with their technicians, and within the arrival
    windows that the clients know; ``loose`` lets go of who has been told only. A member whose day as planned
    cannot be lived is left out. None where nobody is left.
    """
    while members:
        found = _Builder(roster, members, others, now, loose=loose).block()
        days = enumerate(found.routes)
        livable = [members[n] for n, route in days if travel_of(found.problem, n, route) is not None]
        if len(livable) == len(members):
            return found
        members = livable
    return None


class _Builder:
    def __init__(
        self,
        roster: Roster,
        members: Sequence[Member],
        others: Iterable[Visit],
        now: datetime,
        *,
        loose: bool,
    ) -> None:
        self.roster, self.members, self.now, self.loose = roster, members, now, loose
        at = int(now.timestamp())
        self.since = at - at % 86400
        self.until = max((member.until for member in members), default=self.since)
        planned = [roster.visits[slot.visit_id] for member in members for slot in member.left]
        self.windows = {visit.id: self._windows_of_booked(visit) for visit in planned}
        free = []
        for visit in others:
            windows = self._windows_of_other(visit) if visit.id not in self.windows else []
            if windows:
                self.windows[visit.id] = windows
                free.append(visit)
        self.visits = (*planned, *free)
        self.holders = [n for n, member in enumerate(members) for _ in member.left]

    def block(self) -> Block:
        """All of it, whether it can be lived or not."""
        routes, first = [], 0
        for member in self.members:
            routes.append(tuple(range(first, first + len(member.left))))
            first += len(member.left)
        known = self.roster.visits
        return Block(
            self.now,
            self.since,
            tuple(self.members),
            self.visits,
            self._problem(),
            tuple(routes),
            {visit.id: booking_of(known.get(visit.id, visit)) for visit in self.visits},
        )

    def _problem(self) -> Problem:
        members, visits = self.members, self.visits
        places: dict[Point | None, int] = {}
        for place in (
            *(place for member in members for place in (member.place, member.technician.home)),
            *(visit.where for visit in visits),
        ):
            places.setdefault(place, len(places))
        pauses = [member.pause or (self.since, self.since) for member in members]
        return Problem(
            technician_ids=tuple(range(len(members))),
            home=tuple(places[member.technician.home] for member in members),
            start=tuple(places[member.place] for member in members),
            shift=tuple((member.free - self.since, member.until - self.since) for member in members),
            lunches=tuple(member.pause is not None for member in members),
            lunch_window=tuple((begins - self.since,) * 2 for begins, _ in pauses),
            lunch_seconds=tuple(ends - begins for begins, ends in pauses),
            visit_ids=tuple(range(len(visits))),
            site=tuple(places[visit.where] for visit in visits),
            duration=tuple(int(visit.need.duration.total_seconds()) for visit in visits),
            known_at=(0,) * len(visits),
            windows=tuple(tuple(self.windows[visit.id]) for visit in visits),
            priority=tuple(int(visit.priority[1:]) for visit in visits),
            weight=tuple(self._weight(visit) for visit in visits),
            able=self._able(),
            travel=self._travel(places),
        )

    def _travel(self, places: Mapping[Point | None, int]) -> tuple["array[int]", ...]:
        """Whole minutes, so that whoever leaves on one arrives on one.

        What they take at most until the day ends, for the solvers know no hours; ways that are planned
        count as what they take then, so that the day stays one that can be lived.
        """
        at = np.array([unit_vector(place) for place in places])
        travel, now = self.roster.travel, self.now.timestamp()
        seconds = travel.longest(at[:, None], at[None, :], now, max(now, float(self.until)))
        planned = [way for member in self.members for way in _ways(member)]
        if planned:
            a = np.array([places[here] for here, _, _ in planned])
            b = np.array([places[there] for _, there, _ in planned])
            leave = np.array([at for _, _, at in planned])
            seconds[a, b] = np.minimum(seconds[a, b], travel.between(at[a], at[b], leave))
        whole = (np.ceil(seconds / MINUTE) * MINUTE).astype(np.intc)
        np.fill_diagonal(whole, 0)
        return tuple(array("i", row.tobytes()) for row in whole)

    def _weight(self, visit: Visit) -> int:
        return KEPT_WEIGHT if self._is_kept(visit) else WEIGHT[visit.priority]

    def _is_kept(self, visit: Visit) -> bool:
        told = visit.state in (VisitState.DISPATCHED, VisitState.ACKNOWLEDGED)
        bound = visit.pinned or visit.promised is not None or bool(visit.companions)
        return bound or (told and not self.loose) or self._leads(visit)

    def _leads(self, visit: Visit) -> bool:
        """Whether others wait for its end: it may come sooner within its arrival window, but not later."""
        return visit.plan is not None and self.roster.requests.leads(visit)

    def _stays_with_others(self, visit: Visit) -> bool:
        """Whether he makes others of its request, too, as was asked: it goes to nobody else alone."""
        him = visit.technician_id
        return him is not None and self.roster.requests.bound_to(visit) == him

    def _able(self) -> tuple[bytes, ...]:
        """By member, who may make what; visits that ask for the same are looked at once."""
        rows = [bytearray(len(self.visits)) for _ in self.members]
        number: dict[str | None, int] = {each.technician.id: n for n, each in enumerate(self.members)}
        same: dict[Hashable, list[int]] = {}
        for n, visit in enumerate(self.visits):
            holder = self.holders[n] if n < len(self.holders) else number.get(visit.technician_id)
            if holder is not None:
                rows[holder][n] = 1
            if self._is_kept(visit) or self._stays_with_others(visit):
                continue
            need = visit.need
            alone = visit.id if need.parts or visit.refused_by else None
            same.setdefault((asked_for(visit), alone), []).append(n)
        for alike in same.values():
            visit = self.visits[alike[0]]
            for member, row in zip(self.members, rows, strict=True):
                if self._allows(member, visit):
                    for n in alike:
                        row[n] = 1
        return tuple(map(bytes, rows))

    def _allows(self, member: Member, visit: Visit) -> bool:
        id = member.technician.id
        if visit.need.parts and not self.roster.stock.carries(id, visit):
            return False
        return self.roster.allows(id, visit, datetime.fromtimestamp(member.until, UTC))

    # -- when a visit may start -----------------------------------------------------------------

    def _windows_of_booked(self, visit: Visit) -> list[Window]:
        plan = visit.plan
        assert plan is not None
        start = math.ceil(plan.start_at.timestamp()) - self.since
        if visit.pinned or visit.companions:
            return [(start, start)]
        latest = start if visit.late_by or self._leads(visit) else self._deadline(visit)
        windows = self._open(visit, latest)
        if self._is_kept(visit):
            window = self._seconds((plan.arrival_from_at, plan.arrival_to_at))
            windows = [(max(a, window[0]), min(b, window[1])) for a, b in windows]
            windows = [(a, b) for a, b in windows if a <= b]
        if not any(a <= start <= b for a, b in windows):
            windows = sorted([*windows, (start, start)])
        return windows

    def _windows_of_other(self, visit: Visit) -> list[Window]:
        request = self.roster.requests
        waits = request.turn(visit, self.now).waits or request.together_with(visit)
        together = visit.need.technicians > 1 or visit.companions
        if visit.where is None or visit.pinned or visit.held or waits or together:
            return []
        deadline = self._deadline(visit)
        late_anyway = deadline < int(self.now.timestamp()) - self.since
        latest = self.until - self.since if late_anyway else deadline
        if visit.plan is not None:
            latest = min(latest, math.ceil(visit.plan.start_at.timestamp()) - self.since)
        return self._open(visit, latest)

    def _deadline(self, visit: Visit) -> int:
        """The last start that keeps every deadline, or the end of the day."""
        need = visit.need
        starts = [need.respond_by_at, need.restore_by_at and need.restore_by_at - need.duration]
        seconds = [int(at.timestamp()) - self.since for at in starts if at is not None]
        return min([*seconds, self.until - self.since])

    def _open(self, visit: Visit, latest: int) -> list[Window]:
        """When it may start while somebody is there to let him in, in a window wished for if there is one."""
        turn = self.roster.requests.turn(visit, self.now).from_at
        begins = max(self.now, visit.not_before_at or self.now, turn or self.now)
        ends = datetime.fromtimestamp(self.until, UTC)
        if begins >= ends:
            return []
        opening: list[Interval] = visit.place.open_intervals(begins - A_DAY, ends)
        wished = [(each.from_at, each.to_at) for each in visit.need.preferred_windows if each.to_at > begins]
        if wished:
            opening = intersect(wished, opening)
        first = self._minute(begins)
        if visit.promised is not None:
            promised = self._seconds((visit.promised.from_at, visit.promised.to_at))
            first, latest = max(first, promised[0]), min(latest, promised[1])
        starts = [(max(a, first), min(b, latest)) for a, b in (self._starts(visit, each) for each in opening)]
        return [(a, b) for a, b in starts if a <= b]

    def _starts(self, visit: Visit, opening: Interval) -> Window:
        opens, closes = self._seconds(opening)
        latest = latest_start((opens, closes), visit.need.duration.total_seconds())
        return opens, int(latest) // MINUTE * MINUTE

    def _seconds(self, interval: Interval) -> Window:
        return self._minute(interval[0]), int(interval[1].timestamp()) - self.since

    def _minute(self, at: datetime) -> int:
        """The whole minute from then on."""
        return math.ceil((at.timestamp() - self.since) / MINUTE) * MINUTE


def _ways(member: Member) -> Iterator[tuple[Point | None, Point | None, float]]:
    """The ways of his day as planned: from where to where, and when he can leave."""
    here, leave = member.place, float(member.free)
    for slot in member.left:
        yield here, slot.place, leave
        here, leave = slot.place, slot.end_at.timestamp()
    yield here, member.technician.home, leave
