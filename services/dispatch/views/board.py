"""The planner's board: what is drawn of technicians and visits between two midnights."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from itertools import pairwise

from pydantic import BaseModel, Field

from contracts.calendars import Interval, intersect
from contracts.dispatch.events import Attention, NoSlot, Silence
from contracts.values import Point, Priority, VisitState
from infra.chassis.runtime import Kept
from services.dispatch.domain.local_days import date_at
from services.dispatch.domain.plan import UNDER_WAY
from services.dispatch.domain.technician import Technician
from services.dispatch.domain.visit import Visit

LUNCH_AT_MOST = timedelta(hours=3)
"""A longer gap between two shifts of one day is free time."""


class Stretch(BaseModel):
    """``kind`` is an absence's."""

    from_at: datetime = Field(serialization_alias="from")
    to_at: datetime = Field(serialization_alias="to")
    kind: str | None = None


class TechnicianRow(BaseModel):
    """One line of the board. ``lunch``: what a shift leaves free in the middle of a day."""

    id: str
    name: str
    territory: str | None
    skills: dict[str, int]
    home: Point | None
    shifts: tuple[Stretch, ...]
    lunch: tuple[Stretch, ...]
    on_call: tuple[Stretch, ...]
    away: tuple[Stretch, ...]
    rests: tuple[Stretch, ...]


class SiteLabel(BaseModel):
    name: str
    commune: str


class VisitRow(BaseModel):
    """One bar of the board, or one line of those that wait.

    ``start`` and ``end`` are the real ones where it has begun or is over. ``due``: the next deadline.
    ``late_minutes``: by how much the plan misses one.
    """

    id: str
    version: int
    number: str
    summary: str
    priority: Priority
    state: VisitState
    technician_id: str | None
    companions: tuple[str, ...]
    apprentices: tuple[str, ...]
    technicians: int
    start: datetime | None
    end: datetime | None
    travel_minutes: int
    duration_minutes: int
    due: datetime | None
    late_minutes: int
    arrival_from: datetime | None
    arrival_to: datetime | None
    appointment_from: datetime | None
    appointment_to: datetime | None
    not_before: datetime | None
    pinned: bool
    held: bool
    attention: Attention | NoSlot | Silence | None
    possible: tuple[str, ...]
    report_version: int | None
    skills: tuple[str, ...]
    parts: int
    site: str
    commune: str
    territory: str | None
    time_zone: str
    place: Point | None


class BoardView(BaseModel):
    """``complete``: everything of that time, otherwise what has changed since a moment; ``more``: not all.
    ``as_of``: since when to ask for what changes next, by the clock that writes are stamped with."""

    now: datetime
    as_of: datetime
    from_at: datetime = Field(serialization_alias="from")
    to_at: datetime = Field(serialization_alias="to")
    time_zone: str
    complete: bool
    more: bool
    territories: tuple[str, ...]
    technicians: tuple[TechnicianRow, ...]
    visits: tuple[VisitRow, ...]


def common_zone(technicians: Iterable[Technician]) -> str:
    """The zone in which most of them work; hours are drawn in one."""
    counted = Counter(each.time_zone for each in technicians)
    return min(counted, key=lambda zone: (-counted[zone], zone), default="UTC")


def technician_row(technician: Technician, start: datetime, end: datetime) -> TechnicianRow:
    shifts = technician.on_shift(start, end)
    return TechnicianRow(
        id=technician.id,
        name=technician.name,
        territory=technician.territory,
        skills=dict(technician.skills),
        home=technician.home,
        shifts=_stretches(shifts),
        lunch=_stretches(lunches(shifts, technician.time_zone)),
        on_call=_within(((each.from_at, each.to_at) for each in technician.on_call), start, end),
        away=tuple(
            Stretch(from_at=max(start, each.from_at), to_at=min(end, each.to_at), kind=each.kind)
            for each in technician.absences
            if each.from_at < end and start < each.to_at
        ),
        rests=_within(((each.from_at, each.to_at) for each in technician.rests), start, end),
    )


def lunches(shifts: Iterable[Interval], time_zone: str) -> list[Interval]:
    """The gaps between two shifts of one day."""
    return [
        (before, after)
        for (_, before), (after, _) in pairwise(shifts)
        if after - before <= LUNCH_AT_MOST and date_at(before, time_zone) == date_at(after, time_zone)
    ]


def visit_row(kept: Kept[Visit], sites: Mapping[str, SiteLabel]) -> VisitRow:
    visit = kept.value
    plan, need = visit.plan, visit.need
    site = sites.get(visit.site_id) or SiteLabel(name=visit.site_id, commune="")
    start, end = times(visit)
    return VisitRow(
        id=visit.id,
        version=kept.version,
        number=visit.number,
        summary=need.summary,
        priority=visit.priority,
        state=visit.state,
        technician_id=visit.technician_id,
        companions=visit.companions,
        apprentices=visit.apprentices,
        technicians=visit.need.technicians,
        start=start,
        end=end,
        travel_minutes=_travel_minutes(visit),
        duration_minutes=need.duration_minutes,
        due=due(visit),
        late_minutes=round(visit.late_by.total_seconds() / 60),
        arrival_from=plan.arrival_from_at if plan else None,
        arrival_to=plan.arrival_to_at if plan else None,
        appointment_from=visit.promised.from_at if visit.promised else None,
        appointment_to=visit.promised.to_at if visit.promised else None,
        not_before=visit.not_before_at,
        pinned=visit.pinned,
        held=visit.held,
        attention=visit.attention,
        possible=visit.possible,
        report_version=visit.report_version,
        skills=tuple(need.skills),
        parts=sum(part.quantity for part in need.parts),
        site=site.name,
        commune=site.commune,
        territory=visit.place.territory,
        time_zone=visit.place.time_zone,
        place=visit.where,
    )


def times(visit: Visit) -> tuple[datetime | None, datetime | None]:
    """From when to when it takes its technician, as far as that is known: as it was, or as planned."""
    plan = visit.plan
    start = visit.arrived_at or visit.started_at or (plan.start_at if plan else None)
    if start is None or visit.ended_at is not None:
        return start or visit.ended_at, visit.ended_at
    return start, start + (plan.end_at - plan.start_at if plan else visit.need.duration)


def due(visit: Visit) -> datetime | None:
    """The deadline that comes next: when somebody is there only the one by which it has to be over counts."""
    if visit.state in (VisitState.CLOSED, VisitState.CANCELLED):
        return None
    there = visit.state in UNDER_WAY and visit.state is not VisitState.EN_ROUTE
    deadlines = (None if there else visit.need.respond_by_at, visit.need.restore_by_at)
    return min((each for each in deadlines if each is not None), default=None)


def urgency(row: VisitRow) -> tuple[bool, float, Priority, str]:
    """The order of those that wait: what is breached first, what has no deadline last."""
    return row.due is None, row.due.timestamp() if row.due else 0.0, row.priority, row.id


def _travel_minutes(visit: Visit) -> int:
    if visit.departed_at is not None and visit.arrived_at is not None:
        return max(0, round((visit.arrived_at - visit.departed_at).total_seconds() / 60))
    return round(visit.plan.travel_seconds / 60) if visit.plan else 0


def _within(intervals: Iterable[Interval], start: datetime, end: datetime) -> tuple[Stretch, ...]:
    return _stretches(intersect(sorted(intervals), [(start, end)]))


def _stretches(intervals: Iterable[Interval]) -> tuple[Stretch, ...]:
    return tuple(Stretch(from_at=start, to_at=end) for start, end in intervals)
