"""A month's statement once more, written another way: minutes are walked through, amounts are whole cents.

It shares no code with the service. A ticket here is its priority and its log, in the form of SLA cases; a
requalification carries the ``priority`` that it gives. Of which major incident it is part is the last of its
``majors`` that was recorded by then. The scale has one rule by the hour, one by the incident and one by the
rate.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tests.services.ticket.minute_by_minute import Walk, instant

Json = dict[str, Any]
DAY = timedelta(days=1)


@dataclass
class ByHand:
    """Keys are (ticket, target). ``late`` are minutes in the month beyond what was allowed."""

    kept: set[tuple[str, str]] = field(default_factory=set)
    broken: set[tuple[str, str]] = field(default_factory=set)
    late: dict[tuple[str, str], int] = field(default_factory=dict)
    cents: int = 0


@dataclass
class _Bill:
    """What is paid for once: whether any of it was broken in the month or earlier, and the most minutes that
    any was late by its end and by its beginning."""

    new: bool = False
    old: bool = False
    before: int = 0
    after: int = 0


def month_by_hand(
    tickets: list[Json],
    promised: Json,
    calendars: Json,
    start: datetime,
    end: datetime,
    scale: Json,
    known_at: datetime,
) -> ByHand:
    found = ByHand()
    bills: dict[str, _Bill] = {}
    for ticket in tickets:
        for target in promised[ticket["priority"]]:
            clock = _walk(ticket, target["name"], promised, calendars, end)
            if clock is None:
                continue
            key = (ticket["id"], target["name"])
            if clock.breached_at is None:
                if clock.met and _since(clock) >= start:
                    found.kept.add(key)
                continue
            bill = bills.setdefault(_major(ticket, known_at) or f"{key}", _Bill())
            if clock.breached_at >= start:
                found.broken.add(key)
                bill.new = True
            else:
                bill.old = True
            before, after = _late(clock, start), _late(clock, end)
            bill.before, bill.after = max(bill.before, before), max(bill.after, after)
            if after > before:
                found.late[key] = after - before
    fresh = sum(bill.new and not bill.old for bill in bills.values())
    hours = sum(-(-bill.after // 60) - -(-bill.before // 60) for bill in bills.values())
    kept, counted = len(found.kept), len(found.kept) + fresh
    found.cents = hours * scale["hour"] + fresh * scale["incident"]
    if counted:
        points = 0
        while 100 * kept < (scale["rate"] - points) * counted:
            points += 1
        found.cents += points * scale["point"]
    return found


def _walk(ticket: Json, name: str, promised: Json, calendars: Json, end: datetime) -> Walk | None:
    log = [entry for entry in ticket["log"] if instant(entry["at"]) < end]
    if not log:
        return None
    # A requalification says that the priority had been wrong all along, whenever somebody noticed.
    log += [
        {**entry, "at": end.isoformat()}
        for entry in ticket["log"]
        if entry["event"] == "requalified" and instant(entry["at"]) >= end
    ]
    log = [{**e, "targets": promised[e["priority"]]} if "priority" in e else e for e in log]
    case = {"calendars": calendars, "targets": promised[ticket["priority"]], "log": log}
    last = max(instant(entry["at"]) for entry in log)
    if last + DAY < end:
        early = Walk({**case, "now": (last + DAY).isoformat()}, name)
        if early.met or early.cancelled:
            return early
    return Walk({**case, "now": end.isoformat()}, name)


def _major(ticket: Json, known_at: datetime) -> str | None:
    told = [each["major"] for each in ticket["majors"] if instant(each["recorded_at"]) <= known_at]
    return told[-1] if told else None


def _since(clock: Walk) -> datetime:
    """Since when it has been met without a break."""
    since = clock.minute
    for minute, doing in reversed(clock.passed):
        if not doing.startswith("met"):
            break
        since = minute
    return since


def _late(clock: Walk, until: datetime) -> int:
    assert clock.breached_at is not None
    open_ = clock.days[clock.target["calendar"]].open
    return sum(
        1
        for minute, doing in clock.passed
        if doing == "running" and clock.breached_at <= minute < until and open_(minute)
    )
