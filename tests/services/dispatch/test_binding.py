"""A visit that is stored and a clock that is heard of at the same time: neither misses the other."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import pytest

from contracts.ticket.sla import SlaStarted
from infra.chassis.clock import SteppedClock
from infra.chassis.store.mongo import Client, Database
from infra.chassis.store.runner import CommandRunner, Store
from infra.chassis.store.unit import Cause, Emission, Entry
from services.dispatch.store.clocks import Clocks
from services.dispatch.store.copies import Sites
from services.dispatch.store.visits import Visits
from services.dispatch.stream.ticket_lifecycle import on_ticket_opened
from services.dispatch.stream.ticket_sla import on_sla_fact
from tests.infra.chassis.instruments import meeting
from tests.services.dispatch.sample import envelope, site, sla_envelope, sla_fact, ticket_opened
from tests.world import MONDAY_NINE

CAUSE = Cause("event", "c")
DUE = MONDAY_NINE + timedelta(hours=4)


class StoresVisitsAlone(CommandRunner):
    """A fault: what is known of the ticket's clocks is not in the way of storing a visit."""

    async def _store_together(self, entries: Sequence[Entry], emissions: Sequence[Emission]) -> None:
        await super()._store_together([entry for entry in entries if entry.kind is not Clocks], emissions)


@pytest.mark.parametrize(
    "stores",
    [
        pytest.param(CommandRunner, id="sound"),
        pytest.param(
            StoresVisitsAlone,
            id="fault-visits-alone",
            marks=pytest.mark.xfail(raises=AssertionError, strict=True),
        ),
    ],
)
async def test_a_visit_stored_while_its_clock_is_heard_of_has_the_clock_s_deadline(
    client: Client, db: Database, stores: type[CommandRunner]
) -> None:
    clock = SteppedClock(MONDAY_NINE, frozen=True)
    store = Store(client, db, clock, clock)
    place = site()
    await db[Sites.name].insert_one({"_id": place.site_id, "version": 1, **Sites.encode(place)})
    [stored] = on_ticket_opened(ticket_opened(), envelope())
    event = sla_fact(SlaStarted, DUE)
    [heard] = on_sla_fact(event, sla_envelope(event, 1))
    barrier = asyncio.Barrier(2)
    desks = [meeting(each, barrier)(store, lambda _: None) for each in (stores, CommandRunner)]
    await asyncio.gather(desks[0].run(stored, CAUSE), desks[1].run(heard, CAUSE))
    visit = Visits.decode(await db[Visits.name].find_one({"_id": "t1-1"}) or {})
    assert visit.need.restore_by_at == DUE
