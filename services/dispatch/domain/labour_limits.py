"""The limits of French labour law on one person's time, by his regime and his firm's agreement."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from typing import Any

from contracts.calendars import WEEKDAYS
from contracts.text import InvalidValue
from services.dispatch.domain.technician import Regime

Override = int | str


class Rule(StrEnum):
    """What a rota may break; programs know a rule by its name.

    ``daily-work``: at most 10 h of work a day (L3121-18). ``weekly-work``: 48 h a week (L3121-20).
    ``average-work``: 44 h a week on average over 12 weeks (L3121-22). ``daily-rest``: 11 h between two
    days' work (L3131-1); an intervention on call that interrupts this rest before it is complete
    restarts it in full (L3121-10). ``weekly-rest``: 35 h around the rest day (L3132-2).
    ``amplitude``: 13 h from the first to the last work of a day (L3131-1). ``break``: 20 min by the
    sixth hour of work (L3121-16). ``rest-day``: no ordinary work starts on Sunday (L3132-3).
    ``six-days``: no more than six days of work a week (L3132-1). ``night``: nobody under age works
    from 22:00 to 06:00 (L3163-1, L3163-2). ``notice``: an on-call rota is told 15 days before, one
    clear day in exceptional cases (L3121-12).
    """

    DAILY_WORK = "daily-work"
    WEEKLY_WORK = "weekly-work"
    AVERAGE_WORK = "average-work"
    DAILY_REST = "daily-rest"
    WEEKLY_REST = "weekly-rest"
    AMPLITUDE = "amplitude"
    BREAK = "break"
    REST_DAY = "rest-day"
    SIX_DAYS = "six-days"
    NIGHT = "night"
    NOTICE = "notice"


SOURCES: Mapping[Rule, str] = {
    Rule.DAILY_WORK: "L3121-18",
    Rule.WEEKLY_WORK: "L3121-20",
    Rule.AVERAGE_WORK: "L3121-22",
    Rule.DAILY_REST: "L3131-1",
    Rule.WEEKLY_REST: "L3132-2",
    Rule.AMPLITUDE: "L3131-1",
    Rule.BREAK: "L3121-16",
    Rule.REST_DAY: "L3132-3",
    Rule.SIX_DAYS: "L3132-1",
    Rule.NIGHT: "L3163-2",
    Rule.NOTICE: "L3121-12",
}
"""The article of the Code du travail that each rule comes from."""

BOUNDS: Mapping[Rule, str] = {
    **SOURCES,
    Rule.DAILY_WORK: "L3121-19",
    Rule.AVERAGE_WORK: "L3121-23",
    Rule.DAILY_REST: "D3131-6",
}
"""The article that says how far an agreement may go."""

SOURCES_OF_MINORS: Mapping[Rule, str] = {
    Rule.DAILY_WORK: "L3162-1",
    Rule.WEEKLY_WORK: "L3162-1",
    Rule.DAILY_REST: "L3164-1",
    Rule.WEEKLY_REST: "L3164-2",
    Rule.AMPLITUDE: "L3164-1",
    Rule.BREAK: "L3162-3",
}


@dataclass(frozen=True)
class Limits:
    """What binds one person. None: that rule does not.

    ``rest_day`` counts from Monday, 0. ``minor``: two rest days in a row, no work from 22:00 to 06:00.
    """

    daily_rest: timedelta | None = timedelta(hours=11)
    weekly_rest: timedelta | None = timedelta(hours=35)
    rest_day: int | None = WEEKDAYS.index("sun")
    work_days: int | None = 6
    daily_work: timedelta | None = timedelta(hours=10)
    weekly_work: timedelta | None = timedelta(hours=48)
    average_work: timedelta | None = timedelta(hours=44)
    amplitude: timedelta | None = timedelta(hours=13)
    break_after: timedelta | None = timedelta(hours=6)
    break_length: timedelta = timedelta(minutes=20)
    notice: timedelta = timedelta(days=15)
    minor: bool = False

    def source(self, rule: Rule) -> str:
        """The article of the Code du travail that the rule comes from for this person."""
        return (self.minor and SOURCES_OF_MINORS.get(rule)) or SOURCES[rule]

    def under(self, agreement: Mapping[str, Override]) -> "Limits":
        """As a company agreement changes them; ``InvalidValue`` for what the law leaves to none.

        Keys are names of rules. Values are whole minutes, but for ``rest-day`` (``mon`` to ``sun``),
        ``six-days`` (how many) and ``notice`` (days). A shorter daily rest makes the amplitude longer
        unless that is given too. What does not bind this person at all goes on not to.
        """
        known = {rule.value: rule for rule in Rule}
        limits = self
        for name, value in sorted(agreement.items(), key=lambda item: item[0] == Rule.AMPLITUDE):
            if name not in known:
                raise InvalidValue(
                    f"{name!r} is no rule; there are {', '.join(known)}",
                    f"{name!r} n'est pas une règle ; il y a {', '.join(known)}",
                )
            limits = limits._changed(known[name], value)
        return limits

    def _changed(self, rule: Rule, value: Override) -> "Limits":
        if rule is Rule.REST_DAY:
            if value not in WEEKDAYS:
                raise _unlawful(rule, "a day from mon to sun", "un jour de mon à sun")
            return self if self.rest_day is None else replace(self, rest_day=WEEKDAYS.index(value))
        if rule is Rule.NIGHT:
            raise InvalidValue(
                "no agreement can change night (L3163-2)", "aucun accord ne peut changer night (L3163-2)"
            )
        low, high = self._lawful(rule)
        if isinstance(value, str | bool) or not low <= value <= high:
            in_days = rule in (Rule.SIX_DAYS, Rule.NOTICE)
            en, fr = ("days", "jours") if in_days else ("minutes", "minutes")
            raise _unlawful(rule, f"{low} to {high} {en}", f"de {low} à {high} {fr}")
        if rule is Rule.SIX_DAYS:
            return self if self.work_days is None else replace(self, work_days=value)
        if rule is Rule.NOTICE:
            return replace(self, notice=timedelta(days=value))
        time = timedelta(minutes=value)
        if rule is Rule.BREAK:
            return replace(self, break_length=time)
        field = rule.value.replace("-", "_")
        if getattr(self, field) is None:
            return self
        if rule is Rule.DAILY_REST and self.amplitude is not None:
            return replace(self, daily_rest=time, amplitude=timedelta(hours=24) - time)
        changed: dict[str, Any] = {field: time}
        return replace(self, **changed)

    def _lawful(self, rule: Rule) -> tuple[int, int]:
        """From what to what an agreement may go (L3121-19, -23, D3131-6); a minor's limits only tighten."""
        rest = self.daily_rest or timedelta(hours=9)
        week = 7 * 24 * 60
        return {
            Rule.DAILY_WORK: (1, 8 * 60 if self.minor else 12 * 60),
            Rule.WEEKLY_WORK: (1, 35 * 60 if self.minor else 48 * 60),
            Rule.AVERAGE_WORK: (1, 46 * 60),
            Rule.DAILY_REST: (12 * 60 if self.minor else 9 * 60, 24 * 60),
            Rule.WEEKLY_REST: (_minutes(timedelta(hours=24) + rest), week),
            Rule.AMPLITUDE: (1, 24 * 60 - _minutes(rest)),
            Rule.BREAK: (30 if self.minor else 20, 24 * 60),
            Rule.SIX_DAYS: (1, 5 if self.minor else 6),
            Rule.NOTICE: (1, 365),
        }[rule]


def limits_of(regime: Regime) -> Limits:
    """What binds somebody of this regime before any agreement.

    ``forfait-jours``: only the rests (L3121-62). ``partner``: nothing, for his own firm answers for him.
    """
    if regime is Regime.MINOR:
        return Limits(
            daily_rest=timedelta(hours=12),
            daily_work=timedelta(hours=8),
            weekly_work=timedelta(hours=35),
            average_work=None,
            amplitude=timedelta(hours=12),
            break_after=timedelta(hours=4.5),
            break_length=timedelta(minutes=30),
            minor=True,
        )
    if regime is Regime.HOURS:
        return Limits()
    rests = Limits(daily_work=None, weekly_work=None, average_work=None, amplitude=None, break_after=None)
    if regime is Regime.FORFAIT_JOURS:
        return rests
    return replace(rests, daily_rest=None, weekly_rest=None, rest_day=None, work_days=None)


def _minutes(time: timedelta) -> int:
    return round(time.total_seconds() / 60)


def _unlawful(rule: Rule, en: str, fr: str) -> InvalidValue:
    article = BOUNDS[rule]
    return InvalidValue(
        f"an agreement can set {rule} to {en} ({article})", f"un accord peut fixer {rule} : {fr} ({article})"
    )
