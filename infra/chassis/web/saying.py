"""Moments and durations as people say them."""

from datetime import datetime, timedelta
from gettext import NullTranslations
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime, format_time

HOUR = 60
DAY = 24 * HOUR


def minutes_said(minutes: float, words: NullTranslations) -> str:
    """``1 h 05``, ``12 min``, ``3 d 4 h``: a length of time, whatever its sign."""
    whole = round(abs(minutes))
    days, rest = divmod(whole, DAY)
    hours, left = divmod(rest, HOUR)
    if days:
        return words.gettext("%(days)d d %(hours)d h") % {"days": days, "hours": hours}
    if hours:
        return words.gettext("%(hours)d h %(minutes)02d") % {"hours": hours, "minutes": left}
    return words.gettext("%(minutes)d min") % {"minutes": left}


def from_now(at: datetime, now: datetime, words: NullTranslations) -> str:
    """``in 12 min``, ``3 h 10 ago``, ``now``."""
    minutes = (at - now).total_seconds() / 60
    if abs(minutes) < 0.5:
        return words.gettext("now")
    said = minutes_said(minutes, words)
    return (words.gettext("in %s") if minutes > 0 else words.gettext("%s ago")) % said


def moment_said(at: datetime, now: datetime, zone: str, words: NullTranslations, language: str) -> str:
    """``today 14:30``, ``tomorrow 09:00``, ``Thu 3 Dec 09:00``: in the zone of the place that it is about."""
    local, here = at.astimezone(ZoneInfo(zone)), now.astimezone(ZoneInfo(zone))
    clock = format_time(local, "HH:mm", locale=language)
    days = {0: words.gettext("today"), 1: words.gettext("tomorrow"), -1: words.gettext("yesterday")}
    apart = (local.date() - here.date()).days
    if apart in days:
        return f"{days[apart]} {clock}"
    year = "" if abs(local - here) < timedelta(days=180) else " y"
    return f"{format_date(local, f'EEE d MMM{year}', locale=language)} {clock}"


def exactly(at: datetime, zone: str, language: str) -> str:
    """The whole of it with its zone, for whoever points at it."""
    return format_datetime(at, "EEEE d MMMM y HH:mm z", tzinfo=ZoneInfo(zone), locale=language)
