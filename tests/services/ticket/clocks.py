"""Words for logs and clocks, so that tests of SLA clocks read like what happened."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from contracts.calendars import WEEKDAYS, CalendarForm, Interval, calendar
from contracts.values import HoldReason, ServiceHealth, WorkMode
from services.ticket.domain.contract import MetBy, Target
from services.ticket.domain.sla import Clock, clocks_at
from services.ticket.domain.sla_log import Happening, LogEntry

PARIS = ZoneInfo("Europe/Paris")
CLIENT, PARTS, VENDOR = (
    HoldReason.WAITING_FOR_CLIENT,
    HoldReason.WAITING_FOR_PARTS,
    HoldReason.WAITING_FOR_VENDOR,
)
APPOINTMENT = HoldReason.APPOINTMENT
REMOTE = WorkMode.REMOTE
DOWN, DEGRADED, UP = ServiceHealth.DOWN, ServiceHealth.DEGRADED, ServiceHealth.UP


def form(opens: str = "08:00", closes: str = "18:00", days: int = 5, **changes: Any) -> CalendarForm:
    weekly = dict.fromkeys(WEEKDAYS[:days], ((opens, closes),))
    return CalendarForm.model_validate(
        {"time_zone": "Europe/Paris", "weekly": weekly, "holidays": "FR", **changes}
    )


OFFICE = form()
ALWAYS = form("00:00", "24:00", 7, holidays="none")
CALENDARS = {"office": calendar(OFFICE), "always": calendar(ALWAYS)}


def on(day: str, clock: str) -> datetime:
    """An instant in Paris: ``on("2026-03-02", "16:00")``. A time with seconds is one too."""
    return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=PARIS).astimezone(UTC)


def mon(clock: str) -> datetime:
    return on("2026-03-02", clock)


def tue(clock: str) -> datetime:
    return on("2026-03-03", clock)


def wed(clock: str) -> datetime:
    return on("2026-03-04", clock)


def thu(clock: str) -> datetime:
    return on("2026-03-05", clock)


def fri(clock: str) -> datetime:
    return on("2026-03-06", clock)


def next_mon(clock: str) -> datetime:
    return on("2026-03-09", clock)


def entry(event: str, at: datetime, **said: Any) -> LogEntry:
    return LogEntry(at, Happening(event), **said)


def opened(at: datetime) -> LogEntry:
    return entry("opened", at)


def held(at: datetime, reason: HoldReason = CLIENT, until: datetime | None = None) -> LogEntry:
    return entry("held", at, reason=reason, until=until)


def resumed(at: datetime) -> LogEntry:
    return entry("resumed", at)


def arrived(at: datetime) -> LogEntry:
    return entry("arrived", at)


def started(at: datetime, mode: WorkMode = WorkMode.ONSITE) -> LogEntry:
    return entry("started", at, mode=mode)


def restored(at: datetime) -> LogEntry:
    return entry("restored", at)


def resolved(at: datetime) -> LogEntry:
    return entry("resolved", at)


def closed(at: datetime) -> LogEntry:
    return entry("closed", at)


def reopened(at: datetime, service: ServiceHealth | None = None) -> LogEntry:
    return entry("reopened", at, service=service)


def cancelled(at: datetime) -> LogEntry:
    return entry("cancelled", at)


def retargeted(at: datetime, target: Target, since: Any = None) -> LogEntry:
    return entry("retargeted", at, targets=(target,), since=since)


def requalified(at: datetime, target: Target) -> LogEntry:
    return entry("requalified", at, targets=(target,))


CASE: dict[str, Any] = {
    "id": "one",
    "calendars": {
        "office": {
            "time_zone": "Europe/Paris",
            "weekly": {day: [["08:00", "18:00"]] for day in WEEKDAYS[:5]},
            "holidays": "FR",
        }
    },
    "targets": [
        {
            "name": "repair",
            "minutes": 240,
            "calendar": "office",
            "stops_on": ["waiting-for-client"],
            "met_by": "resolved",
        }
    ],
    "log": [{"at": "2026-03-02T16:00:00+01:00", "event": "opened"}],
    "now": "2026-03-02T17:00:00+01:00",
}
"""A case of `astreinte sla compute`."""

REPAIR = Target("repair", "office", (CLIENT,), MetBy.RESOLVED, minutes=240)
"""Four open hours to resolve, stopped while the client is waited for."""
RESTORE = replace(REPAIR, met_by=MetBy.RESTORED)
NEXT_DAY = Target("repair", "office", (CLIENT,), MetBy.RESOLVED, days=1, by="18:00", cutoff="15:00")
"""J+1: resolved by 18:00 of the next working day; declared from 15:00 on, a day later."""


def within(hours: float, **changes: Any) -> Target:
    return replace(REPAIR, minutes=round(hours * 60), **changes)


def clock(now: datetime, *log: LogEntry, target: Target = REPAIR) -> Clock:
    """The clock of one target, as it is at an instant."""
    [only] = clocks_at(log, [target], CALENDARS, now)
    return only


def hours(amount: float) -> timedelta:
    return timedelta(hours=amount)


def spans(*pairs: tuple[datetime, datetime]) -> Sequence[Interval]:
    return list(pairs)
