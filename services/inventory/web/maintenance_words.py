"""When a plan is due, in words."""

from infra.chassis.web.forms import N_, Say
from services.inventory.domain.maintenance_plan import (
    ByAge,
    ByCalendar,
    ByCondition,
    ByCounter,
    Every,
    Trigger,
)

_EVERY_WEEKS, _EVERY_MONTHS = N_("every {n} weeks"), N_("every {n} months")
_WEEKLY, _MONTHLY = N_("every week"), N_("every month")
_RISEN = N_("each {n} of {field}")
_OLD = N_("{n} days after {field}")
_BELOW, _ABOVE = N_("{field} below {n}"), N_("{field} above {n}")
_FIELDS = {
    "page_count": N_("pages printed"),
    "battery_percent": N_("battery health in percent"),
    "runtime_minutes": N_("minutes on battery"),
    "used_percent": N_("percent used"),
    "battery_changed_on": N_("the battery was changed"),
    "last_backup_on": N_("the last backup"),
    "bought_on": N_("it was bought"),
    "warranty_until": N_("the warranty’s end"),
}


def rhythm(trigger: Trigger, say: Say) -> str:
    """``every 6 months``, ``each 50000 of pages printed``, ``7 days after the last backup``."""
    match trigger:
        case ByCalendar():
            weeks = trigger.unit is Every.WEEKS
            if trigger.every == 1:
                return say(_WEEKLY if weeks else _MONTHLY)
            return say(_EVERY_WEEKS if weeks else _EVERY_MONTHS).format(n=trigger.every)
        case ByCounter():
            return say(_RISEN).format(n=trigger.step, field=_field(trigger.field, say))
        case ByAge():
            return say(_OLD).format(n=trigger.days, field=_field(trigger.field, say))
        case ByCondition():
            limit, words = (trigger.above, _ABOVE) if trigger.below is None else (trigger.below, _BELOW)
            return say(words).format(n=f"{limit:g}", field=_field(trigger.field, say))


def _field(name: str, say: Say) -> str:
    return say(_FIELDS[name]) if name in _FIELDS else name
