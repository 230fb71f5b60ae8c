"""SLA cases by chance, whose every time is a whole minute."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from tests.services.ticket.minute_by_minute import WEEKDAYS

REASONS = ("waiting-for-client", "waiting-for-parts", "appointment")
MET_BY = ("started", "started-onsite", "arrived", "restored", "resolved")

# A Friday before each change of the clocks, one before a long week-end, and an ordinary one.
STARTS = [
    datetime(2026, 3, 27, tzinfo=UTC),
    datetime(2026, 10, 23, tzinfo=UTC),
    datetime(2026, 4, 30, tzinfo=UTC),
    datetime(2026, 6, 12, tzinfo=UTC),
]
HOLIDAYS = ["2026-05-01", "2026-04-06", "2026-06-15"]


def wall(quarter: int) -> str:
    return f"{quarter // 4:02d}:{quarter % 4 * 15:02d}"


SPECIAL = ["2026-03-28", "2026-03-30", "2026-10-25", "2026-05-02", "2026-06-16"]
STEPS = (0, 1, 15, 30, 45, 60, 60, 120, 120, 240, 480, 900, 1440)
EVENTS = (
    *("held", "held", "held", "resumed", "arrived", "started", "restored", "resolved", "closed", "cancelled"),
    *("reopened", "reopened", "retargeted", "retargeted", "requalified", "excluded"),
)


def windows(chance: Random) -> list[list[str]]:
    pairs = [sorted(chance.sample(range(97), 2)) for _ in range(chance.choice([0, 1, 1, 2]))]
    return [[wall(opens), wall(closes)] for opens, closes in pairs]


def a_calendar(chance: Random) -> dict[str, Any]:
    weekly = {day: windows(chance) for day in WEEKDAYS}
    if chance.random() < 0.4:
        weekly = {day: [["00:00", "24:00"]] for day in WEEKDAYS}
    return {
        "time_zone": chance.choice(["Europe/Paris", "Europe/Paris", "Indian/Reunion", "Australia/Lord_Howe"]),
        "weekly": {**weekly, chance.choice(WEEKDAYS): [["08:00", "18:00"]]},
        "holidays": chance.sample(HOLIDAYS, chance.randint(0, 2)),
        "exceptions": {day: windows(chance) for day in chance.sample(SPECIAL, chance.randint(0, 2))},
    }


def a_target(chance: Random, name: str) -> dict[str, Any]:
    target: dict[str, Any] = {
        "name": name,
        "calendar": chance.choice(["first", "second"]),
        "stops_on": chance.sample(REASONS, chance.choice([0, 1, 2, 2, 3])),
        "met_by": chance.choice(MET_BY),
        "on_reopen": chance.choice(["exclude", "count"]),
    }
    if chance.random() < 0.7:
        return {**target, "minutes": chance.choice([0, 15, 30, 60, 60, 120, 180, chance.randint(1, 900)])}
    by, cutoff = chance.choice([9, 10, 72, chance.randint(0, 95)]), chance.randint(0, 95)
    return {**target, "days": chance.randint(1, 2), "by": wall(by), "cutoff": wall(cutoff)}


def an_entry(chance: Random, event: str, at: datetime) -> dict[str, Any]:
    entry: dict[str, Any] = {"at": at.isoformat(), "event": event}
    if event == "held":
        entry["reason"] = chance.choice(REASONS)
        if chance.random() < 0.4:
            entry["until"] = (at + timedelta(minutes=chance.choice((-15, *STEPS)))).isoformat()
    elif event == "excluded":
        entry["until"] = (at + timedelta(minutes=chance.choice([step for step in STEPS if step]))).isoformat()
        if chance.random() < 0.5:
            entry["target"] = chance.choice(["response", "repair"])
    elif event == "started":
        entry["mode"] = chance.choice(["onsite", "remote"])
    elif event == "reopened" and (service := chance.choice(["", "up", "down", "degraded"])):
        entry["service"] = service
    elif event in ("retargeted", "requalified"):
        entry["targets"] = [a_target(chance, chance.choice(["response", "repair"]))]
        if event == "retargeted" and (since := chance.choice(["", "opening", "change"])):
            entry["from"] = since
    return entry


def a_case(chance: Random, events: Iterable[tuple[str, Random]]) -> dict[str, Any]:
    """A case in which so much happens: each event comes with the chance that its details are left to."""
    at = chance.choice(STARTS) + timedelta(minutes=15 * chance.randint(0, 96))
    log = [{"at": at.isoformat(), "event": "opened"}]
    for event, details in events:
        at += timedelta(minutes=details.choice(STEPS))
        if event == "resumed" and all(entry["event"] != "held" for entry in log):
            continue
        log.append(an_entry(details, event, at))
        if event == "cancelled":
            break
    return {
        "id": "case",
        "calendars": {"first": a_calendar(chance), "second": a_calendar(chance)},
        "targets": [a_target(chance, "response"), a_target(chance, "repair")],
        "log": log if chance.random() < 0.5 else late(log),
        "now": (at + timedelta(minutes=chance.choice(STEPS))).isoformat(),
    }


def late(log: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Entries of later instants are learned first; equal ones keep their order."""
    instants = sorted({entry["at"] for entry in log}, reverse=True)
    return [entry for at in instants for entry in log if entry["at"] == at]
