"""Technicians and their days in memory: what an insertion plans on.

It is fed with what was stored and with slots that are about to be; it asks nobody.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import islice

import numpy as np

from contracts.values import Point, Priority
from services.dispatch.domain.ability import lack_of
from services.dispatch.domain.day import Slot, TechnicianDay
from services.dispatch.domain.plan import OPEN, UNDER_WAY
from services.dispatch.domain.technician import Technician
from services.dispatch.domain.visit import Visit
from services.dispatch.planning.candidate import Candidate
from services.dispatch.planning.fitness import Fitness
from services.dispatch.planning.gaps import Flags, Floats, GapTable, Stay, Stretch, gaps_of
from services.dispatch.planning.insertion import WAIT_COST, Ask, Fits, insert
from services.dispatch.planning.pairs import insert_pairs
from services.dispatch.planning.requests import Requests
from services.dispatch.planning.starting import seconds, stretches, windows_for
from services.dispatch.planning.travel import SOURCES, Travel, unit_vector
from services.dispatch.planning.van_stock import VanStock

HORIZON = timedelta(days=15)
"""How far ahead visits are planned."""

AHEAD = timedelta(days=1)
"""How far the window of planning may lag before it is moved on."""

MEASURED_AT_ONCE = 32
"""Rows; the whole table takes as long as an insertion may."""

PART_MISSING = "part-missing"
SHORTAGES_BELIEVED = 5
"""After so many shortages of one visit, what the stock says of somebody who was short is not believed."""

FOREIGN_TERRITORY_COST = 60.0
PART_NOT_ON_VAN_COST = 30.0


class Roster:
    """The snapshot. Not thread-safe: it lives in the event loop and every call is short."""

    def __init__(self, now: datetime, travel: Travel | None = None) -> None:
        self.travel = travel or Travel()
        self.technicians: dict[str, Technician] = {}
        self.apprentices: dict[str, Technician] = {}
        self.visits: dict[str, Visit] = {}
        self.stock = VanStock()
        self.requests = Requests()
        self._since = now
        self._table = GapTable(self.travel)
        self._on_call = GapTable(self.travel)
        self._called: set[str] = set()
        self._rows: dict[str, int] = {}
        self._ids: list[str] = []
        self._homes: Floats = np.empty((0, 3))
        self._hours: dict[str, list[Stretch]] = {}
        self._days: dict[str, dict[str, TechnicianDay]] = defaultdict(dict)
        self._versions: dict[str, int] = {}
        self._held: dict[str, dict[str, Slot]] = defaultdict(dict)
        self._placed: dict[str, set[str]] = defaultdict(set)
        self._fitness = Fitness(self.technicians, self._ids)
        self._stale: set[str] = set()
        self._hidden: str | None = None
        self._unmeasured: int | None = None

    @property
    def until(self) -> datetime:
        """The end of the window of planning."""
        return self._since + HORIZON

    def put_technician(self, technician: Technician) -> None:
        """Add a technician, or replace what is known of him."""
        if technician.id not in self._rows:
            self._rows[technician.id] = len(self._ids)
            self._ids.append(technician.id)
        self.technicians[technician.id] = technician
        if technician.apprenticeship is not None:
            self.apprentices[technician.id] = technician
        else:
            self.apprentices.pop(technician.id, None)
        self._fitness.forget()
        self._homes = np.empty((0, 3))
        self._hours.pop(technician.id, None)
        self._stale.add(technician.id)

    def put_day(self, day: TechnicianDay, version: int) -> None:
        """Take in a stored day; one older than what is known changes nothing."""
        if version <= self._versions.get(day.id, 0):
            return
        self._versions[day.id] = version
        self._days[day.technician_id][day.id] = day
        for slot in day.slots:
            self._placed[slot.visit_id].add(day.technician_id)
        self._stale.add(day.technician_id)

    def day_slots(self, day_id: str) -> tuple[Slot, ...]:
        """The slots of a stored day."""
        days = self._days.get(day_id.rpartition(":")[0], {})
        return days[day_id].slots if day_id in days else ()

    def is_newer(self, day_id: str, version: int) -> bool:
        """Whether a stored day with this version is news here."""
        return version > self._versions.get(day_id, 0)

    def put_visit(self, visit: Visit) -> None:
        """Take in a stored visit; ``visits`` are the open ones, by id."""
        self.requests.put(visit)
        known = self.visits.get(visit.id)
        before = known.state if known is not None else None
        after = visit.state if visit.state in OPEN else None
        if after is None:
            self.visits.pop(visit.id, None)
        else:
            self.visits[visit.id] = visit
        if (before is None, before in UNDER_WAY) != (after is None, after in UNDER_WAY):
            self._stale.update(self._placed.get(visit.id, ()))
        if after is None:
            self._placed.pop(visit.id, None)

    def hold(self, candidate: Candidate, visit: Visit) -> None:
        """Keep a slot free for a plan that is being stored."""
        for each in candidate.crew:
            slot = Slot(visit.id, candidate.start_at, candidate.end_at, each.travel_seconds, visit.where)
            self._held[each.technician_id][visit.id] = slot
            self._stale.add(each.technician_id)

    def release(self, candidate: Candidate, visit_id: str) -> None:
        """The plan is stored (its days say so) or given up."""
        for each in candidate.crew:
            if self._held[each.technician_id].pop(visit_id, None) is not None:
                self._stale.add(each.technician_id)

    def slots(self, technician_id: str) -> list[Slot]:
        """Every slot taken, stored or about to be, in order."""
        found = {slot.visit_id: slot for day in self._days[technician_id].values() for slot in day.slots}
        found.update(self._held[technician_id])
        return sorted(found.values(), key=lambda slot: slot.start_at)

    def by_distance(self, point: Point | None) -> list[str]:
        """Everybody, by how far from there he lives."""
        if len(self._homes) != len(self._ids):
            homes = [unit_vector(self.technicians[id].home) for id in self._ids]
            self._homes = np.array(homes, dtype=np.float64).reshape(-1, 3)
        way = self.travel.between(self._homes, np.array(unit_vector(point)))
        return [self._ids[n] for n in np.argsort(way, kind="stable")]

    def travel_changed(self) -> None:
        """More is known of travel. What detours are measured by follows, some rows at each call."""
        self._table.place()
        self._on_call.place()
        self._unmeasured = 0

    def hours(self, technician_id: str) -> list[Stretch]:
        """When he works within the window of planning, in seconds since 1970."""
        known = self._hours.get(technician_id)
        if known is None:
            # A day back: shifts that have begun, and overruns that go past their shift's end.
            working = self.technicians[technician_id].available(self._since - AHEAD, self.until)
            known = self._hours[technician_id] = stretches(working)
        return known

    def _reachable(self, technician_id: str) -> list[Stretch]:
        """When urgent work may be given to somebody who is on call within the window; else nothing."""
        technician, since = self.technicians[technician_id], self._since - AHEAD
        if not any(each.from_at < self.until and since < each.to_at for each in technician.on_call):
            return []
        return stretches(technician.available(since, self.until, urgent=True))

    def candidates(
        self,
        visit: Visit,
        now: datetime,
        *,
        only: str | None = None,
        beside: Collection[str] | None = None,
        limit: int | None = None,
    ) -> list[Candidate]:
        """Who can make the visit, cheapest first, one way for each, as if it were in nobody's day yet.

        Preferred windows are kept to if anybody can; opening hours always. ``only`` asks about one
        technician, whoever he is, and with ``beside`` about those whom he may take along; ``limit`` is for
        those who need no more.
        """
        if self.requests.turn(visit, now).waits and only is None:
            return []
        self._hide(visit)
        self._refresh(now)
        if visit.need.technicians > 1:
            return self._pairs(visit, now, only, beside, limit)
        allowed = self._allowed(visit, only)
        for windows in windows_for(visit, now, self.until):
            ask = self._ask(visit, now, allowed, windows)
            fits = insert(self._table, ask, self.travel)
            ranked = fits.ranked()
            calls = self._calls_somebody(visit, fits, ranked)
            ways = self._with_on_call(visit, ask, fits) if calls else [(fits, i) for i in ranked]
            found = (self._candidate(visit, *way) for way in ways)
            if only is None:
                found = (each for each in found if self.allows(each.technician_id, visit, each.end_at))
            if chosen := list(islice(found, limit)):
                return chosen
        return []

    def _pairs(
        self, visit: Visit, now: datetime, only: str | None, named: Collection[str] | None, limit: int | None
    ) -> list[Candidate]:
        """Two at once, one way for each who may lead. People on call are asked where nobody else can."""
        beside, own = visit.beside, self._fitness.may_go_along(named)
        allowed = self._allowed(visit, only), self._allowed(beside, None) & own

        def may(lead: int, companion: int, end: float) -> bool:
            at, ids = datetime.fromtimestamp(end, UTC), (self._ids[lead], self._ids[companion])
            return (only is not None or self.allows(ids[0], visit, at)) and self.allows(ids[1], beside, at)

        tables = [(self._table, np.zeros(len(self._ids))), (self._on_call, self._elsewhere_on_call(visit))]
        for windows in windows_for(visit, now, self.until):
            asks = self._ask(visit, now, allowed[0], windows), self._ask(beside, now, allowed[1], windows)
            found = insert_pairs(tables[:1], *asks, self.travel, may, limit)
            late = not found or found[0].late > 0 or visit.priority is Priority.P1
            if self._called and visit.urgent and late:
                found = insert_pairs(tables, *asks, self.travel, may, limit)
            if found:
                return [pair.candidate(self._ids, visit.need.duration) for pair in found]
        return []

    def best(self, visit: Visit, now: datetime) -> Candidate | None:
        """The cheapest way to make the visit."""
        return next(iter(self.candidates(visit, now, limit=1)), None)

    def _calls_somebody(self, visit: Visit, fits: Fits, ranked: list[int]) -> bool:
        """Whether people on call are asked: for the most urgent, and else for what would be late.

        Nobody is called out by night for what can be done in time by day.
        """
        if not self._called or not visit.urgent:
            return False
        return visit.priority is Priority.P1 or not ranked or bool(fits.late[ranked[0]] > 0)

    def _with_on_call(self, visit: Visit, ask: Ask, fits: Fits) -> list[tuple[Fits, int]]:
        """One way for each of those at work and on call, the cheaper one for whoever is both."""
        penalty = ask.penalty + self._elsewhere_on_call(visit)
        called = insert(self._on_call, replace(ask, penalty=penalty), self.travel)
        found = [(ways.cost[i], ways.start[i], ways, i) for ways in (fits, called) for i in ways.ranked()]
        best: dict[int, tuple[Fits, int]] = {}
        for _, _, ways, i in sorted(found, key=lambda each: each[:2]):
            best.setdefault(int(ways.rows[i]), (ways, i))
        return list(best.values())

    def _elsewhere_on_call(self, visit: Visit) -> Floats:
        """Who is on call for another territory only is called as if he were an hour later."""
        penalty = np.zeros(len(self._ids))
        territory = visit.place.territory
        for id in self._called if territory is not None else ():
            if all(each.territory not in (None, territory) for each in self.technicians[id].on_call):
                penalty[self._rows[id]] = 60 * WAIT_COST[visit.priority]
        return penalty

    def _hide(self, visit: Visit) -> None:
        """Plan as if this visit had no slot; the one hidden before has its slot again."""
        hidden = visit.id if visit.plan is not None else None
        if hidden != self._hidden:
            for id in (self._hidden, hidden):
                self._stale.update(self._placed.get(id, ()) if id is not None else ())
            self._hidden = hidden

    def _refresh(self, now: datetime) -> None:
        if now > self._since + AHEAD:
            self._since = now
            self._hours.clear()
            self._fitness.forget()
            self._stale.update(self._ids)
            self._forget_days(now)
        for id in self._stale:
            row = self._rows.get(id)
            if row is not None:
                stays, home = self._stays(id), unit_vector(self.technicians[id].home)
                self._table.set_row(row, gaps_of(self.hours(id), stays, home))
                called = self._reachable(id)
                if called or id in self._called:
                    self._on_call.set_row(row, gaps_of(called, stays, home))
                    (self._called.add if called else self._called.discard)(id)
        self._stale = {id for id in self._stale if id not in self._rows}
        if self._unmeasured is not None:
            rows = slice(self._unmeasured, self._unmeasured + MEASURED_AT_ONCE)
            self._table.measure(rows)
            self._on_call.measure(rows)
            self._unmeasured = rows.stop if rows.stop < len(self._ids) else None

    def _forget_days(self, now: datetime) -> None:
        oldest = (now - 3 * AHEAD).date().isoformat()
        for days in self._days.values():
            for id in [id for id, day in days.items() if day.date < oldest]:
                del days[id]

    def _stays(self, technician_id: str) -> list[Stay]:
        held = self._held[technician_id]
        at = unit_vector(self.technicians[technician_id].home)
        stays = []
        for slot in self.slots(technician_id):
            if slot.visit_id == self._hidden:
                continue
            at = at if slot.place is None else unit_vector(slot.place)
            visit = self.visits.get(slot.visit_id)
            stay = Stay(
                start=slot.start_at.timestamp(),
                end=slot.end_at.timestamp(),
                at=at,
                open=visit is not None or slot.visit_id in held,
                begun=visit is not None and visit.state in UNDER_WAY,
                placed=slot.place is not None,
            )
            stays.append(stay)
        return stays

    def _allowed(self, visit: Visit, only: str | None) -> Flags:
        if only is not None:
            return np.array([id == only for id in self._ids], dtype=np.bool_)
        skilled = self._fitness.able(visit, self._since)
        others = [self._fitness.able(each, self._since) for each in self.requests.together_with(visit)]
        if others:
            together = np.logical_and.reduce([skilled, *others])
            skilled = together if together.any() else skilled
        against = [
            self._rows[id] for id in self._ids if visit.refused_by and self.refusal(id, visit) is not None
        ]
        if against:
            skilled = skilled.copy()
            skilled[against] = False
        return skilled

    def allows(self, technician_id: str, visit: Visit, at: datetime | None = None) -> bool:
        """Whether he has the skills and the permits, and nothing that happened before speaks against him."""
        lack = lack_of(self.technicians[technician_id], visit, at or self._since)
        return lack is None and self.refusal(technician_id, visit) is None

    def refusal(self, technician_id: str, visit: Visit) -> str | None:
        """The rule by which what happened before keeps the visit from him.

        A visit that has been short of parts goes only to who is known to have them now.
        """
        if not visit.refused_by:
            return None
        rule = next((each.rule for each in visit.refused_by if each.technician_id == technician_id), None)
        if rule not in (None, PART_MISSING):
            return rule
        tried_often = rule is not None and visit.shortages >= SHORTAGES_BELIEVED
        if visit.shortages and (tried_often or not self.stock.can_have(technician_id, visit)):
            return PART_MISSING
        return None

    def _ask(self, visit: Visit, now: datetime, allowed: Flags, windows: Sequence[Stretch] | None) -> Ask:
        need = visit.need
        earliest = max(now, visit.not_before_at or now, self.requests.turn(visit, now).from_at or now)
        return Ask(
            at=None if visit.where is None else unit_vector(visit.where),
            duration=need.duration.total_seconds(),
            now=now.timestamp(),
            earliest=earliest.timestamp(),
            priority=visit.priority,
            allowed=allowed,
            penalty=self._penalty(visit),
            respond_by=seconds(need.respond_by_at),
            restore_by=seconds(need.restore_by_at),
            pressing=need.pressing,
            windows=windows,
        )

    def _penalty(self, visit: Visit) -> Floats:
        penalty = self._fitness.costs(visit).copy()
        territory = visit.place.territory
        if territory is not None and visit.where is not None:
            for id, row in self._rows.items():
                if self.technicians[id].territory not in (None, territory):
                    penalty[row] += FOREIGN_TERRITORY_COST
        if visit.need.parts:
            for id, row in self._rows.items():
                if not self.stock.carries(id, visit):
                    penalty[row] += PART_NOT_ON_VAN_COST
        return penalty

    def _candidate(self, visit: Visit, fits: Fits, i: int) -> Candidate:
        start = datetime.fromtimestamp(float(fits.start[i]), UTC)
        return Candidate(
            technician_id=self._ids[int(fits.rows[i])],
            start_at=start,
            end_at=start + visit.need.duration,
            travel_seconds=int(fits.travel[i]),
            added_travel_minutes=round(float(fits.added_travel[i]), 1),
            late_minutes=round(float(fits.late[i]), 1),
            cost=round(float(fits.cost[i]), 1),
            travel_source=SOURCES[fits.sources[i]],
        )
