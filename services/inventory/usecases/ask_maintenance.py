"""What is due is put on a good day, and its ticket asked for."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from contracts.inventory.assets import MaintenanceDue
from contracts.text import Text
from contracts.values import SUMMARY_LENGTH
from infra.chassis.store.collection import Loads, Ref
from infra.chassis.store.unit import Unit
from services.inventory.domain.asset import Asset
from services.inventory.domain.maintenance_plan import MaintenancePlan
from services.inventory.domain.occurrence import Occurrence, OccurrenceState
from services.inventory.domain.quiet_days import (
    HORIZON,
    JOURNEYS_AHEAD,
    Because,
    Choice,
    Stop,
    choose,
    kilometres,
)
from services.inventory.domain.site import Site
from services.inventory.store.assets import Assets
from services.inventory.store.maintenance import MaintenancePlans, Occurrences
from services.inventory.store.planned_visits import PlannedVisits
from services.inventory.store.sites import Sites
from services.inventory.store.technicians import Technicians

MOST_NAMED = 200
LISTED = 40

WHY: Mapping[Because, Text] = {
    Because.SAME_SITE: Text("somebody goes there that day already", "un passage y est déjà prévu ce jour-là"),
    Because.NEARBY: Text("somebody goes near that day already", "une tournée passe tout près ce jour-là"),
    Because.QUIET: Text("the day is quiet", "la journée est calme"),
    Because.LAST: Text("the least busy of the days that are left", "la moins chargée des journées restantes"),
}


@dataclass(frozen=True)
class AskMaintenance:
    """Looked at each morning from when its first day is known until a day is chosen."""

    occurrence_id: str

    def loads(self) -> Loads:
        return (Ref(Occurrences, self.occurrence_id),)

    def decide(self, unit: Unit) -> None:
        it = unit.get(Occurrences, self.occurrence_id)
        waits = it is not None and it.state is OccurrenceState.UPCOMING and it.look_at is not None
        if it is None or not waits or it.look_at is None or it.look_at > unit.now:
            return
        plan, site = unit.get(MaintenancePlans, it.plan_id), unit.get(Sites, it.site_id)
        machines = _machines(unit, plan, it)
        if plan is None or site is None or machines is None or not plan.active:
            unit.save(Occurrences, it.dropped())
            return
        today = unit.now.astimezone(ZoneInfo(site.time_zone)).date()
        choice = self._chosen(unit, plan, site, it, today)
        if choice is None:
            unit.save(Occurrences, it.again(today, site.time_zone))
            return
        named = tuple(each.id for each in machines[:MOST_NAMED])
        asked = it.asked(choice, named, plan.minutes, site.territory, plan.checklist)
        unit.save(Occurrences, asked, _due(plan, site, asked, choice, machines))

    def _chosen(
        self, unit: Unit, plan: MaintenancePlan, site: Site, it: Occurrence, today: date
    ) -> Choice | None:
        tomorrow, known_until = today + timedelta(days=1), today + HORIZON
        first = max(date.fromisoformat(it.earliest_on or today.isoformat()), tomorrow)
        last = date.fromisoformat(it.latest_on or today.isoformat())
        if last < tomorrow:
            # A new plan may find many that are late: they are spread, not all put on one day.
            last = known_until
        days = [day for day in _days(first, last) if site.open_on(day)]
        if not days:
            # Nobody was there within its span: the first days after it are as good as any.
            days = [day for day in _days(tomorrow, known_until) if site.open_on(day)]
        crew = () if site.territory is None else unit.where(Technicians, "territory", site.territory)
        return choose(
            {day: _stops(unit, site, day) for day in days if day <= today + JOURNEYS_AHEAD},
            minutes=plan.minutes,
            technicians=len(crew),
            known_until=known_until,
            last_chance=not days or days[-1] <= known_until,
        )


def _machines(unit: Unit, plan: MaintenancePlan | None, it: Occurrence) -> tuple[Asset, ...] | None:
    """Those that it is about by now; None where there is nothing to be done any more."""
    if plan is None:
        return None
    if it.asset_id is not None:
        asset = unit.get(Assets, it.asset_id)
        return (asset,) if asset is not None and plan.concerns(asset) else None
    there = unit.where(Assets, "site_id", it.site_id)
    return plan.machines(there) if plan.wanted_at(it.site_id, there) else None


def _stops(unit: Unit, site: Site, day: date) -> list[Stop]:
    """What is planned that day in the site's territory, and what was put on it and is not planned yet."""
    visits = [
        each
        for each in unit.where(PlannedVisits, "day", day.isoformat())
        if site.territory is None or each.territory == site.territory
    ]
    planned = {each.id.rpartition("-")[0] for each in visits}
    stops = [
        Stop(
            each.minutes,
            each.technician_id,
            _km(site, each.site_id, None if each.point is None else kilometres(site.point, each.point)),
        )
        for each in visits
    ]
    waiting = [
        Stop(each.minutes, None, 0.0 if each.site_id == site.id else None)
        for each in unit.where(Occurrences, "chosen_on", day.isoformat())
        if each.state is OccurrenceState.ASKED
        and each.ticket_id not in planned
        and site.territory in (None, each.territory)
    ]
    return [*stops, *waiting]


def _km(site: Site, other_id: str, km: float | None) -> float | None:
    return 0.0 if other_id == site.id else km


def _days(first: date, last: date) -> Iterable[date]:
    return (first + timedelta(days=n) for n in range((last - first).days + 1))


def _due(
    plan: MaintenancePlan, site: Site, it: Occurrence, choice: Choice, machines: tuple[Asset, ...]
) -> MaintenanceDue:
    about = machines[0].name if it.asset_id is not None else site.name
    lines = [
        plan.instructions,
        f"Échéance : {it.due_on}. Jour retenu : {choice.day.isoformat()} ({WHY[choice.because].fr}).",
        *(f"- {each.name}{_serial(each)}" for each in machines[:LISTED]),
        *((f"… et {len(machines) - LISTED} autres",) if len(machines) > LISTED else ()),
    ]
    assert it.ticket_id is not None, "what is asked for has a ticket"
    return MaintenanceDue(
        occurrence_id=it.id,
        plan_id=plan.id,
        ticket_id=it.ticket_id,
        customer_id=it.customer_id,
        site_id=it.site_id,
        asset_ids=it.asset_ids,
        category=plan.category,
        summary=f"{plan.name} : {about}"[:SUMMARY_LENGTH],
        detail="\n".join(line for line in lines if line)[:4000],
        window=site.open_on(choice.day),
        checklist=it.checklist,
    )


def _serial(asset: Asset) -> str:
    return f" ({asset.serial})" if asset.serial else ""
