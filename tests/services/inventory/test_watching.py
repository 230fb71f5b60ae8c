"""States of a machine that ask for work, each once, and changes that are told as people say them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from contracts.inventory.assets import AssetChanged
from services.inventory.agents.reading import report_of
from services.inventory.domain.differences import machine_differences, size_of
from services.inventory.domain.history import Difference
from services.inventory.domain.machine import Antivirus, Machine, OperatingSystem, Screen, Volume
from services.inventory.domain.watching import RuleKind, RuleSet, WatchRule
from services.inventory.store.machines import Machines, RuleSets
from services.inventory.store.sites import Sites
from services.inventory.usecases.record_inventory import RecordInventory
from tests.services.inventory.agents import laptop
from tests.services.inventory.test_sites_and_assets import NORD
from tests.world import MONDAY_NINE, World

RULES = (
    WatchRule(RuleKind.ANTIVIRUS_OLD, 14, "security"),
    WatchRule(RuleKind.DISK_FULL, 5, "cleaning"),
    WatchRule(RuleKind.MEMORY_DOWN, 2048, "repair"),
)
SEEN = datetime(2026, 3, 2, tzinfo=UTC)
BEFORE = Machine(
    "pc",
    "pasteur",
    seen_at=SEEN,
    hostname="PC-COMPTA",
    memory_mb=16384,
    system=OperatingSystem("Windows 11", "23H2"),
    screens=(Screen("P2422H", serial="A"),),
    antivirus=(Antivirus("Defender", enabled=True),),
)


class Park:
    """A world that inventories come into, a day apart where nothing else is said."""

    def __init__(self, *rules: WatchRule, of: str = "default") -> None:
        self.world = World()
        self.world.give(Sites, replace(NORD, id="nord"))
        self.world.give(RuleSets, RuleSet(of, rules))
        self.number = 0

    def tells(self, message: dict[str, Any]) -> list[AssetChanged]:
        """What was told of it."""
        told = len(self.world.told(AssetChanged))
        self.number += 1
        ids = tuple(f"t-{self.number}-{n}" for n in range(3))
        report = report_of(message)
        self.world.do(RecordInventory("agent", "pasteur", "nord", report, f"pc-{self.number}", ids))
        self.world.advance(timedelta(days=1))
        return self.world.told(AssetChanged)[told:]


def full(share: int) -> list[dict[str, Any]]:
    return [{"letter": "C:", "type": "Local Disk", "total": 1000, "free": share * 10}]


def healthy(**changes: Any) -> dict[str, Any]:
    return laptop(antivirus__rows=[{"name": "ESET", "enabled": 1, "uptodate": 1}], **changes)


def asked(told: list[AssetChanged]) -> list[tuple[str, str]]:
    return [(each.rule, each.category) for fact in told for each in fact.asks]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"memory_mb": 8192}, Difference("memory", "16 GB", "8 GB")),
        ({"memory_mb": 16100}, None),
        ({"system": OperatingSystem("Linux", "6")}, Difference("system", "Windows 11 23H2", "Linux 6")),
        ({"hostname": "PC-2"}, Difference("hostname", "PC-COMPTA", "PC-2")),
        ({"screens": ()}, Difference("screen", "P2422H A", None)),
        ({"antivirus": ()}, Difference("antivirus", "Defender", None)),
        ({"last_user": "somebody.else"}, None),
        ({"volumes": (Volume("C:", 100, 3),)}, Difference("volume", None, "C:")),
    ],
)  # fmt: skip
def test_a_change_is_told_as_people_say_it(change: dict[str, Any], told: Difference | None) -> None:
    assert machine_differences(BEFORE, replace(BEFORE, **change)) == (() if told is None else (told,))


def test_nothing_has_changed_the_first_time_a_machine_is_seen() -> None:
    assert machine_differences(Machine("pc", "pasteur"), BEFORE) == ()


@pytest.mark.parametrize(
    ("megabytes", "said"),
    [(7909, "8 GB"), (7800, "8 GB"), (16384, "16 GB"), (16107, "16 GB"), (3900, "4 GB"), (512, "512 MB")],
)
def test_memory_is_said_as_it_was_sold(megabytes: int, said: str) -> None:
    assert size_of(megabytes) == said


def test_an_old_antivirus_asks_for_work_once_until_it_was_up_to_date() -> None:
    park = Park(*RULES)
    old = laptop()
    assert asked(park.tells(old)) == [("antivirus-old", "security")]
    assert asked(park.tells(old)) == []
    assert asked(park.tells(healthy())) == []
    [again] = park.tells(old)
    assert again.asks[0].summary == "PC-COMPTA : antivirus vieux de 24 jours"


def test_an_antivirus_that_tells_no_day_is_counted_from_when_it_fell_behind() -> None:
    park = Park(*RULES)
    behind = laptop(antivirus__rows=[{"name": "ESET", "enabled": 1, "uptodate": 0}])
    days = [bool(asked(park.tells(behind))) for _ in range(17)]
    assert days.index(True) == 14
    assert days.count(True) == 1


def test_a_disk_that_is_nearly_full_asks_once_and_again_after_it_was_cleaned() -> None:
    park = Park(*RULES)
    told = [asked(park.tells(healthy(drives__rows=full(share)))) for share in (6, 4, 3, 20, 4)]
    assert told == [[], [("disk-full", "cleaning")], [], [], [("disk-full", "cleaning")]]


def test_memory_that_is_gone_asks_for_work() -> None:
    park = Park(*RULES)
    park.tells(healthy())
    poorer = healthy(memories__rows=[{"capacity": 8192}])
    [fact] = park.tells(poorer)
    assert [(each.before, each.after) for each in fact.differences] == [("16 GB", "8 GB")]
    assert (fact.asks[0].rule, fact.asks[0].ticket_id) == ("memory-down", "t-2-0")
    assert park.tells(poorer) == []


def test_a_customers_own_rules_stand_for_everybodys() -> None:
    park = Park(*RULES)
    park.world.give(RuleSets, RuleSet("pasteur"))
    assert park.tells(laptop()) == []


def test_without_rules_nothing_asks_for_work_and_changes_are_told() -> None:
    park = Park()
    assert park.tells(laptop()) == []
    [fact] = park.tells(laptop(memories__rows=[{"capacity": 8192}]))
    assert (fact.asks, len(fact.differences)) == ((), 1)
    assert park.world.all(Machines)[0].alerts == ()


def test_an_inventory_that_comes_late_changes_nothing() -> None:
    report = report_of(laptop())
    now = Machine("pc", "pasteur").after(report, MONDAY_NINE)
    assert now.after(report_of(laptop(hardware__name="OLD")), MONDAY_NINE - timedelta(days=1)) == now
