"""A customer's renewals of a year."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from services.inventory.domain.advice import Advice, AdviceState


@dataclass(frozen=True)
class YearlyPlan:
    """Its advices by the month in which they are due; what is late stands in the month that it is now.

    ``totals`` are in cents by currency, of what is neither declined nor done; ``unpriced`` counts those of
    them that nobody has priced.
    """

    year: int
    months: Mapping[int, tuple[Advice, ...]]
    totals: Mapping[str, int]
    unpriced: int

    @property
    def advices(self) -> tuple[Advice, ...]:
        return tuple(each for month in sorted(self.months) for each in self.months[month])


def planned_on(advice: Advice, today: date) -> date:
    """When it is to be seen to: what is late now, and what was settled late when it was."""
    due = date.fromisoformat(advice.due_on)
    if advice.state in (AdviceState.DONE, AdviceState.DECLINED):
        return due if advice.decided_at is None else max(due, advice.decided_at.date())
    return max(due, today)


def plan_of(year: int, advices: Iterable[Advice], today: date) -> YearlyPlan:
    months = defaultdict[int, list[Advice]](list)
    totals = defaultdict[str, int](int)
    unpriced = 0
    for each in sorted(advices, key=lambda each: (each.due_on, each.about, each.id)):
        day = planned_on(each, today)
        if day.year != year:
            continue
        months[day.month].append(each)
        if each.state in (AdviceState.DECLINED, AdviceState.DONE):
            continue
        if each.cost_cents is None:
            unpriced += 1
        else:
            totals[each.currency] += each.cost_cents
    ordered = {month: tuple(those) for month, those in sorted(months.items())}
    return YearlyPlan(year, ordered, dict(totals), unpriced)
