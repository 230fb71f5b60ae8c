"""Two dispatchers and the machine move the same visits, and a replica is killed while it plans anew."""

import asyncio
import random
from collections import defaultdict
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import httpx
import pytest

from contracts.values import rfc3339
from tests.flows.apart import Apart
from tests.flows.firm import RENNES, Firm, Json, Person, Place, done
from tests.flows.waiting import until

pytestmark = pytest.mark.in_turn

EAST: Place = (48.111, -1.500)
"""Twenty-three minutes from Rennes."""

VISITS = 24
DECISIONS = 20
"""Of each dispatcher, before and after."""

SETTLED = ("planned", "dispatched")


async def test_dispatchers_decide_and_the_machine_plans_around_them(apart: Apart, unique: str) -> None:
    apart.settings["REPLAN_SECONDS"] = "1"
    _, _, victim, _ = await apart.start("inventory", "ticket", "dispatch", "dispatch")
    firm = Firm(apart, unique)
    acme = await firm.customer()
    sites = [await firm.site(acme, f"site-{n}", near=(RENNES, EAST)[n % 2]) for n in range(4)]
    people = [await firm.technician(f"tech-{n}", near=(RENNES, EAST)[n % 2]) for n in range(6)]
    work = await firm.work()
    requests = [await firm.opens(work, sites[n % 4], urgent=False) for n in range(VISITS)]
    for request in requests:
        await request.visit.is_(*SETTLED)
    ours = [request.visit.id for request in requests]
    replans, visits = apart.db("dispatch").replans, apart.db("dispatch").visits

    pinned: dict[str, tuple[str, str]] = {}

    async def decides(seed: int, left: list[str]) -> None:
        """Gives visits to whomever, and pins some where they are: then they are left alone."""
        chance = random.Random(seed)
        dispatcher = firm.person("dispatcher", f"dispatcher-{seed}")
        for _ in range(DECISIONS):
            id = chance.choice(left)
            start = datetime.now(UTC) + timedelta(hours=chance.randint(3, 14))
            asked = {"technician_id": chance.choice(people).id, "start": rfc3339(start)}
            with suppress(httpx.TransportError):  # the replica that answered was just killed
                answer = await dispatcher.post(f"/v1/visits/{id}/assign", asked)
                assert answer.status_code in (200, 409), answer.text
            if chance.random() < 0.1:
                left.remove(id)
                with suppress(httpx.TransportError):
                    await pins(dispatcher, id)

    async def pins(dispatcher: Person, id: str) -> None:
        answer = await dispatcher.post(f"/v1/visits/{id}/pin")
        if answer.status_code == 200:
            shown: Json = answer.json()
            pinned[id] = shown["technician_id"], shown["planned_start"]

    async def machine_moves(times: int) -> None:
        async def it_has() -> bool:
            return bool(await replans.count_documents({"state": "applied"}) >= times)

        await until(it_has, within=60, why="for days planned anew", every=0.02)

    halves = ours[::2], ours[1::2]
    deciding = asyncio.gather(decides(1, halves[0]), decides(2, halves[1]))
    await machine_moves(1)
    await victim.is_killed()
    await deciding
    so_far = await replans.count_documents({"state": "applied"})
    await asyncio.gather(decides(3, halves[0]), decides(4, halves[1]))
    await machine_moves(so_far + 1)
    assert pinned
    found = {each["_id"]: each async for each in visits.find({"_id": {"$in": ours}})}
    for id, (technician_id, start) in pinned.items():
        assert (found[id]["technician_id"], found[id]["plan"]["start_at"]) == (
            technician_id,
            datetime.fromisoformat(start),
        )
    await _days_agree(apart, found, [each.id for each in people])


async def _days_agree(apart: Apart, visits: dict[str, Any], people: list[str]) -> None:
    """Nobody is at two places at once, and the days say of each visit what it says itself."""
    booked: dict[str, set[tuple[datetime, datetime, str]]] = defaultdict(set)
    async for day in apart.db("dispatch").technician_days.find({"technician_id": {"$in": people}}):
        for slot in day["slots"]:
            booked[day["technician_id"]].add((slot["start_at"], slot["end_at"], slot["visit_id"]))
    for slots in booked.values():
        assert all(one[1] <= other[0] for one, other in pairwise(sorted(slots)))
    planned = {
        (each["technician_id"], each["plan"]["start_at"], each["plan"]["end_at"], id)
        for id, each in visits.items()
        if each["plan"] is not None
    }
    assert planned == {(who, *slot) for who, slots in booked.items() for slot in slots}


async def test_who_falls_ill_at_ten_is_stood_in_for(firm: Firm) -> None:
    acme = await firm.customer()
    site, work = await firm.site(acme), await firm.work()
    lea = await firm.technician("lea")
    requests = [await firm.opens(work, site, urgent=False) for _ in range(3)]
    for request in requests:
        await request.visit.is_(*SETTLED, to=lea)
    max_ = await firm.technician("max")
    now = datetime.now(UTC)
    since, until_ = rfc3339(now - timedelta(minutes=5)), rfc3339(now + timedelta(days=3))
    away = {"technician_id": lea.id, "from": since, "to": until_}
    proposed = done(await firm.dispatcher.post("/v1/plans", {"away": away}))
    assert {each["after"]["technician_id"] for each in proposed["changes"]} == {max_.id}
    for request in requests:
        await request.visit.is_(*SETTLED, to=lea)
    done(await firm.dispatcher.post(f"/v1/plans/{proposed['id']}/apply"))
    for request in requests:
        shown = await request.visit.is_(*SETTLED, to=max_)
        assert shown["state"] in SETTLED
    [absence] = done(await firm.dispatcher.get(f"/v1/technicians/{lea.id}"))["absences"]
    assert absence["kind"] == "sick"
