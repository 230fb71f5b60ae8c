"""What terms would promise: the same clocks that tickets have, on faults that nobody has declared yet."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import cast
from zoneinfo import ZoneInfo

from contracts.calendars import HolidayCode
from contracts.inventory.states import SiteChanged
from contracts.refusal import Refusal
from contracts.text import Text
from contracts.ticket.sla import ClockState
from contracts.values import HoldReason, Impact, Priority, Urgency
from services.ticket.domain.contract import ContractRevision, MetBy, Terms
from services.ticket.domain.priority import priorities_given_by, priority_of
from services.ticket.domain.sla import clocks_of, cover_of
from services.ticket.domain.sla_log import Happening, LogEntry

_FRIDAY, _SUNDAY, _MONDAY = 4, 6, 0
_LATE, _AT_NIGHT, _EARLY = time(17, 50), time(3), time(9)


@dataclass(frozen=True)
class SampleHold:
    reason: HoldReason
    since: datetime
    until: datetime | None = None


@dataclass(frozen=True)
class Sample:
    """A fault at a site; the terms' matrix gives its priority where none is given."""

    site_id: str
    declared_at: datetime
    priority: Priority | None = None
    impact: Impact | None = None
    urgency: Urgency | None = None
    holds: tuple[SampleHold, ...] = ()

    def priority_under(self, terms: Terms) -> Priority:
        if self.priority is not None:
            return self.priority
        assert self.impact is not None, "without a priority it has what makes one"
        assert self.urgency is not None, "without a priority it has what makes one"
        return priority_of(terms.priority_matrix, self.impact, self.urgency)


@dataclass(frozen=True)
class Promised:
    """One target of a sample. ``due_at`` is None while it would wait, and where its calendar never opens."""

    target: str
    met_by: MetBy
    due_at: datetime | None
    waits: bool = False


@dataclass(frozen=True)
class Compared:
    """A sample under the new terms and, where there are any, under the present ones."""

    sample: Sample
    site: SiteChanged
    priority: Priority
    promised: list[Promised]
    present_priority: Priority | None
    at_present: list[Promised]


@dataclass(frozen=True)
class Preview:
    """``new`` is the version that would be written; ``present`` the terms of today."""

    new: ContractRevision
    present: ContractRevision | None
    samples: list[Compared]


def promised(revision: ContractRevision, site: SiteChanged, sample: Sample) -> list[Promised]:
    """When each target of the sample would be due if nobody did anything but wait as it says."""
    opening = LogEntry(
        sample.declared_at, Happening.OPENED, id="sample", priority=sample.priority_under(revision.terms)
    )
    holds = tuple(
        LogEntry(hold.since, Happening.HELD, id=f"hold {n}", reason=hold.reason, until=hold.until)
        for n, hold in enumerate(sample.holds, start=1)
    )
    cover = cover_of(
        revision,
        site.site_id,
        time_zone=site.time_zone,
        holidays=cast(HolidayCode, site.holidays),
        good_friday=site.good_friday,
    )
    ends = (hold.until or hold.since for hold in sample.holds)
    clocks = clocks_of((opening, *holds), [cover], max((sample.declared_at, *ends)))
    return [
        Promised(clock.name, clock.met_by, clock.due_at, clock.run.stopped and clock.due_at is None)
        for clock in clocks
        if clock.state is not ClockState.STOPPED
    ]


def covers(terms: Terms, site: SiteChanged, at: datetime) -> bool:
    """Whether the terms say anything of the site at that instant."""
    day = at.astimezone(ZoneInfo(site.time_zone)).date().isoformat()
    here = not terms.sites or site.site_id in terms.sites
    return here and terms.valid_from <= day and (terms.valid_to is None or day <= terms.valid_to)


def check_covered(terms: Terms, site: SiteChanged, sample: Sample) -> None:
    """``Refusal`` of a sample that these terms say nothing of."""
    if covers(terms, site, sample.declared_at):
        return
    day = sample.declared_at.astimezone(ZoneInfo(site.time_zone)).date().isoformat()
    raise Refusal(
        "sample-not-covered",
        Text(
            f"These terms say nothing of the site {site.site_id!r} on {day}: choose one of their sites, "
            "and a day on which they are valid.",
            f"Ces termes ne disent rien du site {site.site_id!r} le {day} : choisissez un de leurs sites, "
            "et un jour où ils sont valables.",
        ),
        site=site.site_id,
        declared_at=sample.declared_at.isoformat(),
    )


def usual_samples(terms: Terms, site: SiteChanged, after: datetime) -> Iterator[Sample]:
    """Faults that show what terms are worth: late on a Friday, at night on a Sunday, early on a Monday; those
    that lie beyond the last day of the terms are left out."""
    priorities = priorities_given_by(terms.priority_matrix)
    first, last = priorities[0], priorities[-1]
    friday = _next(_FRIDAY, _LATE, site.time_zone, after)
    sunday = _next(_SUNDAY, _AT_NIGHT, site.time_zone, friday)
    monday = _next(_MONDAY, _EARLY, site.time_zone, friday)
    for at, priority in dict.fromkeys(((friday, first), (friday, last), (sunday, first), (monday, first))):
        if covers(terms, site, at):
            yield Sample(site.site_id, at, priority)


def _next(weekday: int, wall: time, zone: str, after: datetime) -> datetime:
    """The next time that the site's clocks show ``wall`` on that day of the week."""
    day: date = after.astimezone(ZoneInfo(zone)).date()
    day += timedelta(days=(weekday - day.weekday()) % 7)
    at = datetime.combine(day, wall, ZoneInfo(zone))
    if at <= after:
        at = datetime.combine(day + timedelta(days=7), wall, ZoneInfo(zone))
    return at.astimezone(after.tzinfo)
