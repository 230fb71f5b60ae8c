"""A place of a customer's where technicians go."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, get_args
from zoneinfo import ZoneInfo

from contracts.calendars import WEEKDAYS, CalendarForm, HolidayCode, calendar
from contracts.refusal import Refusal
from contracts.text import Text
from contracts.values import Point, SiteAccess, TechnicianWishes, WeeklyWindows, Window

HOLIDAY_CODES = frozenset(get_args(HolidayCode))
OFFICE_HOURS: Any = dict.fromkeys(WEEKDAYS[:5], (("08:00", "18:00"),))


@dataclass(frozen=True)
class Site:
    """Its zone and holidays decide for the clocks that run there. Without ``opening`` it is always open.

    ``holidays`` is a code of ``contracts.calendars``; ``good_friday`` adds that day where the commune
    keeps it. Codes and keys are never part of ``access``. Whoever comes speaks one of ``languages``.
    """

    id: str
    customer_id: str
    name: str
    address: str
    postcode: str
    commune: str
    latitude: float
    longitude: float
    time_zone: str
    holidays: str
    good_friday: bool = False
    territory: str | None = None
    opening: WeeklyWindows | None = None
    access: SiteAccess | None = None
    technicians: TechnicianWishes | None = None
    languages: tuple[str, ...] = ()

    def replaced_by(self, other: "Site") -> "Site":
        """What a new description makes of this site; it stays its customer's."""
        if other.customer_id != self.customer_id:
            raise Refusal(
                "conflict",
                Text(
                    f"The site {self.id!r} belongs to {self.customer_id!r} and its history with it: "
                    "give the new customer a site with an id of its own.",
                    f"Le site {self.id!r} appartient à {self.customer_id!r}, son historique aussi : "
                    "donnez au nouveau client un site qui a son propre identifiant.",
                ),
            )
        return other

    @property
    def point(self) -> Point:
        return Point(latitude=self.latitude, longitude=self.longitude)

    def open_on(self, day: date) -> Window | None:
        """From when to when somebody is let in that day; None where nobody is.

        A site that is always open is worked at in office hours where the work can wait.
        """
        form = CalendarForm(
            time_zone=self.time_zone,
            weekly=OFFICE_HOURS if self.opening is None else self.opening,
            holidays=self.holidays if self.holidays in HOLIDAY_CODES else "none",
            good_friday=self.good_friday,
        )
        midnight = datetime.combine(day, time(), ZoneInfo(self.time_zone))
        pieces = calendar(form).open_intervals(midnight, midnight + timedelta(days=1))
        return Window(from_at=pieces[0][0], to_at=pieces[-1][1]) if pieces else None

    @property
    def gaps(self) -> tuple[str, ...]:
        """What is not filled in and therefore will not work yet, as slugs."""
        return () if self.territory else ("no-territory",)
