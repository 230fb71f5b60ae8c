"""A technician's day is an aggregate: of two bookings that are decided at once one is stored."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest

from infra.chassis.clock import SteppedClock
from infra.chassis.store.collection import Collection, Loads
from infra.chassis.store.mongo import Client, Database
from infra.chassis.store.runner import CommandRunner, Store
from infra.chassis.store.unit import Cause, Emission, Entry, Unit
from infra.chassis.store.writing import Stale
from services.dispatch.domain.day import SlotTaken, empty_day
from services.dispatch.planning.travel import Travel
from services.dispatch.store.days import Days
from services.dispatch.store.technicians import Technicians
from services.dispatch.store.visits import Visits
from services.dispatch.usecases.assign_visit import AssignVisit
from tests.infra.chassis.instruments import meeting
from tests.services.dispatch.sample import Firm, need, technician
from tests.world import MONDAY_NINE

DISPATCHER = Cause("dispatcher", "c")
AT_TEN = MONDAY_NINE + timedelta(hours=1)


@dataclass(frozen=True)
class Have:
    """What is there already."""

    kind: Collection[Any]
    aggregate: Any

    def loads(self) -> Loads:
        return ()

    def decide(self, unit: Unit) -> None:
        unit.add(self.kind, self.aggregate)


class BooksWithoutTheDay(CommandRunner):
    """A fault: the day is written as whoever comes last knows it, and only the visit is in the way."""

    async def _store_together(self, entries: Sequence[Entry], emissions: Sequence[Emission]) -> None:
        stored = False
        while not stored:
            found = [await self._as_found(entry) if entry.kind is Days else entry for entry in entries]
            with suppress(Stale):
                await super()._store_together(found, emissions)
                stored = True

    async def _as_found(self, entry: Entry) -> Entry:
        found = await self._store.db[Days.name].find_one({"_id": entry.id}, {"version": 1})
        assert found is not None
        return replace(entry, stored_version=found["version"], version=found["version"] + 1)


@pytest.mark.parametrize(
    "commands",
    [
        pytest.param(CommandRunner, id="sound"),
        pytest.param(
            BooksWithoutTheDay,
            id="fault-without-the-day",
            marks=pytest.mark.xfail(raises=AssertionError, strict=True),
        ),
    ],
)
async def test_of_two_bookings_of_an_hour_that_are_decided_at_once_one_is_stored(
    client: Client, db: Database, commands: type[CommandRunner]
) -> None:
    clock = SteppedClock(MONDAY_NINE, frozen=True)
    store = Store(client, db, clock, clock)
    anna, firm = technician("anna"), Firm()
    asked = [firm.ask(need(f"t{n}-1"), ticket_id=f"t{n}") for n in (1, 2)]
    there = [Have(Technicians, anna), Have(Days, empty_day("anna", "2026-03-02"))]
    for have in [*there, *(Have(Visits, visit) for visit in asked)]:
        await CommandRunner(store, lambda _: None).run(have, DISPATCHER)
    barrier = asyncio.Barrier(2)
    desks = [meeting(commands, barrier)(store, lambda _: None) for _ in asked]
    outcomes = await asyncio.gather(
        *(
            desk.run(AssignVisit(visit.id, "anna", AT_TEN, Travel()), DISPATCHER)
            for desk, visit in zip(desks, asked, strict=True)
        ),
        return_exceptions=True,
    )
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Done", SlotTaken.__name__]
    day = Days.decode(await db[Days.name].find_one({"_id": "anna:2026-03-02"}) or {})
    planned = await db[Visits.name].find({"technician_id": "anna"}).to_list(None)
    assert [slot.visit_id for slot in day.slots] == [visit["_id"] for visit in planned]
