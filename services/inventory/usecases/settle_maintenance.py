"""What became of an occurrence: answers to its checklist, its ticket resolved or cancelled."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from contracts.checklists import LARGEST, ChecklistAnswer, ItemKind
from contracts.inventory.assets import MaintenanceDue
from contracts.values import SUMMARY_LENGTH, Urgency
from infra.chassis.store.collection import Loads, Where
from infra.chassis.store.unit import Unit
from services.inventory.domain.asset import Asset
from services.inventory.domain.history import Happening
from services.inventory.domain.maintenance_plan import ByAge, ByCondition, ByCounter, MaintenancePlan
from services.inventory.domain.occurrence import OVER, Occurrence, ticket_id_of
from services.inventory.store.assets import Assets
from services.inventory.store.maintenance import MaintenancePlans, Occurrences
from services.inventory.store.sites import Sites
from services.inventory.usecases.asset_lines import keep_asset
from services.inventory.usecases.foresee import Target, follow


@dataclass(frozen=True)
class KeepAnswers:
    """What a technician found. Answers that ask for more work open one ticket, whoever closes again."""

    ticket_id: str
    answers: tuple[ChecklistAnswer, ...]

    def loads(self) -> Loads:
        return (Where(Occurrences, "ticket_id", self.ticket_id),)

    def decide(self, unit: Unit) -> None:
        for kept in unit.where(Occurrences, "ticket_id", self.ticket_id):
            plan = unit.get(MaintenancePlans, kept.plan_id)
            if plan is None:
                continue
            # As it was asked; one that was asked before its checklist was kept has the plan's.
            it = kept if kept.checklist else replace(kept, checklist=plan.checklist)
            _count(unit, plan, it, self.answers)
            after = it.answered(self.answers)
            if after.beyond and after.follow_up_id is None:
                after = replace(after, follow_up_id=ticket_id_of(it.id, "follow-up"))
                unit.save(Occurrences, after, _follow_up(plan, after))
            elif after != kept:
                unit.save(Occurrences, after)


@dataclass(frozen=True)
class SettleMaintenance:
    """Its ticket is resolved (``done``) or cancelled, and the next occurrence is counted from then."""

    ticket_id: str
    at: datetime
    done: bool

    def loads(self) -> Loads:
        return (Where(Occurrences, "ticket_id", self.ticket_id),)

    def decide(self, unit: Unit) -> None:
        for it in unit.where(Occurrences, "ticket_id", self.ticket_id):
            plan, site = unit.get(MaintenancePlans, it.plan_id), unit.get(Sites, it.site_id)
            if it.state in OVER or plan is None or site is None:
                continue
            day = self.at.astimezone(ZoneInfo(site.time_zone)).date()
            over = it.over(day, done=self.done)
            asset = None if it.asset_id is None else unit.get(Assets, it.asset_id)
            if asset is not None and self.done:
                asset = _recorded(unit, plan, asset, day, self.ticket_id)
            follow(unit, plan, Target(site, asset), over, day)


def _recorded(unit: Unit, plan: MaintenancePlan, asset: Asset, day: date, ticket_id: str) -> Asset:
    """With the day written where the plan counts from, if it says so."""
    trigger = plan.trigger
    if not isinstance(trigger, ByAge) or not trigger.records:
        return asset
    if trigger.field == "last_backup_on":
        after = replace(asset, last_backup_on=day.isoformat())
    else:
        after = replace(asset, fields={**asset.fields, trigger.field: day.isoformat()})
    return keep_asset(unit, asset, after, Happening.DESCRIBED, ticket_id=ticket_id)


def _count(unit: Unit, plan: MaintenancePlan, it: Occurrence, answers: tuple[ChecklistAnswer, ...]) -> None:
    """A number asked for under the name of what the plan looks at is that, read on the spot."""
    trigger = plan.trigger
    if not isinstance(trigger, ByCounter | ByCondition) or it.asset_id is None:
        return
    numbers = {each.id for each in it.checklist if each.kind is ItemKind.NUMBER}
    said = next(
        (each.answer for each in answers if each.item == trigger.field and each.item in numbers), None
    )
    asset = unit.get(Assets, it.asset_id)
    count = None if said is None else _whole(said)
    if count is None or asset is None:
        return
    after = replace(asset, fields={**asset.fields, trigger.field: count})
    keep_asset(unit, asset, after, Happening.DESCRIBED, ticket_id=it.ticket_id)


def _whole(said: str) -> int | None:
    """None for what no counter shows."""
    try:
        number = float(said.replace(",", "."))
    except ValueError:
        return None
    return int(number) if 0 <= number <= LARGEST else None


def _follow_up(plan: MaintenancePlan, it: Occurrence) -> MaintenanceDue:
    items = {each.id: each for each in it.checklist}
    found = []
    for each in it.beyond:
        item = items[each.item]
        unit = f" {item.unit}" if item.unit else ""
        found.append(f"{item.fr} : {each.answer}{unit} (attendu : {item.wanted('fr')})")
    assert it.follow_up_id is not None, "what follows has a ticket"
    return MaintenanceDue(
        occurrence_id=it.id,
        plan_id=plan.id,
        ticket_id=it.follow_up_id,
        customer_id=it.customer_id,
        site_id=it.site_id,
        asset_ids=it.asset_ids,
        category=plan.follow_up_category or plan.category,
        summary=f"{plan.name} : {found[0]}"[:SUMMARY_LENGTH],
        detail="\n".join(found)[:4000],
        urgency=Urgency.MEDIUM,
        follows_ticket_id=it.ticket_id,
    )
