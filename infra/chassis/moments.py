"""Moments, windows and lengths of time as people say them, in French and English."""

from datetime import datetime
from zoneinfo import ZoneInfo

from contracts.values import Language

_WEEKDAYS = {
    Language.FR: ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"),
    Language.EN: ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
_MONTHS = {
    Language.FR: (
        "janvier", "février", "mars", "avril", "mai", "juin",
        "juillet", "août", "septembre", "octobre", "novembre", "décembre",
    ),
    Language.EN: (
        "January", "February", "March", "April", "May", "June",
        "July", "August", "September", "October", "November", "December",
    ),
}  # fmt: skip


def day(at: datetime, zone: ZoneInfo, language: Language) -> str:
    local = at.astimezone(zone)
    number = f"{local.day}er" if language is Language.FR and local.day == 1 else str(local.day)
    weekday = _WEEKDAYS[language][local.weekday()]
    return f"{weekday} {number} {_MONTHS[language][local.month - 1]} {local.year}"


def clock(at: datetime, zone: ZoneInfo, language: Language) -> str:
    local = at.astimezone(zone)
    return f"{local:%H} h {local:%M}" if language is Language.FR else f"{local:%H:%M}"


def moment(at: datetime, zone: ZoneInfo, language: Language) -> str:
    joined = "à" if language is Language.FR else "at"
    return f"{day(at, zone, language)} {joined} {clock(at, zone, language)}"


def in_short(at: datetime, zone: ZoneInfo, language: Language) -> str:
    """``3/03 14h10``, ``3 Mar 14:10``: where every letter counts."""
    local = at.astimezone(zone)
    if language is Language.FR:
        return f"{local.day}/{local:%m} {local:%H}h{local:%M}"
    return f"{local.day} {_MONTHS[language][local.month - 1][:3]} {local:%H:%M}"


def window(first: datetime, last: datetime, zone: ZoneInfo, language: Language) -> str:
    """From when until when; both days are named when they differ."""
    if first.astimezone(zone).date() != last.astimezone(zone).date():
        between = ("du {} au {}" if language is Language.FR else "from {} to {}").format
        return between(moment(first, zone, language), moment(last, zone, language))
    between = ("{} entre {} et {}" if language is Language.FR else "{} between {} and {}").format
    return between(day(first, zone, language), clock(first, zone, language), clock(last, zone, language))


def minutes(count: int, language: Language) -> str:
    hours, rest = divmod(count, 60)
    if not hours:
        return f"{rest} min"
    return f"{hours} h {rest:02d}" if rest else f"{hours} h"
