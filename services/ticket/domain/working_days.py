"""Days on which a site is worked at, for what waits for its people."""

from datetime import datetime, time
from typing import cast
from zoneinfo import ZoneInfo

from contracts.calendars import Calendar, CalendarForm, HolidayCode, calendar
from contracts.values import Weekday
from services.ticket.domain.sla_record import SlaRecord

_ELSEWHERE = ("Europe/Paris", "FR", False)
_WORKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri")


def working_days_after(record: SlaRecord | None, site_id: str, since: datetime, days: int) -> datetime:
    """The same hour so many working days later, by the site's own calendar where a contract tells it."""
    workdays, zone = _calendar(record, site_id)
    begun = since.astimezone(zone)
    day = begun.date()
    for _ in range(days):
        day = workdays.open_date_after(day)
    return workdays.instant(day, time(begun.hour, begun.minute))


def _calendar(record: SlaRecord | None, site_id: str) -> tuple[Calendar, ZoneInfo]:
    zone, holidays, good_friday = _ELSEWHERE
    if record is not None and (promise := record.promise_at(site_id)) is not None:
        zone, holidays, good_friday = promise.time_zone, promise.holidays, promise.good_friday
    form = CalendarForm(
        time_zone=zone,
        weekly=dict.fromkeys(_WORKDAYS, (("00:00", "24:00"),)),
        holidays=cast(HolidayCode, holidays),
        good_friday=good_friday,
    )
    return calendar(form), ZoneInfo(zone)
