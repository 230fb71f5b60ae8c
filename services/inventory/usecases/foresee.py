"""A plan is gone through: each site, or machine, that it is about has one occurrence to come."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from infra.chassis.store.collection import Loads, Ref, Where
from infra.chassis.store.unit import Unit
from services.inventory.domain.asset import Asset
from services.inventory.domain.maintenance_plan import (
    ByAge,
    ByCalendar,
    ByCondition,
    ByCounter,
    CountsFrom,
    MaintenancePlan,
    count_of,
    day_of,
    first_due,
    next_due,
    number_of,
)
from services.inventory.domain.occurrence import (
    OVER,
    Occurrence,
    OccurrenceState,
    morning,
    occurrence_id,
)
from services.inventory.domain.site import Site
from services.inventory.store.assets import Assets
from services.inventory.store.maintenance import MaintenancePlans, Occurrences
from services.inventory.store.sites import Sites

AT_ONCE = 200
"""Occurrences that one run changes; what is left is gone through at once after it."""


@dataclass(frozen=True)
class Target:
    site: Site
    asset: Asset | None = None

    @property
    def id(self) -> str:
        return self.site.id if self.asset is None else self.asset.id


@dataclass(frozen=True)
class GoThroughPlan:
    """Every morning, and whenever the plan is described anew."""

    plan_id: str

    def loads(self) -> Loads:
        return (Ref(MaintenancePlans, self.plan_id), Where(Occurrences, "current_of", self.plan_id))

    def decide(self, unit: Unit) -> None:
        plan = unit.get(MaintenancePlans, self.plan_id)
        if plan is None or plan.look_at is None or plan.look_at > unit.now:
            return
        sites = {each.id: each for each in unit.where(Sites, "customer_id", plan.customer_id)}
        assets = unit.where(Assets, "customer_id", plan.customer_id)
        targets = _targets(plan, sites, assets)
        current = {each.target: each for each in unit.where(Occurrences, "current_of", plan.id)}
        changes = 0
        for id in sorted({*targets, *current}):
            if changes >= AT_ONCE:
                break
            changes += _foreseen(unit, plan, targets.get(id), current.get(id))
        zone = next((each.time_zone for each in sites.values()), "UTC")
        tomorrow = unit.now.astimezone(ZoneInfo(zone)).date() + timedelta(days=1)
        again = unit.now if changes >= AT_ONCE else morning(tomorrow, zone) - timedelta(minutes=30)
        unit.save(MaintenancePlans, replace(plan, look_at=again))


def _targets(
    plan: MaintenancePlan, sites: Mapping[str, Site], assets: Iterable[Asset]
) -> Mapping[str, Target]:
    """What is to have an occurrence, by its id."""
    if not plan.active:
        return {}
    if plan.per_machine:
        there = [Target(sites[each.site_id], each) for each in plan.machines(assets) if each.site_id in sites]
    else:
        known = tuple(assets)
        there = [
            Target(site)
            for site in sites.values()
            if plan.wanted_at(site.id, (each for each in known if each.site_id == site.id))
        ]
    return {each.id: each for each in there}


def _foreseen(unit: Unit, plan: MaintenancePlan, target: Target | None, present: Occurrence | None) -> int:
    """How many occurrences changed."""
    if target is None:
        if present is None or present.state is not OccurrenceState.UPCOMING:
            return 0
        unit.save(Occurrences, present.dropped())
        return 1
    if present is None or present.state in OVER:
        new = _new(plan, target, present)
        counted = recounted(plan, target, new, _today(target, unit.now))
        if counted is None:
            return 0
        unit.add(Occurrences, counted)
        if present is not None:
            unit.save(Occurrences, replace(present, followed=True))
        return 1
    if present.state is OccurrenceState.ASKED:
        return 0
    alive = replace(present, state=OccurrenceState.UPCOMING, site_id=target.site.id)
    counted = recounted(plan, target, alive, _today(target, unit.now)) or alive.dropped()
    if counted == present:
        return 0
    unit.save(Occurrences, counted)
    return 1


def _new(plan: MaintenancePlan, target: Target, before: Occurrence | None) -> Occurrence:
    n = 1 if before is None else before.n + 1
    return Occurrence(
        id=occurrence_id(plan.id, target.id, n),
        plan_id=plan.id,
        revision=0,
        customer_id=plan.customer_id,
        site_id=target.site.id,
        asset_id=None if target.asset is None else target.asset.id,
        n=n,
        since_on=None if before is None else before.done_on,
        since_due_on=None if before is None else before.due_on,
        since_skipped=before is not None and before.state is OccurrenceState.SKIPPED,
    )


def _today(target: Target, now: datetime) -> date:
    return now.astimezone(ZoneInfo(target.site.time_zone)).date()


def recounted(plan: MaintenancePlan, target: Target, it: Occurrence, today: date) -> Occurrence | None:
    """The occurrence to come as the plan and the machine have it by now; None where nothing tells when.

    A new description that leaves the plan's days as they were moves nothing, and none moves a day that has
    come: its work is still to be done.
    """
    fresh = it.revision < plan.timed_in
    stands = it.due_on is not None and it.look_at is not None
    it, zone = replace(it, revision=plan.revision), target.site.time_zone
    due = today
    since = None if it.since_on is None else date.fromisoformat(it.since_on)
    match plan.trigger:
        case ByCalendar() as rhythm:
            if not fresh and stands:
                return it
            if not _has_come(it, today):
                due = first_due(rhythm, today) if since is None else _after(plan, rhythm, it, since)
            elif it.due_on is not None:
                due = date.fromisoformat(it.due_on)
        case ByCounter() as counter:
            now = None if target.asset is None else count_of(target.asset, counter.field)
            if now is None:
                return None
            at = it.count_due
            if at is None or (fresh and not stands):
                counted = now if it.counted is None else it.counted
                # The first time at a round number, later ones from when it was done.
                first = it.counted is None or since is None
                at = (counted // counter.step + 1) * counter.step if first else counted + counter.step
            it = replace(it, count_due=at, counted=it.counted if it.counted is not None else now)
            if now < at:
                return it.due(None, None, zone)
            due = today if it.due_on is None else date.fromisoformat(it.due_on)
        case ByAge() as age:
            told = None if target.asset is None else day_of(target.asset, age.field)
            base = max((each for each in (told, since) if each is not None), default=None)
            if told is None or base is None:
                return None
            due = base + timedelta(days=age.days)
        case ByCondition() as limit:
            number = None if target.asset is None else number_of(target.asset, limit.field)
            if number is None or not limit.holds(number):
                return None
            if stands and it.due_on is not None:
                due = date.fromisoformat(it.due_on)
            elif since is not None:
                due = max(today, since + timedelta(days=limit.days))
    if stands and due.isoformat() == it.due_on and not fresh:
        return it
    return it.due(due, plan.span(due), zone)


def _has_come(it: Occurrence, today: date) -> bool:
    """Whether its day is over and its work is not: one that was dropped comes back within its span only."""
    if it.due_on is None or date.fromisoformat(it.due_on) > today:
        return False
    return it.look_at is not None or today.isoformat() <= (it.latest_on or "")


def _after(plan: MaintenancePlan, rhythm: ByCalendar, it: Occurrence, since: date) -> date:
    was_due = since if it.since_due_on is None else date.fromisoformat(it.since_due_on)
    return next_due(rhythm, was_due, since, CountsFrom.DUE if it.since_skipped else plan.counts_from)


def follow(unit: Unit, plan: MaintenancePlan, target: Target, it: Occurrence, on: date) -> None:
    """What comes after an occurrence that is over, which is stored with it.

    What was skipped was not done: its rhythm goes on from when it was due.
    """
    if it.followed or not plan.active:
        unit.save(Occurrences, it)
        return
    new = _new(plan, target, it)
    counts = plan.counts_from if it.state is OccurrenceState.DONE else CountsFrom.DUE
    if isinstance(plan.trigger, ByCalendar):
        due = next_due(plan.trigger, date.fromisoformat(it.due_on or on.isoformat()), on, counts)
        new = replace(new, revision=plan.revision).due(due, plan.span(due), target.site.time_zone)
        unit.save(Occurrences, replace(it, followed=True))
        unit.add(Occurrences, new)
        return
    if isinstance(plan.trigger, ByCounter) and target.asset is not None:
        now = count_of(target.asset, plan.trigger.field) or 0
        base = now if counts is CountsFrom.DONE else it.count_due or now
        while base + plan.trigger.step <= now:
            base += plan.trigger.step
        new = replace(new, revision=plan.revision, counted=base, count_due=base + plan.trigger.step)
    counted = recounted(plan, target, new, on)
    unit.save(Occurrences, it if counted is None else replace(it, followed=True))
    if counted is not None:
        unit.add(Occurrences, counted)
