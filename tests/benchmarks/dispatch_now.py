"""A new ticket in a full day of 300 technicians and 2,000 visits: how long until it is known who makes it.

The day is filled as it would be, ticket by ticket, by insertion; what comes then is timed. What would be late
has others moved for it. `ASTREINTE_DATA` names the folder of the problems. No servers.
"""

import asyncio
import logging
import os
import statistics
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from contracts.calendars import WEEKDAYS
from contracts.values import Point, Priority, TicketKind, VisitState, WeeklyWindows
from infra.chassis.ops.metrics import Metrics
from services.dispatch.domain.day import Slot, empty_day
from services.dispatch.domain.need import Need, Place
from services.dispatch.domain.plan import Plan, arrival_window
from services.dispatch.domain.replan import Booking
from services.dispatch.domain.technician import Shifts, Technician
from services.dispatch.domain.visit import Visit
from services.dispatch.planning.candidate import Candidate
from services.dispatch.planning.dayahead.problem_file import (
    ProblemFile,
    TechnicianInFile,
    VisitInFile,
    read_problem,
)
from services.dispatch.planning.roster import Roster
from services.dispatch.planning.travel import Travel
from services.dispatch.replanner import Replanner
from tests.benchmarks.figures import Figure

PROBLEM = "fr300x2000s1"
NEW = 200
"""The last of the file's visits come when the others are planned."""
MIDNIGHT = datetime(2026, 3, 2, tzinfo=UTC)
DATE = "2026-03-02"
PRIORITIES = {n: Priority(f"P{n}") for n in (1, 2, 3, 4)}


@dataclass
class Firm:
    """The planner's snapshot, fed with what it plans itself."""

    roster: Roster
    slots: dict[str, dict[str, Slot]] = field(default_factory=dict)
    version: int = 0

    def book(self, *bookings: tuple[Visit, Booking | None]) -> None:
        """As if all of it were stored at once."""
        for visit, _ in bookings:
            if visit.technician_id is not None:
                del self.slots[visit.technician_id][visit.id]
                self._put_day(visit.technician_id)
        for visit, booking in bookings:
            waiting = replace(visit, state=VisitState.WAITING, technician_id=None, plan=None)
            if booking is None:
                self.roster.put_visit(waiting)
                continue
            who, start, end = booking.technician_id, booking.start_at, booking.end_at
            plan = Plan(start, end, *arrival_window(visit.priority, start), (), booking.travel_seconds)
            self.roster.put_visit(replace(waiting, state=VisitState.PLANNED, technician_id=who, plan=plan))
            slot = Slot(visit.id, start, end, booking.travel_seconds, visit.where)
            self.slots.setdefault(who, {})[visit.id] = slot
            self._put_day(who)

    def _put_day(self, technician_id: str) -> None:
        self.version += 1
        slots = sorted(self.slots[technician_id].values(), key=lambda slot: slot.start_at)
        self.roster.put_day(replace(empty_day(technician_id, DATE), slots=tuple(slots)), self.version)


async def measure() -> list[Figure]:
    """Milliseconds for each new ticket, those that fit at once and those that others have to move for."""
    folder = os.environ.get("ASTREINTE_DATA")
    if folder is None:
        print("dispatch_now: ASTREINTE_DATA names no folder with dispatch/", file=sys.stderr)
        return []
    file = read_problem((Path(folder) / "dispatch" / f"{PROBLEM}.json").read_bytes())
    now = MIDNIGHT + timedelta(hours=7)
    travel = Travel(detour=file.travel.detour, kmh=file.travel.kmh)
    roster = Roster(now, travel)
    firm = Firm(roster)
    for technician in file.technicians:
        roster.put_technician(_technician(file, technician))
    visits = [_visit(file, each) for each in file.visits]
    for visit in visits[:-NEW]:
        best = roster.best(visit, now)
        if best is not None:
            firm.book((visit, _booking(best)))
    replanner = Replanner(roster, asyncio.Event(), 60.0)
    crew = replanner.begin(logging.getLogger("benchmark"), Metrics("dispatch"))
    try:
        took, inserted, late, rescued = [], [], 0, 0
        for visit in visits[-NEW:]:
            roster.put_visit(visit)
            began = time.perf_counter()
            best = roster.best(visit, now)
            inserted.append(time.perf_counter() - began)
            found = None
            if best is None or best.late_minutes > 0:
                late += 1
                found = await replanner.room_for(visit, best, now)
            took.append(time.perf_counter() - began)
            if found is not None:
                rescued += 1
                firm.book(*((roster.visits[each.visit_id], each.after) for each in found.changes))
            elif best is not None:
                firm.book((visit, _booking(best)))
    finally:
        crew.dismiss()
    print(
        f"dispatch_now: of {NEW} new tickets {late} would be late, {rescued} have room made", file=sys.stderr
    )
    return list(_figures(took, inserted))


def _figures(took: list[float], inserted: list[float]) -> Iterator[Figure]:
    alone = 1000 * _p95(inserted)
    yield Figure("now-300x2000-p95", 1000 * _p95(took), "ms", "insertion alone", alone, "at most 30 ms")
    yield Figure("now-300x2000-max", 1000 * max(took), "ms", "insertion alone", alone, "at most 50 ms")


def _booking(best: Candidate) -> Booking:
    return Booking(best.technician_id, best.start_at, best.end_at, best.travel_seconds)


def _p95(seconds: list[float]) -> float:
    return statistics.quantiles(seconds, n=20)[-1]


def _wall(seconds: int) -> str:
    return f"{seconds // 3600:02}:{seconds % 3600 // 60:02}"


def _technician(file: ProblemFile, one: TechnicianInFile) -> Technician:
    opens, closes = one.shift
    noon = file.lunch.start_window[0]
    hours = [(opens, closes)]
    if one.lunch and opens < noon and noon + file.lunch.duration < closes:
        hours = [(opens, noon), (noon + file.lunch.duration, closes)]
    weekly: WeeklyWindows = dict.fromkeys(WEEKDAYS, tuple((_wall(a), _wall(b)) for a, b in hours))
    return Technician(
        id=f"t{one.id}",
        name=f"t{one.id}",
        skills=one.skills,
        time_zone="UTC",
        shifts=Shifts(weekly, weekly),
        home=_point(file, one.home),
    )


def _visit(file: ProblemFile, one: VisitInFile) -> Visit:
    latest = max(closes for _, closes in one.windows)
    return Visit(
        id=f"v{one.id}",
        ticket_id=f"v{one.id}",
        number=f"v{one.id}",
        customer_id="c",
        site_id="s",
        need=Need(
            kind=TicketKind.INCIDENT,
            category="c",
            summary="s",
            duration_minutes=max(1, one.duration // 60),
            skills=one.skills,
            respond_by_at=MIDNIGHT + timedelta(seconds=latest),
        ),
        place=Place(_point(file, one.site), "UTC"),
        priority=PRIORITIES[one.priority],
        requested_at=MIDNIGHT,
    )


def _point(file: ProblemFile, location: int) -> Point:
    latitude, longitude = file.locations[location]
    return Point(latitude=latitude, longitude=longitude)
