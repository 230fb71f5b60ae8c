"""Planning with a road service that answers, and with one that does not."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from contracts.values import Priority
from infra.chassis.clock import SteppedClock
from infra.chassis.ops.metrics import Metrics
from infra.chassis.runtime import Kept, Runtime
from infra.chassis.store.unit import Entry
from services.dispatch.domain.road_times import KEPT
from services.dispatch.domain.visit import Visit
from services.dispatch.domain.way import Source
from services.dispatch.planning.known_roads import KnownRoads, place_of
from services.dispatch.planning.known_travel import KnownTravel
from services.dispatch.planning.travel import DEFAULT_TRAVEL
from services.dispatch.roads.osrm import TableService
from services.dispatch.roads.surveyor import Surveyor
from services.dispatch.store.road_times import RoadTimesKept
from services.dispatch.store.visits import Visits
from tests.servers import until
from tests.services.dispatch.jams import knowing, often
from tests.services.dispatch.road_service import RoadService, Table, as_it_is
from tests.services.dispatch.sample import BLAGNAC, MURET, PARIS, TOULOUSE, Firm, need, site, technician
from tests.world import MONDAY_NINE


class Service:
    """A firm whose planner is fed by a surveyor; it stores in the firm's world."""

    def __init__(self, firm: Firm, address: str, timeout: float = 5.0) -> None:
        self.firm = firm
        self.roster = firm.roster()
        self.metrics = Metrics("dispatch")
        self.clock = SteppedClock(MONDAY_NINE, frozen=True)
        loaded = asyncio.Event()
        loaded.set()
        tables = TableService(address, timeout=timeout, pause=0.001)
        self.surveyor = Surveyor(self.roster, firm.travel.roads, loaded, tables, rest_seconds=0.02)
        self._watches: list[Any] = []
        runtime = SimpleNamespace(
            system_clock=self.clock,
            metrics=self.metrics,
            log=logging.getLogger("test"),
            watch=lambda _, seen: self._watches.append(seen),
            read=self._read,
            do=self._do,
        )
        self.runtime = cast(Runtime, runtime)

    async def _read(self, kind: Any, id: str) -> Kept[Any] | None:
        entry = self.firm.memory.entries.get((kind.name, id))
        return None if entry is None else Kept(entry.value, 1, MONDAY_NINE)

    async def _do(self, use_case: Any, cause: Any) -> None:
        self.firm.do(use_case)

    def saw(self, visit: Visit) -> None:
        self.roster.put_visit(visit)
        for watch in self._watches:
            watch(Entry(Visits, visit.id, visit))

    def count(self, name: str, **labels: str) -> float:
        return self.metrics.registry.get_sample_value(f"dispatch_{name}", labels) or 0.0

    def source(self, visit: Visit) -> Source:
        best = self.roster.best(visit, MONDAY_NINE)
        assert best is not None, "planning goes on"
        return best.travel_source

    async def comes_to(self, visit: Visit, source: Source) -> None:
        async def does() -> bool:
            return self.source(visit) is source

        await until(does, within=10, every=0.01)

    async def counts(self, name: str, least: float, **labels: str) -> None:
        async def does() -> bool:
            return self.count(name, **labels) >= least

        await until(does, within=10, every=0.01)


@asynccontextmanager
async def surveyed(firm: Firm, osrm: RoadService, timeout: float = 5.0) -> AsyncIterator[Service]:
    service = Service(firm, osrm.url, timeout)
    task = asyncio.create_task(service.surveyor.run(service.runtime))
    try:
        yield service
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@pytest.fixture
async def osrm() -> AsyncIterator[RoadService]:
    async with RoadService() as made:
        yield made


async def test_what_the_service_says_is_planned_with_and_kept_for_after_a_restart(osrm: RoadService) -> None:
    firm = Firm(technician("anna"), technician("far", home=PARIS))
    visit = firm.ask(priority=Priority.P1)
    async with surveyed(firm, osrm) as service:
        await service.comes_to(visit, Source.OSRM)
        best = service.roster.best(visit, MONDAY_NINE)
        assert best is not None
        assert best.travel_seconds == 2 * DEFAULT_TRAVEL.seconds(TOULOUSE, BLAGNAC) + 1
        way = firm.travel.way(BLAGNAC, TOULOUSE, MONDAY_NINE)
        assert way.seconds == 2 * DEFAULT_TRAVEL.seconds(BLAGNAC, TOULOUSE)
        assert osrm.asked == [[BLAGNAC, TOULOUSE]] * 2, "nobody is sent there from Paris"
        assert service.count("road_requests_total", outcome="answered") == 1
    [kept] = firm.all(RoadTimesKept)
    assert kept.id == str(place_of(BLAGNAC))
    firm.travel = KnownTravel()
    async with surveyed(firm, osrm) as again:
        await again.comes_to(visit, Source.OSRM)
    assert len(osrm.asked) == 2, "nobody is asked again after a restart"


async def test_only_what_is_not_known_is_asked_for_until_it_is_old(osrm: RoadService) -> None:
    firm = Firm(technician("anna"), sites=(site(), site("muret", MURET)))
    visit = firm.ask(priority=Priority.P1)
    async with surveyed(firm, osrm) as service:
        await service.comes_to(visit, Source.OSRM)
        service.saw(replace(visit, id="t1-2"))
        other = firm.ask(need("t2-1", site_id="muret"), ticket_id="t2", priority=Priority.P1)
        service.saw(other)
        await service.comes_to(other, Source.OSRM)
        assert [points[0] for points in osrm.asked] == [BLAGNAC, BLAGNAC, MURET, MURET]
        service.clock.set(MONDAY_NINE + KEPT + timedelta(days=1))
        osrm.pace = 3.0
        service.saw(replace(visit, id="t1-3"))

        async def is_new() -> bool:
            best = service.roster.best(visit, MONDAY_NINE)
            return best is not None and best.travel_seconds > 2.5 * DEFAULT_TRAVEL.seconds(TOULOUSE, BLAGNAC)

        await until(is_new, within=10, every=0.01)


def without_roads(table: Table) -> tuple[int, str]:
    return as_it_is({**table, "durations": [[None for _ in row] for row in table["durations"]]})


@pytest.mark.parametrize("trouble", ["hangs", "fails", "nonsense", "away"])
async def test_while_the_service_is_in_trouble_planning_goes_on(osrm: RoadService, trouble: str) -> None:
    if trouble == "hangs":
        osrm.hangs = True
    elif trouble == "away":
        await osrm.close()
    else:
        answer = (500, "") if trouble == "fails" else (200, '{"code": "Ok", "durations": [[NaN]]}')
        osrm.spoilt = lambda _: answer
    firm = Firm(technician("anna"))
    firm.travel = knowing(often(2.0))
    visit = firm.ask(priority=Priority.P1)
    async with surveyed(firm, osrm, timeout=0.2 if trouble == "hangs" else 5.0) as service:
        assert service.source(visit) is Source.LEARNED
        await service.counts("travel_fallbacks_total", 2)
        assert service.source(visit) is Source.LEARNED
        assert service.count("road_service_silent_seconds") > 0
        if trouble == "away":
            await osrm.open()
        osrm.hangs, osrm.spoilt = False, as_it_is
        await service.comes_to(visit, Source.OSRM)
        assert service.count("road_service_silent_seconds") == 0


async def test_a_place_that_gets_nonsense_does_not_hold_up_the_others(osrm: RoadService) -> None:
    firm = Firm(technician("anna"), sites=(site(), site("muret", MURET)))
    first = firm.ask(priority=Priority.P1)
    later = firm.ask(need("t2-1", site_id="muret"), ticket_id="t2", priority=Priority.P1)
    muret = [MURET.longitude, MURET.latitude]

    def but_for_muret(table: Table) -> tuple[int, str]:
        about_it = [each["location"] for each in table["sources"]] == [muret]
        return (200, "{}") if about_it else as_it_is(table)

    osrm.spoilt = but_for_muret
    async with surveyed(firm, osrm) as service:
        await service.counts("travel_fallbacks_total", 2)
        await service.comes_to(first, Source.OSRM)
        osrm.spoilt = as_it_is
        await service.comes_to(later, Source.OSRM)


async def test_what_is_refused_or_has_no_road_is_planned_as_before_and_not_asked_again(
    osrm: RoadService,
) -> None:
    firm = Firm(technician("anna"), sites=(site(), site("muret", MURET)))
    visit = firm.ask(priority=Priority.P1)
    osrm.spoilt = lambda _: (400, '{"code": "NoSegment"}')
    async with surveyed(firm, osrm) as service:
        await service.counts("road_requests_total", 1, outcome="refused")
        osrm.spoilt = without_roads
        elsewhere = firm.ask(need("t2-1", site_id="muret"), ticket_id="t2", priority=Priority.P1)
        service.saw(elsewhere)
        await service.counts("road_requests_total", 1, outcome="answered")
        service.saw(replace(visit, id="t1-2"))
        assert service.source(visit) is service.source(elsewhere) is Source.DEFAULT
        assert len(osrm.asked) == 3
        assert service.count("travel_fallbacks_total") == 0


def test_what_was_longest_not_asked_for_is_forgotten_first_and_at_both_ends() -> None:
    roads, places = KnownRoads(most=6), list(range(8))
    for place in places[:3]:
        roads.put(place, [(other, 100.0 + place, 200.0 + place) for other in places[4:]])
    assert roads.lacking(0, places[4:]) == places[4:], "forgotten"
    assert roads.lacking(2, places) == [0, 1, 3]
    a = np.array(places)
    table = roads.seconds(a[:, None], a[None, :])
    for n, place in enumerate(a):
        assert np.array_equal(roads.seconds(place, a), table[n], equal_nan=True)
        assert np.array_equal(roads.seconds(a, place), table[:, n], equal_nan=True)
    assert (table[2, 5], table[5, 2]) == (102.0, 202.0)
    assert np.isnan(table[0]).all()
    assert np.isnan(table[:, 0]).all()
