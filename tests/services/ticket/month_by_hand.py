"""A month's statement once more, written another way: minutes are walked through, amounts are whole cents.

It shares no code with the service. A ticket here is its priority and its log, in the form of SLA cases; a
requalification carries the ``priority`` that it gives. The scale has one rule by the hour, one by the
incident and one by the rate.
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


def month_by_hand(
    tickets: list[Json], promised: Json, calendars: Json, start: datetime, end: datetime, scale: Json
) -> ByHand:
    found = ByHand()
    hours = 0
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
            if clock.breached_at >= start:
                found.broken.add(key)
            before, after = _late(clock, start), _late(clock, end)
            if after > before:
                found.late[key] = after - before
                hours += -(-after // 60) - -(-before // 60)
    kept, counted = len(found.kept), len(found.kept) + len(found.broken)
    found.cents = hours * scale["hour"] + len(found.broken) * scale["incident"]
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
