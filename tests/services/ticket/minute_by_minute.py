"""SLA cases once more, written another way: nothing but a walk through the minutes.

It takes and gives what `astreinte sla compute` does, for cases whose every time is a whole minute, and
shares no code with it. Slow, and meant to be read beside domain.md.
"""

from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

MINUTE = timedelta(minutes=1)
FURTHEST = timedelta(days=60)
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
STARTS = {"started", "started-onsite", "arrived"}

Json = dict[str, Any]


@cache
def wall(zone: str, minute: datetime) -> tuple[date, str]:
    local = minute.astimezone(ZoneInfo(zone))
    return local.date(), local.strftime("%H:%M")


@cache
def minutes_of(zone: str, day: date) -> list[datetime]:
    first = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(days=1)
    minutes = (first + n * MINUTE for n in range(3 * 1440))
    return [minute for minute in minutes if wall(zone, minute)[0] == day]


class Days:
    """A calendar, asked minute by minute. Its holidays are a list of dates."""

    def __init__(self, form: Json) -> None:
        self.form = form
        self.zone = form["time_zone"]
        self.windows = cache(self._windows)
        self.open = cache(self._open)
        self.opens = cache(self._opens)

    def _windows(self, day: date) -> list[list[str]]:
        if day.isoformat() in self.form["exceptions"]:
            return list(self.form["exceptions"][day.isoformat()])
        if day.isoformat() in self.form["holidays"]:
            return []
        return list(self.form["weekly"].get(WEEKDAYS[day.weekday()], []))

    def _open(self, minute: datetime) -> bool:
        day, clock = wall(self.zone, minute)
        return any(opens <= clock < closes for opens, closes in self.windows(day))

    def _opens(self, day: date) -> bool:
        return bool(self.windows(day)) and any(self.open(minute) for minute in minutes_of(self.zone, day))

    def at(self, day: date, clock: str) -> datetime:
        for minute in minutes_of(self.zone, day):
            if wall(self.zone, minute)[1] == clock:
                return minute
        hours, rest = clock.split(":")
        return minutes_of(self.zone, day)[0] + timedelta(hours=int(hours), minutes=int(rest))

    def next_open(self, day: date) -> date:
        day += timedelta(days=1)
        while not self.opens(day):
            day += timedelta(days=1)
        return day


class Walk:
    """One target of a case. ``passed`` says of each minute since the start what the clock did in it."""

    def __init__(self, case: Json, name: str) -> None:
        self.days = {each: Days(form) for each, form in case["calendars"].items()}
        now = instant(case["now"])
        log = sorted((e for e in case["log"] if instant(e["at"]) <= now), key=lambda e: instant(e["at"]))
        [self.target] = [target for target in case["targets"] if target["name"] == name]
        right = [n for n, e in enumerate(log) if e["event"] == "requalified" and self._new(e, name)]
        if right:
            self.target = self._new(log[right[-1]], name) or self.target
            log = [e for n, e in enumerate(log) if e["event"] != "retargeted" or n > right[-1]]
        self.name = name
        self.start = self.minute = instant(log[0]["at"])
        self.passed: list[tuple[datetime, str]] = []
        self.spent: list[datetime] = []
        self.day_due: list[datetime] = []
        self.hold: Json | None = None
        self.left_out: list[datetime] = []
        self.met = ""
        self.cancelled = False
        self.breached_at: datetime | None = None
        self.not_before = self.start
        self._walk(log, now)

    def _new(self, entry: Json, name: str) -> Json | None:
        return next((t for t in entry.get("targets", []) if t["name"] == name), None)

    def _walk(self, log: list[Json], now: datetime) -> None:
        while True:
            if self.hold and self.hold.get("until") and instant(self.hold["until"]) <= self.minute:
                self.hold = None
                self._look()
            if any(until <= self.minute for until in self.left_out):
                self.left_out = [until for until in self.left_out if until > self.minute]
                self._look()
            while log and instant(log[0]["at"]) == self.minute:
                self._apply(log.pop(0))
                self._look()
            if self.minute == now:
                return
            if not self.cancelled:
                self._pass(self._doing())
            self.minute += MINUTE
            self._look()

    def _doing(self) -> str:
        held = self.held()
        if self.met:
            return "met, held" if held else "met"
        return "held" if held else "running"

    def held(self) -> bool:
        waits = self.hold is not None and self.hold["reason"] in self.target["stops_on"]
        return waits or bool(self.left_out)

    def _pass(self, doing: str) -> None:
        self.passed.append((self.minute, doing))
        if doing == "running" and self.days[self.target["calendar"]].open(self.minute):
            self.spent.append(self.minute)
        if doing != "running":
            self.day_due.clear()

    def _count_again(self) -> None:
        """What passed may have come to mean something else."""
        open_ = self.days[self.target["calendar"]].open
        self.spent = [minute for minute, doing in self.passed if doing == "running" and open_(minute)]
        self.day_due.clear()

    def _look(self) -> None:
        """Is it broken at this instant?"""
        if self.breached_at or self.met or self.cancelled or self.held():
            return
        reached = self.due() if "days" in self.target else self.reached()
        if "days" in self.target:
            broken = reached is not None and reached < self.minute
        else:
            broken = len(self.spent) > self.target["minutes"]
        if broken and reached is not None:
            self.breached_at = max(reached, self.not_before)

    def reached(self) -> datetime | None:
        spent, allowed = self.spent, self.target["minutes"]
        if allowed == 0:
            return self.start
        return spent[allowed - 1] + MINUTE if len(spent) >= allowed else None

    def due(self) -> datetime | None:
        days = self.days[self.target["calendar"]]
        if "days" not in self.target:
            if (reached := self.reached()) is not None:
                return reached
            if self.cancelled:
                return None
            left, minute = self.target["minutes"] - len(self.spent), self.minute
            while left and minute < self.minute + FURTHEST:
                left -= days.open(minute)
                minute += MINUTE
            return None if left else minute
        if not self.day_due:
            self.day_due.append(self._day_due(days))
        return self.day_due[0]

    def _day_due(self, days: Days) -> datetime:
        day, clock = wall(days.zone, self.start)
        if not days.opens(day) or clock >= self.target["cutoff"]:
            day = days.next_open(day)
        for _ in range(self.target["days"]):
            day = days.next_open(day)
            while self._stood_still(day):
                day = days.next_open(day)
        return days.at(day, self.target["by"])

    def _stood_still(self, day: date) -> bool:
        days = self.days[self.target["calendar"]]
        by = days.at(day, self.target["by"])
        return any(
            doing in ("held", "excluded") and wall(days.zone, minute)[0] == day and minute <= by
            for minute, doing in self.passed
        )

    def _apply(self, entry: Json) -> None:
        event = entry["event"]
        if event == "held":
            until = entry.get("until")
            self.hold = entry if until is None or instant(until) > self.minute else None
        elif event == "resumed":
            self.hold = None
        elif event == "reopened":
            self._reopen(entry.get("service"))
        elif event == "retargeted" and (new := self._new(entry, self.name)):
            self._retarget(new, entry.get("from"))
        elif event == "cancelled":
            self.cancelled, self.hold, self.left_out = True, None, []
        elif event == "excluded" and entry.get("target") in (None, self.name):
            self.left_out.append(instant(entry["until"]))
        elif event in ("arrived", "started", "restored", "resolved"):
            if event == "resolved":
                self.hold = None
            if not self.met and self.target["met_by"] in meets(event, entry.get("mode", "onsite")):
                self.met = event

    def _reopen(self, service: str | None) -> None:
        kind = self.target["met_by"]
        again = self.met == "resolved" and kind not in STARTS
        if kind == "restored" and service in ("up", "down"):
            again = bool(self.met) and service == "down"
        if not again:
            return
        self.met, self.not_before = "", self.minute
        if self.target.get("on_reopen", "exclude") == "count":
            now_is = {"met": "running", "met, held": "held"}
        else:
            now_is = {"met": "excluded", "met, held": "excluded"}
        self.passed = [(minute, now_is.get(doing, doing)) for minute, doing in self.passed]
        self._count_again()

    def _retarget(self, new: Json, since: str | None) -> None:
        if since is None:
            since = "change" if length(new) < length(self.target) else "opening"
        if since == "change":
            self.start, self.passed = self.minute, []
        self.target, self.not_before = new, self.minute
        self._count_again()

    def answer(self) -> Json:
        if self.breached_at:
            state = "breached"
        elif self.met:
            state = "met"
        elif self.cancelled:
            state = "stopped"
        else:
            state = "paused" if self.held() else "running"
        timed = "days" not in self.target
        due = None if self.met or self.held() or state == "stopped" else self.due()
        spans: list[list[datetime]] = []
        for minute in self.spent if timed else []:
            if spans and spans[-1][1] == minute:
                spans[-1][1] += MINUTE
            else:
                spans.append([minute, minute + MINUTE])
        return {
            "name": self.name,
            "state": state,
            "due_at": text(due),
            "elapsed_minutes": len(self.spent) if timed else None,
            "breached_at": text(self.breached_at),
            "intervals": [[text(start), text(end)] for start, end in spans],
        }


def answer(case: Json) -> Json:
    targets = [Walk(case, target["name"]).answer() for target in case["targets"]]
    return {"id": case["id"], "targets": targets}


def meets(event: str, mode: str) -> set[str]:
    if event == "arrived":
        return {"arrived"}
    if event == "started":
        return STARTS if mode == "onsite" else {"started"}
    return {*STARTS, "restored"} if event == "restored" else {*STARTS, "restored", "resolved"}


def length(target: Json) -> int:
    return int(target["minutes"]) if "minutes" in target else 1440 * int(target["days"])


def instant(said: str) -> datetime:
    return datetime.fromisoformat(said).astimezone(UTC)


def text(at: datetime | None) -> str | None:
    return None if at is None else at.strftime("%Y-%m-%dT%H:%M:00.000Z")
