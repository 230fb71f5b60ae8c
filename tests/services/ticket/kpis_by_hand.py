"""A period's KPIs once more, written another way: by the days that a calendar on the site's wall shows.

It shares no code with the service. A ticket here is a list of what happened, ``(instant, what)``, and its
visits; what a life comes to is found by going through it backwards.
"""

import zoneinfo
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

Json = dict[str, Any]
FORTNIGHT = timedelta(days=14)


@dataclass
class ByHand:
    """Of each KPI who counts for it, who against it, and of whom nobody can say yet."""

    well: dict[str, set[str]] = field(default_factory=dict)
    ill: dict[str, set[str]] = field(default_factory=dict)
    unsaid: dict[str, set[str]] = field(default_factory=dict)
    repairs: list[int] = field(default_factory=list)
    backlog: dict[str, int] = field(default_factory=dict)

    def say(self, kpi: str, id: str, well: bool | None) -> None:
        where = self.unsaid if well is None else self.well if well else self.ill
        where.setdefault(kpi, set()).add(id)


def by_hand(tickets: list[Json], zone: str, first: date, last: date, now: datetime) -> ByHand:
    found, wall = ByHand(), zoneinfo.ZoneInfo(zone)

    def day(at: datetime) -> date:
        return at.astimezone(wall).date()

    def fortnight_over(at: datetime, other: datetime) -> bool:
        """By the clock on the wall, which does not know of seasons."""
        then, later = (each.astimezone(wall).replace(tzinfo=None) for each in (at, other))
        return later - then > FORTNIGHT

    for ticket in tickets:
        id, happened, visits = ticket["id"], ticket["happened"], ticket["visits"]
        so_far = [(at, what) for at, what in happened if day(at) <= last]
        again = [at for at, what in happened if what.startswith("reopened")]
        gone = any(what == "cancelled" for _, what in happened)
        if first <= day(happened[0][0]) <= last:
            found.say("opened", id, True)
        ends = [at for at, what in so_far if what == "resolved" and day(at) >= first]
        if ends:
            found.say("remote-solved", id, not visits)
            soon = any(at <= b and not fortnight_over(at, b) for at in ends for b in again)
            young = any(not fortnight_over(at, now) for at in ends)
            found.say("reopened", id, True if soon else None if young else False)
        for visit in visits:
            if first <= day(visit["end"]) <= last:
                found.say("no-access", visit["id"], visit["outcome"] in ("no-access", "user-absent"))
            if first <= day(visit["start"]) <= last:
                found.say("on-time-arrival", visit["id"], visit["from"] <= visit["start"] <= visit["to"])
        if visits and not gone and first <= day(visits[0]["end"]) <= last:
            end = visits[0]["end"]
            trouble = [*(each["start"] for each in visits[1:]), *(at for at in again if at >= end)]
            if visits[0]["outcome"] != "fixed" or any(not fortnight_over(end, at) for at in trouble):
                found.say("first-time-fix", id, False)
            else:
                found.say("first-time-fix", id, True if fortnight_over(end, now) else None)
        if so_far and so_far[-1][1] not in ("resolved", "cancelled"):
            age = datetime.combine(last + timedelta(days=1), datetime.min.time(), wall).timestamp()
            days = (age - happened[0][0].timestamp()) / 86400
            place = next((str(n) for n in (1, 3, 7, 14, 30) if days <= n), "more")
            found.backlog[place] = found.backlog.get(place, 0) + 1
        at = None if gone else _works_since(so_far)
        if at is not None and first <= day(at) <= last:
            found.repairs.append(round((at.timestamp() - happened[0][0].timestamp()) / 60))
    return found


def _works_since(happened: list[tuple[datetime, str]]) -> datetime | None:
    """Backwards from the end: what works since the earliest instant that nothing later took back."""
    since: datetime | None = None
    taken_back = False
    for at, what in reversed(happened):
        if what == "reopened-down":
            break
        if what == "reopened-degraded":
            taken_back = True
        elif what == "restored" or (what == "resolved" and not taken_back):
            # A restoration outlasts the reopenings that leave the service as it is.
            since = at
    return since
