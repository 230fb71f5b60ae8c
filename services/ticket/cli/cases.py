"""SLA cases as JSON lines: what is asked, what is answered, what is said of a line that makes no sense."""

import json
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Annotated, Any, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)

from contracts.calendars import CalendarForm, calendar
from contracts.refusal import Refusal
from contracts.values import HoldReason, Instant, ServiceHealth, WorkMode, rfc3339
from services.ticket.domain.contract import MetBy, OnReopen, Target
from services.ticket.domain.sla import Clock, clocks_at
from services.ticket.domain.sla_log import Happening, LogEntry, Since


def _countable(at: datetime) -> datetime:
    if not 1900 <= at.year < 2900:
        raise ValueError("a time lies between the years 1900 and 2900")
    return at


TimeOfDay = Annotated[str, StringConstraints(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
Minutes = Annotated[int, Field(ge=0, le=10 * 366 * 24 * 60)]
Days = Annotated[int, Field(ge=0, le=10 * 366)]

Moment = Annotated[Instant, AfterValidator(_countable)]

Answer = dict[str, Any]

_MINUTE = timedelta(minutes=1)


class TargetLine(BaseModel):
    """Either ``minutes``, or all of ``days``, ``by`` and ``cutoff``."""

    model_config = ConfigDict(extra="forbid")

    name: str
    minutes: Minutes | None = None
    days: Days | None = None
    by: TimeOfDay | None = None
    cutoff: TimeOfDay | None = None
    calendar: str
    stops_on: tuple[HoldReason, ...] = ()
    met_by: MetBy
    on_reopen: OnReopen = OnReopen.EXCLUDE

    @model_validator(mode="after")
    def _is_one_or_the_other(self) -> Self:
        of_days = (self.days, self.by, self.cutoff)
        if None in of_days if self.minutes is None else of_days != (None, None, None):
            raise ValueError("a target has minutes, or days with by and cutoff")
        return self


class LogLine(BaseModel):
    at: Moment
    event: Happening
    reason: HoldReason | None = None
    until: Moment | None = None
    mode: WorkMode = WorkMode.ONSITE
    service: str | None = None
    targets: tuple[TargetLine, ...] = ()
    target: str | None = None
    since: Annotated[Since | None, Field(alias="from")] = None

    @model_validator(mode="after")
    def _says_what_its_event_needs(self) -> Self:
        if self.event is Happening.HELD and self.reason is None:
            raise ValueError("a hold has a reason")
        if self.event in (Happening.RETARGETED, Happening.REQUALIFIED) and not self.targets:
            raise ValueError(f"an entry {self.event.value} has targets")
        if self.event is Happening.EXCLUDED and (self.until is None or self.until <= self.at):
            raise ValueError("an exclusion has an `until` after its `at`")
        return self


class Case(BaseModel):
    """One case. What it says beyond this is ignored, so that a case may carry notes of its own."""

    id: str | int | None = None
    calendars: dict[str, CalendarForm]
    targets: tuple[TargetLine, ...]
    log: tuple[LogLine, ...]
    now: Moment

    @model_validator(mode="after")
    def _names_what_there_is(self) -> Self:
        for name, form in self.calendars.items():
            if "site" in (form.time_zone, form.holidays):
                raise ValueError(f"calendars.{name}: a case has no site: name a time zone and holidays")
        names = [target.name for target in self.targets]
        self._check(self.targets, "targets")
        for number, line in enumerate(self.log):
            where = f"log.{number}.targets"
            self._check(line.targets, where)
            for target in line.targets:
                if target.name not in names:
                    raise ValueError(f"{where}: the case has no target {target.name!r} to change")
        return self

    def _check(self, targets: tuple[TargetLine, ...], where: str) -> None:
        if len({target.name for target in targets}) < len(targets):
            raise ValueError(f"{where}: a target is named twice")
        for target in targets:
            if target.calendar not in self.calendars:
                raise ValueError(f"{where}: there is no calendar {target.calendar!r}")


class SenselessCase(Exception):
    """A line that is no case: ``slug`` says to programs in which way."""

    def __init__(self, slug: str, detail: str) -> None:
        super().__init__(detail)
        self.slug = slug
        self.detail = detail


def answers(lines: Iterable[bytes]) -> Iterator[Answer]:
    """An answer for each line that is not blank, in the order of the lines."""
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            yield computed(line)
        except SenselessCase as senseless:
            error = {"type": senseless.slug, "detail": f"line {number}: {senseless.detail}"}
            yield {"id": _id_of(line), "error": error}


def computed(line: bytes) -> Answer:
    """The answer to a case; ``SenselessCase`` when it is none."""
    try:
        case = Case.model_validate_json(line, strict=True)
        clocks = clocks_at(
            [_entry(number, each) for number, each in enumerate(case.log)],
            [_target(each) for each in case.targets],
            {name: calendar(form) for name, form in case.calendars.items()},
            case.now,
        )
        return {"id": case.id, "targets": [_answer(clock) for clock in clocks]}
    except ValidationError as invalid:
        raise _told(invalid) from None
    except Refusal as refusal:
        raise SenselessCase(refusal.slug, refusal.detail.en) from None
    except OverflowError:
        raise SenselessCase("invalid-case", "a time lies before the year 1 or after 9999 in UTC") from None


def _answer(clock: Clock) -> Answer:
    due_at, breached_at = clock.due_at, clock.breached_at
    return {
        "name": clock.name,
        "state": clock.state.value,
        "due_at": None if due_at is None else rfc3339(due_at),
        "elapsed_minutes": _minutes(clock.elapsed),
        "breached_at": None if breached_at is None else rfc3339(breached_at),
        "intervals": [[rfc3339(start), rfc3339(end)] for start, end in clock.intervals],
    }


def _minutes(elapsed: timedelta | None) -> int | float | None:
    if elapsed is None:
        return None
    whole, rest = divmod(elapsed, _MINUTE)
    return elapsed / _MINUTE if rest else whole


def _entry(number: int, line: LogLine) -> LogEntry:
    health = line.service
    return LogEntry(
        at=line.at,
        event=line.event,
        id=f"log.{number}",
        reason=line.reason,
        until=line.until,
        mode=line.mode,
        service=ServiceHealth(health) if health in set(ServiceHealth) else None,
        since=line.since,
        targets=tuple(_target(each) for each in line.targets),
        target_name=line.target,
    )


def _target(line: TargetLine) -> Target:
    return Target(
        name=line.name,
        calendar=line.calendar,
        stops_on=line.stops_on,
        met_by=line.met_by,
        minutes=line.minutes,
        days=line.days,
        by=line.by,
        cutoff=line.cutoff,
        on_reopen=line.on_reopen,
    )


def _told(invalid: ValidationError) -> SenselessCase:
    """The first thing that is wrong, and where."""
    first = invalid.errors(include_url=False, include_input=False, include_context=False)[0]
    if first["type"] == "json_invalid":
        return SenselessCase("invalid-json", first["msg"].removeprefix("Invalid JSON: "))
    where = ".".join(str(part) for part in first["loc"])
    said = first["msg"].removeprefix("Value error, ")
    return SenselessCase("invalid-case", f"{where}: {said}" if where else said)


def _id_of(line: bytes) -> Any:
    try:
        case = json.loads(line)
        found = case.get("id") if isinstance(case, dict) else None
        # What Python reads beyond JSON (`NaN`, `1e999`) must not come out again: the answers are JSON.
        json.dumps(found, allow_nan=False)
    except (ValueError, RecursionError):
        return None
    return found
