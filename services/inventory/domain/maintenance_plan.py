"""What is done before something breaks: to which machines, how often, and what is looked at."""

import calendar
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Literal

from contracts.checklists import ChecklistItem
from contracts.refusal import Refusal
from contracts.text import Text
from services.inventory.domain.asset import Asset, Status


class Every(StrEnum):
    WEEKS = "weeks"
    MONTHS = "months"


class CountsFrom(StrEnum):
    """From when on the next time is counted."""

    DUE = "due"
    DONE = "done"


@dataclass(frozen=True)
class ByCalendar:
    """Every so many weeks or months from ``first_on`` (ISO 8601) on, at each site that has such machines."""

    every: int
    unit: Every
    first_on: str
    kind: Literal["calendar"] = "calendar"


@dataclass(frozen=True)
class ByCounter:
    """Each time that a machine's ``field`` (``page_count``) has risen by ``step``."""

    field: str
    step: int
    kind: Literal["counter"] = "counter"


@dataclass(frozen=True)
class ByAge:
    """When the day in a machine's ``field`` is ``days`` past: ``last_backup_on``, ``battery_changed_on``.

    ``records``: the day when it is done is written there.
    """

    field: str
    days: int
    records: bool = False
    kind: Literal["older-than"] = "older-than"


@dataclass(frozen=True)
class ByCondition:
    """While the number in a machine's ``field`` (``battery_percent``) is below, or above, a limit.

    One of the two is None. What was done is not asked for again within ``days``: what is written down of a
    machine may lag behind it.
    """

    field: str
    below: float | None
    above: float | None
    days: int = 30
    kind: Literal["condition"] = "condition"

    def holds(self, number: float) -> bool:
        return (self.below is not None and number < self.below) or (
            self.above is not None and number > self.above
        )


Trigger = ByCalendar | ByCounter | ByAge | ByCondition
OWN_DAYS = ("last_backup_on", "bought_on", "warranty_until")
"""Days that every asset may have; any other ``field`` is one of its kind's."""


@dataclass(frozen=True)
class MaintenancePlan:
    """A customer's. Which machines: those of ``kinds`` and those of ``asset_ids``, at ``site_ids`` or at all
    sites; with neither a calendar goes to the sites themselves.

    An occurrence may be made from ``before_days`` ahead of when it is due until ``after_days`` behind it, and
    takes ``minutes``. ``category`` is the work type of its tickets, ``follow_up_category`` of those that an
    answer to the checklist opens. ``revision`` counts descriptions, ``timed_in`` is the one since which it is
    due when it is; ``look_at`` is when it is gone through next.
    """

    id: str
    customer_id: str
    name: str
    category: str
    trigger: Trigger
    site_ids: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    asset_ids: tuple[str, ...] = ()
    before_days: int = 0
    after_days: int = 14
    counts_from: CountsFrom = CountsFrom.DONE
    minutes: int = 60
    instructions: str = ""
    checklist: tuple[ChecklistItem, ...] = ()
    follow_up_category: str | None = None
    active: bool = True
    revision: int = 1
    timed_in: int = 1
    look_at: datetime | None = None

    def replaced_by(self, other: "MaintenancePlan", now: datetime) -> "MaintenancePlan":
        """What a new description makes of this plan; it stays its customer's, and is gone through at once."""
        if other.customer_id != self.customer_id:
            raise Refusal(
                "conflict",
                Text(
                    f"The plan {self.id!r} belongs to {self.customer_id!r} and what it led to with it: "
                    "give the other customer a plan of its own.",
                    f"Le plan {self.id!r} appartient à {self.customer_id!r}, ses interventions aussi : "
                    "donnez à l'autre client son propre plan.",
                ),
            )
        same = replace(other, revision=self.revision, timed_in=self.timed_in, look_at=self.look_at)
        if same == self:
            return self
        revision = self.revision + 1
        timed_in = self.timed_in if same.timing == self.timing else revision
        return replace(other, revision=revision, timed_in=timed_in, look_at=now)

    @property
    def timing(self) -> tuple[Trigger, int, int, CountsFrom]:
        """What its days follow from."""
        return self.trigger, self.before_days, self.after_days, self.counts_from

    @property
    def per_machine(self) -> bool:
        """Whether each machine has a time of its own; else each site has."""
        return not isinstance(self.trigger, ByCalendar)

    def at_site(self, site_id: str) -> bool:
        return not self.site_ids or site_id in self.site_ids

    def concerns(self, asset: Asset) -> bool:
        """Whether it is about that machine, where it stands now."""
        if asset.customer_id != self.customer_id or not self.at_site(asset.site_id):
            return False
        named = asset.id in self.asset_ids
        of_kind = asset.kind in self.kinds or (self.per_machine and not self.kinds and not self.asset_ids)
        return (
            asset.status is not Status.DISPOSED and asset.status is not Status.IN_STOCK and (named or of_kind)
        )

    def machines(self, assets: Iterable[Asset]) -> tuple[Asset, ...]:
        return tuple(sorted((each for each in assets if self.concerns(each)), key=lambda each: each.name))

    def wanted_at(self, site_id: str, assets: Iterable[Asset]) -> bool:
        """Whether somebody is to go to that site by it, with the machines that stand there."""
        if not self.at_site(site_id):
            return False
        return not (self.kinds or self.asset_ids) or any(self.concerns(each) for each in assets)

    def span(self, due_on: date) -> tuple[date, date]:
        """The first and the last day on which what is due then may be made."""
        return due_on - timedelta(days=self.before_days), due_on + timedelta(days=self.after_days)


def first_due(rhythm: ByCalendar, day: date) -> date:
    """The first day of the rhythm that is not before ``day``."""
    return _first(rhythm, lambda due: due >= day)


def next_due(rhythm: ByCalendar, due_on: date, done_on: date, counts_from: CountsFrom) -> date:
    """When it is due again: one period after it was done, or the rhythm's first day after both.

    What was made long after the next was due already counts for that one too: nobody comes twice in a week.
    """
    if counts_from is CountsFrom.DONE:
        return _later(done_on, rhythm, 1)
    latest = max(due_on, done_on)
    return _first(rhythm, lambda due: due > latest)


def _first(rhythm: ByCalendar, fits: Callable[[date], bool]) -> date:
    first = date.fromisoformat(rhythm.first_on)
    n = 0
    while not fits(due := _later(first, rhythm, n)):
        n += 1
    return due


def _later(day: date, rhythm: ByCalendar, times: int) -> date:
    """``times`` periods after ``day``: the 31st is a shorter month's last day and itself again after it."""
    count = rhythm.every * times
    if rhythm.unit is Every.WEEKS:
        return day + timedelta(weeks=count)
    month = day.year * 12 + day.month - 1 + count
    year, month = month // 12, month % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def day_of(asset: Asset, field: str) -> date | None:
    """The day in one of an asset's fields; None where there is none that is one."""
    said = getattr(asset, field) if field in OWN_DAYS else asset.fields.get(field)
    if not isinstance(said, str):
        return None
    try:
        return date.fromisoformat(said)
    except ValueError:
        return None


def number_of(asset: Asset, field: str) -> float | None:
    """The number in one of an asset's fields, whole or not; None where there is none."""
    said = asset.fields.get(field)
    return said if isinstance(said, int | float) and not isinstance(said, bool) else None


def count_of(asset: Asset, field: str) -> int | None:
    """The number in one of an asset's fields; None where there is none."""
    said = asset.fields.get(field)
    return said if isinstance(said, int) and not isinstance(said, bool) else None
