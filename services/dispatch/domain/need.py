"""What a visit takes, as the ticket asked for it, and where it is to be made."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import get_args
from zoneinfo import ZoneInfo

from contracts.calendars import CalendarForm, HolidayCode, Interval, calendar
from contracts.checklists import ChecklistAnswer, ChecklistItem, ItemKind
from contracts.inventory.states import SiteChanged
from contracts.values import (
    Answer,
    FrozenMapping,
    PartNeed,
    Point,
    SiteAccess,
    SkillLevels,
    TicketKind,
    WeeklyWindows,
    Window,
)

HOLIDAY_CODES = frozenset(get_args(HolidayCode))


@dataclass(frozen=True)
class Place:
    """The site as planning sees it. ``opening`` None: always open."""

    point: Point
    time_zone: str = "UTC"
    opening: WeeklyWindows | None = None
    holidays: str = "none"
    good_friday: bool = False
    territory: str | None = None

    def open_intervals(self, start: datetime, end: datetime) -> list[Interval]:
        """When somebody lets the technician in, within ``[start, end)``."""
        if self.opening is None:
            return [(start.astimezone(UTC), end.astimezone(UTC))]
        form = CalendarForm(
            time_zone=self.time_zone,
            weekly=self.opening,
            holidays=self.holidays if self.holidays in HOLIDAY_CODES else "none",
            good_friday=self.good_friday,
        )
        return calendar(form).open_intervals(start, end)


def place_of(site: SiteChanged) -> Place:
    return Place(
        point=Point(latitude=site.latitude, longitude=site.longitude),
        time_zone=site.time_zone,
        opening=site.opening,
        holidays=site.holidays,
        good_friday=site.good_friday,
        territory=site.territory,
    )


def _no_skills() -> SkillLevels:
    empty: Mapping[str, int] = FrozenMapping({})
    return empty


@dataclass(frozen=True)
class Need:
    """The work: what the ticket says. ``pressing``: most of the time that a deadline leaves is gone.

    Where it takes two ``technicians`` at once, one leads and has the ``skills``, the other has the
    ``companion_skills``. ``after`` are visits of the ticket that have to be over first. ``same_technician``:
    who makes one of the ticket's visits makes them all.
    """

    kind: TicketKind
    category: str
    summary: str
    duration_minutes: int
    skills: SkillLevels = field(default_factory=_no_skills)
    parts: tuple[PartNeed, ...] = ()
    access: SiteAccess | None = None
    briefing: tuple[Answer, ...] = ()
    preferred_windows: tuple[Window, ...] = ()
    respond_by_at: datetime | None = None
    restore_by_at: datetime | None = None
    pressing: bool = False
    remote: bool = False
    follows: str | None = None
    after: tuple[str, ...] = ()
    same_technician: bool = False
    asset_id: str | None = None
    checklist: tuple[ChecklistItem, ...] = ()
    technicians: int = 1
    companion_skills: SkillLevels = field(default_factory=_no_skills)

    @property
    def duration(self) -> timedelta:
        """Time on the spot; never nothing, for a slot has to be one."""
        return timedelta(minutes=max(1, self.duration_minutes))

    def told(self, answers: tuple[ChecklistAnswer, ...]) -> tuple[ChecklistAnswer, ...]:
        """The answers that an event may tell: not those in words of one's own, which may name somebody."""
        words = {each.id for each in self.checklist if each.kind is ItemKind.TEXT}
        return tuple(each for each in answers if each.item not in words)


def local_text(at: datetime, time_zone: str) -> str:
    """``at`` for people, in the zone: ``02/03 14:30``."""
    return at.astimezone(ZoneInfo(time_zone)).strftime("%d/%m %H:%M")
