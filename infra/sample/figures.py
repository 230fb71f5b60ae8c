"""Figures of a day, each with what it means: pure functions over what the day left behind."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

from contracts.calendars import CalendarForm, Interval, calendar, merge, subtract
from contracts.values import parse_rfc3339
from infra.sample.clocks import decided
from infra.sample.evidence import Document, Event, Evidence

Unit = Literal["share", "minutes", "tickets"]

NOBODY_LET_HIM_IN = ("no-access", "user-absent")
OVER = frozenset({"resolved", "closed", "cancelled"})
AGES = (("under 4 h", timedelta(hours=4)), ("4 to 24 h", timedelta(hours=24)), ("over 24 h", timedelta.max))
AN_A_WEEK = date(2024, 1, 1)
"""A Monday of an A week, from which on A and B alternate."""


@dataclass(frozen=True)
class Figure:
    """``value`` is None where there was nothing to count."""

    name: str
    means: str
    unit: Unit
    value: float | Mapping[str, int] | None


@dataclass(frozen=True)
class Told:
    """What happened since the day began, and all that is known besides."""

    day: Evidence
    all: Evidence
    since: datetime
    until: datetime

    def closings(self) -> list[Document]:
        return [event.body or {} for event in self.day.facts("intervention-closed")]


def told(evidence: Evidence, since: datetime) -> Told:
    """What is there to count of the time from ``since`` to the last event."""
    day = replace(evidence, events=tuple(each for each in evidence.events if each.recorded_at >= since))
    times = [event.recorded_at for event in day.events]
    return Told(day, evidence, max(since, min(times, default=since)), max(times, default=since))


def figures(told: Told) -> tuple[Figure, ...]:
    return tuple(Figure(name, means, unit, count(told)) for name, means, unit, count in _FIGURES)


def sla_kept(told: Told) -> float | None:
    clocks = decided(told.day, told.since)
    return _share(clocks["met"], clocks["met"] + clocks["breached"])


def first_time_fix(told: Told) -> float | None:
    asking = told.all.facts("ticket-opened", "visits-requested")
    needs = [need for event in asking for need in (event.body or {}).get("visits", ())]
    follow_ups = {need["visit_id"] for need in needs if need.get("follows")}
    closed = told.day.facts("intervention-closed")
    outcomes = [(event.body or {}).get("outcome") for event in closed if event.subject not in follow_ups]
    return _share(outcomes.count("fixed"), len(outcomes))


def mean_time_to_restore(told: Told) -> float | None:
    opened = {event.subject: event.body or {} for event in told.all.facts("ticket-opened")}
    resolved = {event.subject: event for event in told.day.facts("ticket-resolved")}
    restored: dict[str, datetime] = {}
    for event in told.all.facts("ticket-restored"):
        restored[event.subject] = max(restored.get(event.subject, event.occurred_at), event.occurred_at)
    took = [
        restored.get(id, event.occurred_at) - parse_rfc3339(opened[id]["declared_at"])
        for id, event in resolved.items()
        if opened.get(id, {}).get("kind") == "incident"
    ]
    return round(sum(each.total_seconds() for each in took) / 60 / len(took), 1) if took else None


def backlog(told: Told) -> Mapping[str, int]:
    ages = [
        told.until - ticket["declared_at"]
        for ticket in told.all.of("ticket.tickets")
        if ticket["state"] not in OVER and "declared_at" in ticket
    ]
    counted: dict[str, int] = {}
    youngest = timedelta.min
    for name, oldest in AGES:
        counted[name] = sum(youngest <= age < oldest for age in ages)
        youngest = oldest
    return counted


def on_time_arrival(told: Told) -> float | None:
    promised: dict[str, datetime] = {}
    on_time = []
    for event in sorted(_of_visits(told.all), key=lambda each: (each.subject, each.epoch, each.n)):
        body = event.body or {}
        if until := body.get("arrival_to"):
            promised[event.subject] = parse_rfc3339(until)
        elif event.type == "technician-arrived" and event.recorded_at >= told.since:
            on_time.append(event.occurred_at <= promised[event.subject])
    return _share(sum(on_time), len(on_time))


def no_access(told: Told) -> float | None:
    outcomes = [closing["outcome"] for closing in told.closings()]
    return _share(sum(outcome in NOBODY_LET_HIM_IN for outcome in outcomes), len(outcomes))


def solved_remotely(told: Told) -> float | None:
    visited = {closing["ticket_id"] for closing in told.closings()}
    resolved = {event.subject for event in told.day.facts("ticket-resolved")}
    return _share(len(resolved - visited), len(resolved))


def utilisation(told: Told) -> float | None:
    busy = sum(_worked(closing) + _travelled(closing) for closing in told.closings())
    shifts = sum(_on_shift(each, told.since, told.until) for each in told.all.of("dispatch.technicians"))
    return _share(busy, shifts)


def travel_share(told: Told) -> float | None:
    travelled = sum(_travelled(closing) for closing in told.closings())
    return _share(travelled, travelled + sum(_worked(closing) for closing in told.closings()))


_FIGURES: Sequence[tuple[str, str, Unit, Callable[[Told], float | Mapping[str, int] | None]]] = (
    ("sla_kept", "clocks met in time, of those met or breached", "share", sla_kept),
    ("first_time_fix", "first visits that fixed the fault, of first visits closed", "share", first_time_fix),
    ("mttr", "mean time from the declaration of an incident to service restored", "minutes",
     mean_time_to_restore),
    ("backlog", "tickets neither resolved, closed nor cancelled at the end, by time since declared",
     "tickets", backlog),
    ("on_time_arrival", "arrivals by the end of the window announced last, of arrivals", "share",
     on_time_arrival),
    ("no_access", "visits that ended at a closed door or without the user, of visits closed", "share",
     no_access),
    ("solved_remotely", "tickets resolved without a visit, of tickets resolved", "share", solved_remotely),
    ("utilisation", "time on the road and on site, of shifts less absences", "share", utilisation),
    ("travel_share", "time on the road, of time on the road and on site", "share", travel_share),
)  # fmt: skip


def _of_visits(evidence: Evidence) -> list[Event]:
    return evidence.facts("visit-planned", "visit-rescheduled", "technician-dispatched", "technician-arrived")


def _worked(closing: Document) -> float:
    """Minutes there: from the arrival, or where it is not known from the start, to the end."""
    came = closing.get("arrived_at") or closing.get("started_at") or closing["ended_at"]
    return (parse_rfc3339(closing["ended_at"]) - parse_rfc3339(came)).total_seconds() / 60


def _travelled(closing: Document) -> float:
    return float(closing.get("travel_minutes") or 0)


def _on_shift(technician: Document, since: datetime, until: datetime) -> float:
    """Minutes of his shifts in that time, his absences taken off."""
    a, b = (_open(technician, technician["shifts"][week], since, until) for week in ("week_a", "week_b"))
    worked = a if a == b else merge([*_in_weeks(a, technician, 0), *_in_weeks(b, technician, 1)])
    absent = [(each["from_at"], each["to_at"]) for each in technician.get("absences", ())]
    left = subtract(worked, absent) if absent else worked
    return sum((end - start).total_seconds() for start, end in left) / 60


def _open(technician: Document, weekly: Any, since: datetime, until: datetime) -> list[Interval]:
    zone, holidays = technician["time_zone"], technician["holidays"]
    form = CalendarForm(time_zone=zone, weekly=weekly, holidays=holidays)
    return calendar(form).open_intervals(since, until)


def _in_weeks(windows: Iterable[Interval], technician: Document, odd: int) -> list[Interval]:
    zone = ZoneInfo(technician["time_zone"])

    def week(at: datetime) -> int:
        return (at.astimezone(zone).date() - AN_A_WEEK).days // 7 % 2

    return [window for window in windows if week(window[0]) == odd]


def _share(part: float, whole: float) -> float | None:
    return round(part / whole, 3) if whole else None
