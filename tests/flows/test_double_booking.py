"""Two hundred requests at once: nobody is promised to be at two places."""

import asyncio
from collections import defaultdict
from datetime import datetime
from itertools import pairwise

import pytest

from tests.flows.firm import CESSON, RENNES, Firm, done
from tests.flows.waiting import until

pytestmark = pytest.mark.in_turn

REQUESTS = 200
TECHNICIANS = 10


async def test_two_hundred_requests_at_once_give_no_double_booking(firm: Firm) -> None:
    acme = await firm.customer()
    sites = [await firm.site(acme, f"site-{n}", near=(RENNES if n % 2 else CESSON)) for n in range(4)]
    people = await asyncio.gather(*(firm.technician(f"tech-{n}") for n in range(TECHNICIANS)))
    work = await firm.work()
    answers = await asyncio.gather(
        *(firm.agent.post("/v1/tickets", firm.request(work, sites[n % 4])) for n in range(REQUESTS))
    )
    tickets = {done(answer)["id"] for answer in answers}
    assert len(tickets) == REQUESTS

    visits = firm.platform.db("dispatch").visits
    ours = {"customer_id": acme.id}

    async def all_told() -> bool:
        return bool(await visits.count_documents({**ours, "state": "dispatched"}) == REQUESTS)

    await until(all_told, within=60, why="for 200 dispatched technicians", every=0.3)

    booked: dict[str, set[tuple[datetime, datetime, str]]] = defaultdict(set)
    days = firm.platform.db("dispatch").technician_days
    async for day in days.find({"technician_id": {"$in": [each.id for each in people]}}):
        for slot in day["slots"]:
            booked[day["technician_id"]].add((slot["start_at"], slot["end_at"], slot["visit_id"]))
    for slots in booked.values():
        assert all(one[1] <= other[0] for one, other in pairwise(sorted(slots)))

    promised = {
        (each["technician_id"], each["plan"]["start_at"], each["plan"]["end_at"], each["_id"])
        async for each in visits.find(ours)
    }
    assert promised == {(who, *slot) for who, slots in booked.items() for slot in slots}
    assert {visit.rpartition("-")[0] for *_, visit in promised} == tickets
