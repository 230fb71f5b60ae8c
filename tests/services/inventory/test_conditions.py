"""Plans of maintenance that look at a number: a battery's health, how full a disk is."""

from dataclasses import replace
from datetime import date

from contracts.checklists import ChecklistAnswer, ChecklistItem, ItemKind
from services.inventory.domain.asset import Asset
from services.inventory.domain.maintenance_plan import ByCondition
from services.inventory.domain.occurrence import OccurrenceState
from services.inventory.store.assets import Assets
from services.inventory.store.maintenance import Occurrences
from services.inventory.usecases.settle_maintenance import KeepAnswers
from tests.services.inventory.test_maintenance import CLEANING, UPS, Firm


def test_a_weak_battery_is_due_until_it_is_well_and_not_again_at_once_after_the_visit() -> None:
    plan = replace(CLEANING, trigger=ByCondition("battery_percent", 60, None), kinds=("ups",), before_days=0)
    firm = Firm(plan, replace(UPS, fields={"battery_percent": 80}))
    firm.live(2)
    assert not firm.world.all(Occurrences)
    firm.world.give(Assets, replace(UPS, fields={"battery_percent": 55}))
    firm.live(3)
    [due] = firm.asked
    assert due.asset_ids == ("ups",)
    firm.resolve(due.ticket_id)
    firm.live(20)
    assert len(firm.asked) == 1
    assert firm.to_come.due_on is not None
    firm.live(20)
    assert len(firm.asked) == 2


def test_what_is_well_again_before_its_day_is_not_asked_for() -> None:
    plan = replace(CLEANING, trigger=ByCondition("used_percent", None, 90), kinds=("storage",), after_days=9)
    nas = Asset("nas", "pasteur", "nord", "NAS", "storage", fields={"used_percent": 95})
    firm = Firm(plan, nas)
    for n, day in enumerate(range(2, 15)):
        firm.visit(f"t{n}-1", date(2026, 3, day), 400)
    firm.live(1)
    firm.world.give(Assets, replace(nas, fields={"used_percent": 70}))
    firm.live(10)
    assert not firm.asked
    [gone] = firm.world.all(Occurrences)
    assert gone.state is OccurrenceState.DROPPED
    firm.world.give(Assets, replace(nas, fields={"used_percent": 91}))
    firm.live(20)
    assert len(firm.asked) == 1


def test_a_number_read_on_the_spot_is_what_the_condition_looks_at() -> None:
    item = ChecklistItem(
        id="battery_percent", fr="Santé de la batterie", en="Battery health", kind=ItemKind.NUMBER
    )
    plan = replace(
        CLEANING,
        trigger=ByCondition("battery_percent", 60, None, days=2),
        kinds=("ups",),
        before_days=0,
        checklist=(item,),
    )
    firm = Firm(plan, replace(UPS, fields={"battery_percent": 55}))
    firm.live(3)
    [due] = firm.asked
    firm.world.do(KeepAnswers(due.ticket_id, (ChecklistAnswer(item="battery_percent", answer="97"),)))
    assert firm.world.have(Assets, "ups").fields["battery_percent"] == 97
    firm.resolve(due.ticket_id)
    firm.live(20)
    assert len(firm.asked) == 1
